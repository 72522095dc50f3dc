"""What people are told who come to a page that is not to be had, and what browsers may do with our pages."""

import base64
import hashlib
import re

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from tests.desk.test_pages_articles import log_in
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def headline(response):
    return re.search(r"<h1>(.*?)</h1>", response.content.decode())[1]


def test_browsers_find_an_icon_where_they_look_for_one(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/favicon.ico")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/svg+xml")
    assert response.headers["Cache-Control"] == "public, max-age=604800"
    assert b"<svg" in response.content


def test_who_comes_to_nothing_is_told_so_in_words(client):
    for path in ["/nothing/", "/admin/nothing/", "/media/nothing/"]:
        response = client.get(path, follow=True)
        if response.status_code == 404:
            assert headline(response) == "Nothing here"
    assert client.get("/nothing/").status_code == 404


def test_who_may_not_is_told_why_and_whom_to_ask(client):
    log_in(client, "change_article")
    response = client.get(f"/admin/newsroom/article/{make_article().pk}/delete/")

    assert (response.status_code, headline(response)) == (403, "Not with this account")
    assert "A managing editor can do it" in response.content.decode()


def test_a_page_from_before_a_login_in_another_tab_says_that_nothing_is_lost(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("ann", is_staff=True, is_superuser=True))
    client.get("/admin/newsroom/article/add/")

    stale = {"headline": "Rain", "csrfmiddlewaretoken": "x" * 64}
    response = client.post("/admin/newsroom/article/add/", stale)

    assert (response.status_code, headline(response)) == (403, "That page is out of date")
    assert "Nothing that you typed is lost" in response.content.decode()


def test_a_fault_of_ours_is_told_as_ours(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("cms.plain_pages.render", None)

    response = client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})

    assert (response.status_code, headline(response)) == (500, "Something went wrong")


def rules(response):
    policy = response.headers["Content-Security-Policy"]
    return {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}


def test_every_page_runs_our_own_scripts_and_styles_only(client):
    log_in(client)
    pages = ["/", "/nothing/", "/admin/", "/admin/newsroom/article/add/", "/admin/media/photo/", "/preview/"]
    for response in [Client().get("/admin/login/"), *(client.get(page) for page in pages)]:
        found = rules(response)
        assert "'unsafe-inline'" not in str(found)
        assert "'unsafe-eval'" not in str(found)
        assert set(found["script-src"]) <= {"'self'"} or all("sha256" in word for word in found["script-src"][1:])
        assert [found[name] for name in ("default-src", "base-uri", "frame-ancestors")] == [["'none'"]] * 3
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in response.headers["Permissions-Policy"]
        page = response.content.decode()
        assert not re.findall(r'<script(?![^>]*(?:src=|type="(?:application/json|importmap)))', page)
        assert not re.findall(r'<style|\sstyle=|\son[a-z]+="', page)


def test_a_script_in_a_page_is_let_run_only_if_it_is_the_one_we_know(client):
    """The policy says what the editor's script is, not what a page happens to hold."""
    log_in(client)
    page = client.get("/admin/newsroom/article/add/")
    held = re.findall(r'<script type="importmap">(.*?)</script>', page.content.decode())
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in held]
    assert rules(page)["script-src"] == ["'self'", *(f"'sha256-{digest}'" for digest in digests)]
    assert len(held) == 1


def test_players_are_shown_from_known_providers_only(client, settings):
    settings.VIDEO_PROVIDERS = [
        {"name": "tube", "pages": ["https://tube.example/w/{id}"], "player": "https://tube.example:8443/embed/{id}"}
    ]
    log_in(client)

    frames = rules(client.get("/admin/"))["frame-src"]

    assert {"https://www.youtube-nocookie.com", "https://tube.example:8443"} <= set(frames)
    assert "*" not in str(frames)


def test_cookies_are_out_of_scripts_reach_and_last_a_working_week(client):
    user = User.objects.create_user("ann", password="harbour-lantern-7", is_staff=True)
    response = client.post("/admin/login/", {"username": user.username, "password": "harbour-lantern-7"})

    for name in ("sessionid", "known_browser"):
        assert (response.cookies[name]["httponly"], response.cookies[name]["samesite"]) == (True, "Lax")
    assert response.cookies["known_browser"]["path"] == "/admin/login/"
    assert response.cookies["sessionid"]["max-age"] == 7 * 24 * 3600


def test_whoever_works_every_day_is_not_logged_out(client):
    User.objects.create_user("ann", password="harbour-lantern-7", is_staff=True)
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        client.post("/admin/login/", {"username": "ann", "password": "harbour-lantern-7"})
        for _ in range(10):
            clock.shift(24 * 3600)
            assert client.get("/admin/").status_code == 200
        clock.shift(8 * 24 * 3600)
        assert client.get("/admin/").status_code == 302
