"""Which language the desk speaks to whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import translation

from tests.factories import make_article, publish

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


def spoken(response):
    return re.search(rb'<html lang="([\w-]+)"', response.content)[1].decode()


def choose(client, language, **more):
    return client.post("/admin/language/", {"language": language, "next": "/admin/", **more})


@pytest.mark.parametrize(
    ("site", "browser", "heard"),
    [
        ("en", "", "en"),
        ("uk", "", "uk"),
        ("en", "uk-UA, en;q=0.5", "uk"),
        ("uk", "en-GB, uk;q=0.5", "en"),
        ("uk", "de, fr;q=0.5", "uk"),
        ("en-gb", "de", "en"),
    ],
)
def test_desk_speaks_the_browsers_language_else_the_sites(client, settings, site, browser, heard):
    settings.LANGUAGE_CODE = site

    response = client.get(LOGIN, headers={"Accept-Language": browser} if browser else {})

    assert (spoken(response), response["Content-Language"]) == (heard, heard)
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


def test_who_chooses_a_language_keeps_it_in_this_browser(client):
    client.get(LOGIN)
    response = choose(client, "uk", next="/admin/login/?next=/admin/newsroom/article/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/newsroom/article/")
    cookie = response.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("uk", True, "Lax")
    assert cookie["max-age"] > 300 * 24 * 3600
    page = client.get(LOGIN, headers={"Accept-Language": "en"})
    assert spoken(page) == "uk"
    assert '<button type="submit" name="language" value="en" lang="en">English</button>' in page.content.decode()


def test_language_is_chosen_by_a_post_from_the_desk_only(client, settings):
    strict = type(client)(enforce_csrf_checks=True)

    assert client.get("/admin/language/?language=uk").status_code == 405
    assert choose(strict, "uk").status_code == 403
    assert choose(client, "uk", next="https://evil.example.org/")["Location"] == "/"
    choose(client, "de")  # which Django knows, and the desk does not
    assert spoken(client.get(LOGIN)) == "en"


def test_nothing_but_the_desk_depends_on_it(client, settings):
    article = publish(make_article(slug="story"))
    choose(client, "uk")

    for path in ("/", "/healthz", "/readyz", "/media/nothing", "/api/v1/articles/story/"):
        response = client.get(path, headers={"Accept-Language": "uk"})
        assert not {"Content-Language"} & response.headers.keys(), path
        assert not {"Accept-Language", "Cookie"} & set(response.get("Vary", "").split(", ")), path
    assert translation.get_language() == "en"
    assert article.slug == "story"


def test_words_of_scripts_are_kept_by_browsers_until_they_change(client):
    choose(client, "uk")
    client.force_login(User.objects.create_superuser("chief"))
    page = client.get("/admin/newsroom/article/add/").content.decode()

    (address,) = re.findall(r'<script src="(/admin/words/[^"]+)"', page)
    assert address.startswith("/admin/words/uk.")
    assert page.index(address) < page.index("desk.js")
    client.logout()
    words = client.get(address)
    assert words["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Vary" not in words.headers
    assert "gettext" in words.content.decode()
    assert '"Today": "\\u0421\\u044c\\u043e\\u0433\\u043e\\u0434\\u043d\\u0456"' in words.content.decode()
    assert client.get("/admin/words/uk.0123.js")["Cache-Control"] == "no-store"
    assert client.get("/admin/words/de.0123.js").status_code == 404
    assert "django.catalog" not in client.get("/admin/jsi18n/").content.decode()


def test_moments_are_written_as_the_language_writes_them(client, django_user_model):
    article = make_article(headline="A story")
    moment = article.modified_at
    with time_machine.travel(moment + timedelta(days=400), tick=False):
        client.force_login(User.objects.create_superuser("chief"))
        row = "/admin/newsroom/article/"
        english = client.get(row, headers={"Accept-Language": "en"}).content.decode()
        ukrainian = client.get(row, headers={"Accept-Language": "uk"}).content.decode()

    assert f"{moment.day} {moment:%b %Y, %H:%M}" in english
    assert f"{moment:%d.%m.%Y, %H:%M}" in ukrainian
