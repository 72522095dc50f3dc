"""Photos for readers, and the files of their sizes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from cms.publishing import press
from tests.factories import make_article, make_byline, make_photo, publish
from tests.media.pictures import addresses_in, sizes_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def photo():
    return make_photo(width=400, height=300)


def read(ask, address):
    """The answer and its bytes, read to the end, where the test client closes the file."""
    response = ask(address)
    return response, b"".join(response.streaming_content) if response.streaming else response.content


def status(client, address):
    return read(client.get, address)[0].status_code


def sizes(photo):
    return [size.address for size in sizes_of(photo)]


def test_photo_and_its_files_are_public_while_something_live_uses_it(api, client, photo):
    addresses = sizes(photo)
    assert addresses
    article = make_article(lead_photo=photo)
    for published in (False, True, False):
        if published:
            publish(article)
        elif article.publication:
            press.withdraw(article)
        expected = 200 if published else 404
        assert api.get(f"photos/{photo.pk}/").status_code == expected
        assert {status(client, address) for address in addresses} == {expected}
        assert len(api("photos/?count=exact")["results"]) == api("photos/?count=exact")["count"] == int(published)


def test_files_end_with_the_rights_and_with_the_story(client, photo):
    with time_machine.travel(NOON, tick=False) as clock:
        photo.usable_until = NOON + timedelta(minutes=1)
        photo.save()
        other = make_photo(width=60, height=60)
        publish(make_article(lead_photo=photo))
        publish(make_article(lead_photo=other), live_until=NOON + timedelta(minutes=2))
        assert status(client, sizes(photo)[0]) == status(client, sizes(other)[0]) == 200

        clock.move_to(NOON + timedelta(minutes=1))
        assert (status(client, sizes(photo)[0]), status(client, sizes(other)[0])) == (404, 200)
        clock.move_to(NOON + timedelta(minutes=2))
        assert status(client, sizes(other)[0]) == 404


def test_files_are_kept_for_a_year_and_run_nothing(client, photo):
    publish(make_article(lead_photo=photo))

    for address in sizes(photo):
        response, content = read(client.get, address)
        assert content[:2] == b"\xff\xd8"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.get("Vary", "")
        response, content = read(client.head, address)
        assert (response.status_code, content) == (200, b"")


def test_every_address_that_the_api_prints_is_there(api, client, photo):
    publish(make_article(lead_photo=photo))
    shown = api(f"photos/{photo.pk}/")

    printed = addresses_in(shown)

    assert len(printed) == 7
    for url in printed:
        assert (url, status(client, urlsplit(url).path)) == (url, 200)


def test_nothing_else_is_served_or_made(client, photo, uploads):
    publish(make_article(lead_photo=photo))
    address = sizes(photo)[0]
    folder, name = address.rsplit("/", 1)
    other = make_photo(width=60, height=60)
    original = default_storage.path(photo.file.name)
    files = set(uploads.rglob("*"))

    for wrong in (
        f"{folder}/%00",
        f"{folder}/{name}%00",
        f"{folder}/{name}%0A",
        f"{folder}/{'x' * 5000}",
        f"{folder}/..%2F..%2Fsecret_key",
        f"{folder}/original-321.jpg",
        f"{folder}/original-0{name[9:]}",
        f"{folder}/original-99999999999999999999.jpg",
        f"{folder}/2x1-320.jpg",
        f"{folder}/original-400.webp",
        f"{folder}/original-400.avif",
        f"{folder}/original-400.JPG",
        f"{folder}/original-\u0664\u0660\u0660.jpg",
        f"{folder}/{{crop}}-{{width}}.{{format}}",
        f"{folder.rsplit('/', 1)[0]}/0000000000/{name}",
        f"{folder.rsplit('/', 1)[0]}/%00/{name}",
        f"{folder.rsplit('/', 1)[0]}/{name}",
        f"/media/{other.pk}/{name}",
        f"/media/{photo.file.name}",
        f"/media{original}",
        "/media/",
        "/uploads/",
        "/media/x/y",
    ):
        assert (wrong, status(client, wrong)) == (wrong, 404)
    for method in ("POST", "PUT", "DELETE", "FOO"):
        response = Client(enforce_csrf_checks=True).generic(method, address)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert set(uploads.rglob("*")) == files


def test_lost_file_is_nothing_rather_than_a_fault(client, photo):
    publish(make_article(lead_photo=photo))
    size = sizes_of(photo)[0]
    default_storage.delete(size.file)

    assert status(client, size.address) == 404


def test_editors_see_the_sizes_of_photos_that_nothing_uses(client, photo, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("chief", password="x"))

    response, _ = read(client.get, sizes(photo)[0])

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_portrait_is_shown_with_its_credit(api, photo):
    publish(make_article(bylines=[make_byline("Ada", portrait=photo)]))

    assert api("bylines/ada/")["portrait"]["credit_line"] == "A. Name/Agency"


def test_photo_without_credit_is_not_shown_at_all(api, client, photo):
    publish(make_article(slug="vote", lead_photo=photo))
    assert api("articles/vote/")["lead_photo"]["id"] == str(photo.pk)

    photo.credit_line = ""
    photo.save()

    assert api("articles/vote/")["lead_photo"] is None
    assert api.get(f"photos/{photo.pk}/").status_code == 404
    assert status(client, sizes(photo)[0]) == 404
