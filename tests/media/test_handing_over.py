"""Files that the proxy in front sends: we say who may have one, and where it lies."""

import pytest

from cms.publishing import press
from tests.factories import make_article, make_film, make_photo, make_video, publish
from tests.media.pictures import sizes_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def proxy(settings):
    settings.ACCEL_REDIRECT = "/uploads/"


def test_proxy_is_told_where_a_file_lies_for_as_long_as_readers_may_see_it(client, uploads):
    poster = make_photo(width=64, height=36)
    video = make_video(slug="film", provider_url="", file=make_film(), poster=poster)
    article = publish(make_article(lead_photo=poster))
    publish(video)
    picture = sizes_of(poster)[0].address
    film = client.get("/api/v1/videos/film/").json()["sources"][0]["url"]

    for address, content_type in ((picture, "image/"), (film, "video/mp4")):
        response = client.get(address, headers={"Range": "bytes=0-1", "If-None-Match": "*"})
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Type"].startswith(content_type)
        place = response.headers["X-Accel-Redirect"]
        assert place.startswith("/uploads/")
        assert (uploads / place.removeprefix("/uploads/")).is_file()
        assert "sandbox" in response.headers["Content-Security-Policy"]

    press.withdraw(article)
    press.withdraw(video)
    assert [client.get(address).status_code for address in (picture, film)] == [404, 404]


def test_missing_file_is_a_404_and_in_the_log(client, uploads, caplog):
    poster = make_photo(width=64, height=36)
    publish(make_article(lead_photo=poster))
    for file in uploads.rglob("*.*"):
        file.unlink()

    response = client.get(sizes_of(poster)[0].address)

    assert (response.status_code, "X-Accel-Redirect" in response.headers) == (404, False)
    assert "is missing" in caplog.text
