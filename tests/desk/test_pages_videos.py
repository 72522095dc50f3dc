"""The page of a video at the desk. Providers are played by a server on this computer."""

import ipaddress
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cms.publishing.models import Publication
from media.models import Photo
from newsroom.forms.film import FILM
from newsroom.models import Video
from tests.desk.test_pages_articles import log_in, rows, said
from tests.factories import make_film, make_photo, make_picture, make_video, publish

pytestmark = pytest.mark.django_db
FILMS = Path(__file__).parent.parent / "corpus" / "videos"
CAPTIONS = "WEBVTT\n\n00:00.500 --> 00:01.500\nGood evening.\n"
NO_ROWS = {**rows("placed_bylines", []), **rows("placed_tracks", [])}
UPLOAD = "/admin/newsroom/video/upload/"


@pytest.fixture
def desk(client):
    log_in(client)
    return client


@pytest.fixture
def poster():
    return make_photo(width=64, height=36)


def sent(name="tiny.mp4", as_name=None):
    return SimpleUploadedFile(as_name or name, (FILMS / name).read_bytes())


def add(client, button="_save", **values):
    return client.post("/admin/newsroom/video/add/", {"language": "en", **NO_ROWS, **values, button: "1"}, follow=True)


def change(client, video, button="_save", **values):
    page = {
        "base": video.head_id,
        "headline": video.headline,
        "slug": video.slug,
        "language": video.language,
        "provider_url": video.provider_url,
        "poster": str(video.poster_id or ""),
        "credit_line": video.credit_line,
        "duration_seconds": video.duration_seconds or "",
        "file": signing.dumps(video.file, salt=FILM) if video.file else "",
        **NO_ROWS,
    }
    page = {**page, **values, button: "1"}
    return client.post(f"/admin/newsroom/video/{video.pk}/change/", page, follow=True)


def test_video_names_all_that_it_lacks(desk):
    response = add(desk, "_publish", headline="Film")

    assert said(response)[1:] == [
        "Choose a poster, the picture that stands for the video.",
        "Give the video its credit line.",
        "Upload the video's file, or give the address of its page at a provider.",
    ]
    assert Video.objects.get().slug == "film"


# A film of ours


def test_film_is_sent_ahead_and_saved_with_the_page(desk, api, poster):
    answer = desk.post(UPLOAD, {"file_upload": sent()}).json()
    assert {name: answer[name] for name in ("type", "width", "height", "seconds", "notices")} == {
        "type": "video/mp4",
        "width": 64,
        "height": 36,
        "seconds": 2,
        "notices": [],
    }

    response = add(
        desk,
        "_publish",
        headline="Film",
        file=answer["token"],
        duration_seconds="2",
        poster=poster.pk,
        credit_line="N. Name/Agency",
    )

    assert said(response)[0].startswith("Published.")
    source = api("videos/film/")["sources"][0]
    assert (source["type"], source["width"], source["height"]) == ("video/mp4", 64, 36)
    page = desk.get(f"/admin/newsroom/video/{Video.objects.get().pk}/change/").content.decode()
    assert f'src="{source["url"].removeprefix("http://localhost:8000")}"' in page


def test_film_that_comes_with_the_page_is_taken_too(desk):
    response = add(desk, headline="Film", file_upload=sent())

    video = Video.objects.get()
    assert (video.file["type"], video.duration_seconds) == ("video/mp4", 2)
    assert said(response) == ["Saved."]


def test_editor_is_told_what_is_better(desk):
    response = add(desk, headline="Film", file_upload=sent("slow-start.mp4"))

    assert "It starts late" in said(response)[0]
    assert desk.post(UPLOAD, {"file_upload": sent("hevc.mp4")}).json()["notices"][0].startswith("Its pictures are")


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [("matroska.mkv", 415, "Matroska"), ("quicktime.mov", 415, "QuickTime"), ("README.md", 415, "no film")],
)
def test_other_file_is_refused_in_words(desk, uploads, name, status, words):
    answer = desk.post(UPLOAD, {"file_upload": sent(name, "film.mp4")})
    assert answer.status_code == status
    assert words in answer.json()["error"]

    page = add(desk, headline="Film", file_upload=sent(name, "film.mp4"))
    assert words in page.content.decode()
    assert not Video.objects.exists()
    assert not (uploads / "originals" / "videos").exists()


def test_broken_empty_and_missing_files_are_refused(desk):
    half = SimpleUploadedFile("film.mp4", (FILMS / "tiny.mp4").read_bytes()[:1000])
    assert desk.post(UPLOAD, {"file_upload": half}).status_code == 400
    assert desk.post(UPLOAD, {"file_upload": SimpleUploadedFile("film.mp4", b"")}).status_code == 400
    assert desk.post(UPLOAD).status_code == 400
    assert desk.get(UPLOAD).status_code == 405


def test_file_over_the_limit_is_stopped_on_the_way(desk, settings):
    settings.MAX_VIDEO_MB = 1
    large = SimpleUploadedFile("film.mp4", b"\0" * 1_200_000)

    answer = desk.post(UPLOAD, {"file_upload": large})

    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.json()["error"]
    assert "larger than 1 MB" in add(desk, headline="Film", file_upload=large).content.decode()


def test_only_those_who_may_write_videos_store_films(client, uploads):
    log_in(client, "change_article")
    assert client.post(UPLOAD, {"file_upload": sent()}).status_code == 403
    client.logout()
    assert client.post(UPLOAD, {"file_upload": sent()}).status_code == 302
    assert not uploads.exists()


def test_mistake_elsewhere_on_the_page_loses_no_film(desk):
    page = add(desk, headline="x" * 400, file_upload=sent())
    token = page.context["adminform"].form["file"].value()

    add(desk, headline="Film", file=token)

    assert Video.objects.get().file["type"] == "video/mp4"


@pytest.mark.parametrize(
    "token",
    ["nonsense", signing.dumps({"stored": "originals/x"}), '{"stored": "secret_key"}'],
    ids=["nonsense", "signed elsewhere", "plain"],
)
def test_nobody_names_a_stored_file(desk, token):
    page = add(desk, headline="Film", file=token)

    assert "choose it again" in page.content.decode()
    assert not Video.objects.exists()


def test_file_is_removed_and_stays_in_the_history(desk):
    video = make_video(file=make_film())

    change(desk, video, file="")

    video.refresh_from_db()
    assert video.file is None
    assert len(list(video.stored_files())) == 1


# At a provider


def test_address_of_an_unknown_provider_is_refused_in_words(desk):
    page = add(desk, headline="Film", provider_url="https://example.org/film").content.decode()

    assert "This is no page of a video that can be shown here (example.org)" in page
    assert "YouTube, Vimeo, Dailymotion, TED, TikTok" in page
    assert not Video.objects.exists()


class Tube:
    """A provider: what it says of its videos, and what it was asked."""

    def __init__(self):
        self.about = {"title": "A  barrier\u200b", "author_name": "Ann Able", "duration": 95}
        self.picture = make_picture(64, 36).read()
        self.status = 200
        self.asked = []


@pytest.fixture
def tube(settings):
    tube = Tube()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            tube.asked.append(self.path)
            body = tube.picture if self.path == "/poster.jpg" else json.dumps(tube.about).encode()
            self.send_response(tube.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{server.server_port}"
    tube.about["thumbnail_url"] = f"{here}/poster.jpg"
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    settings.VIDEO_PROVIDERS = [
        {
            "name": "tube",
            "label": "Our tube",
            "pages": ["http://tube.test/w/{id}"],
            "player": "http://tube.test/embed/{id}",
            "oembed": f"{here}/oembed",
        }
    ]
    yield tube
    server.shutdown()
    server.server_close()
    thread.join(10)


PAGE = "http://tube.test/w/abc123"


def test_new_address_fills_in_what_is_empty(desk, tube):
    response = add(desk, provider_url=PAGE)

    video = Video.objects.get()
    assert (video.headline, video.slug, video.duration_seconds) == ("A barrier", "a-barrier", 95)
    assert (video.poster.credit_line, video.poster.source) == ("Ann Able/Our tube", "Our tube")
    assert (video.poster.width, video.poster.height) == (64, 36)
    first, second, third = said(response)
    assert (first, third) == ("From Our tube: headline, duration, poster. Check what it says.", "Saved.")
    assert second.startswith('Check the poster\'s credit ("Ann Able/Our tube"), and describe the picture: <a href=')
    assert tube.asked[0].startswith("/oembed?url=http%3A%2F%2Ftube.test%2Fw%2Fabc123&format=json")


def test_what_the_editor_wrote_stays(desk, tube, poster):
    add(desk, provider_url=PAGE, headline="Mine", duration_seconds="7")

    video = Video.objects.get()
    assert (video.headline, video.duration_seconds) == ("Mine", 7)
    assert video.poster is not None


def test_provider_is_asked_again_only_at_the_press_of_the_button(desk, tube):
    video = make_video(provider_url=PAGE, headline="Film", duration_seconds=None)
    change(desk, video)
    assert tube.asked == []

    video.refresh_from_db()
    response = change(desk, video, "_fetch")

    video.refresh_from_db()
    assert video.duration_seconds == 95
    assert said(response)[0] == "From Our tube: duration. Check what it says."
    assert "Nothing was empty" in said(change(desk, video, "_fetch"))[0]


def test_poster_that_is_in_the_library_is_used_again(desk, tube):
    add(desk, provider_url=PAGE)
    add(desk, provider_url="http://tube.test/w/other")

    first, second = Video.objects.all()
    assert first.poster == second.poster
    assert Photo.objects.count() == 1


@pytest.mark.parametrize("fault", ["no network", "500", "no json", "404"])
def test_without_an_answer_the_editor_is_told_and_nothing_is_lost(desk, tube, settings, fault):
    if fault == "no network":
        settings.OUTBOUND_NETWORKS = []
    tube.status = {"500": 500, "404": 404}.get(fault, 200)
    tube.about = ["none"] if fault == "no json" else tube.about

    response = add(desk, provider_url=PAGE, standfirst="Written by hand")

    video = Video.objects.get()
    assert (video.standfirst, video.provider_url, video.poster) == ("Written by hand", PAGE, None)
    assert said(response)[0].startswith("Our tube could not be asked: ")
    assert said(response)[0].endswith("Fill in headline, duration and poster by hand.")


@pytest.mark.parametrize(
    "about",
    [
        {"title": None, "duration": "long", "thumbnail_url": 5},
        {"title": ["x"], "duration": -1, "thumbnail_url": "file:///etc/passwd"},
        {"title": "\x00\n", "duration": True, "thumbnail_url": "http://169.254.169.254/latest/"},
        {"title": {}, "duration": 1e300, "thumbnail_url": "http://localhost:1/"},
    ],
)
def test_nonsense_from_a_provider_fills_in_nothing(desk, tube, about):
    tube.about = about
    response = add(desk, provider_url=PAGE)

    assert "Our tube does not tell: headline, duration, poster. Fill in by hand." in said(response)
    video = Video.objects.get()
    assert (video.headline, video.duration_seconds, video.poster) == ("", None, None)


def test_poster_that_is_no_picture_is_left_out(desk, tube):
    tube.picture = b"<html>"
    response = add(desk, provider_url=PAGE)

    assert "Our tube does not tell: poster. Fill in by hand." in said(response)
    assert not Photo.objects.exists()


def test_who_may_not_add_photos_gets_no_poster(client, tube):
    log_in(client, "add_video", "change_video")
    add(client, provider_url=PAGE)

    assert (Video.objects.get().headline, Video.objects.get().poster) == ("A barrier", None)
    assert not Photo.objects.exists()


def test_player_of_a_sites_own_provider_is_made_by_us(api, tube, poster):
    publish(make_video(slug="film", provider_url=PAGE, poster=poster))

    embed = api("videos/film/")["embed"]

    assert (embed["provider"], embed["url"]) == ("tube", PAGE)
    assert '<iframe src="http://tube.test/embed/abc123"' in embed["html"]


# Captions


def track(**values):
    return {"kind": "captions", "language": "en", "label": "English", "url": "", "text": "", **values}


def tracks(*values):
    return rows("placed_tracks", list(values))


def test_captions_are_uploaded_pasted_or_elsewhere(desk, api, poster):
    video = publish(make_video(slug="film", poster=poster))
    srt = SimpleUploadedFile("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nДобрий вечір\n".encode())

    change(
        desk,
        video,
        "_publish",
        **tracks(
            track(text=CAPTIONS),
            track(language="uk", label="Українська", upload=srt),
            track(kind="chapters", label="Parts", url="https://example.org/parts.vtt"),
        ),
    )

    first, second, third = api("videos/film/")["tracks"]
    assert (first["kind"], first["language"], first["label"]) == ("captions", "en", "English")
    assert desk.get(first["url"]).getvalue().decode() == CAPTIONS
    assert "00:00:01.000 --> 00:00:02.000\nДобрий вечір" in desk.get(second["url"]).getvalue().decode()
    assert third["url"] == "https://example.org/parts.vtt"
    page = desk.get(f"/admin/newsroom/video/{video.pk}/change/").content.decode()
    assert "00:00.500 --&gt; 00:01.500" in page


def test_page_that_is_saved_again_changes_nothing(desk, api, poster):
    video = publish(make_video(slug="film", file=make_film(), poster=poster, tracks=[{"label": "E", "text": CAPTIONS}]))
    page = desk.get(f"/admin/newsroom/video/{video.pk}/change/")
    form = page.context["inline_admin_formsets"][1].formset.forms[0]
    shown = {name: form[name].value() or "" for name in ("kind", "language", "label", "text", "url")}

    response = change(desk, video, label=video.label, **tracks(shown))

    assert said(response) == ["Nothing has changed since the last save."]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (track(text="Hello"), "Line 1: Begin the file with a line"),
        (
            track(upload=SimpleUploadedFile("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff")),
            "Line 4: it is not UTF-8",
        ),
        (track(), "Choose a file (WebVTT or SRT), or paste its text."),
        (track(text=CAPTIONS, url="https://example.org/a.vtt"), "Give the track a file or an address, not both."),
        (track(text=CAPTIONS, language="English"), "Write a language as a code"),
        (track(text=CAPTIONS, label=""), "This field is required"),
    ],
)
def test_captions_with_a_mistake_are_refused_by_its_line(desk, row, words):
    video = make_video()

    page = change(desk, video, **tracks(row))

    assert words in page.content.decode()
    assert not video.placed_tracks.exists()


def test_uploaded_captions_outlive_a_mistake_elsewhere(desk):
    upload = SimpleUploadedFile("a.vtt", CAPTIONS.encode())
    page = change(desk, make_video(), headline="x" * 400, **tracks(track(upload=upload)))

    assert "00:00.500 --&gt; 00:01.500" in page.content.decode()


def test_two_tracks_of_one_name_are_refused(desk):
    page = change(desk, make_video(), **tracks(track(text=CAPTIONS), track(url="https://example.org/a.vtt")))

    assert "Two tracks are called &quot;English&quot; (en)" in page.content.decode()


# Rights


def test_end_of_rights_is_announced(desk, poster):
    now = timezone.now()
    soon = make_video(headline="Soon", poster=poster, usable_until=now + timedelta(days=13))
    over = make_video(headline="Over", poster=poster, usable_until=now - timedelta(days=1))
    later = make_video(headline="Later", poster=poster, usable_until=now + timedelta(days=15))

    def told(video):
        return said(desk.get(f"/admin/newsroom/video/{video.pk}/change/"))

    assert told(soon)[0].startswith("The rights end on ")
    assert told(over)[0].startswith("The rights ended on ")
    assert told(later) == []
    listed = desk.get("/admin/newsroom/video/?rights=ending").context["cl"].result_list
    assert [video.headline for video in listed] == ["Soon"]


@pytest.fixture
def kyiv(settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    timezone.get_default_timezone.cache_clear()
    yield
    del settings.TIME_ZONE
    timezone.get_default_timezone.cache_clear()


def test_end_of_rights_is_written_in_the_newsrooms_time(desk, kyiv, poster):
    video = publish(make_video(poster=poster))
    change(desk, video, "_publish", usable_until="2030-01-01T00:00")
    assert Publication.objects.get().live_until.isoformat() == "2029-12-31T22:00:00+00:00"


def test_end_of_rights_in_an_hour_that_comes_twice_is_asked_for_and_kept(desk, kyiv, poster):
    video = make_video(poster=poster)

    refused = change(desk, video, usable_until="2030-10-27T03:30")
    assert "comes twice" in refused.context["adminform"].form.errors["usable_until"][0]
    change(desk, video, usable_until="2030-10-27T03:30", usable_until_which="second")
    video.refresh_from_db()
    assert video.usable_until.isoformat() == "2030-10-27T01:30:00+00:00"

    page = desk.get(f"/admin/newsroom/video/{video.pk}/change/")
    field = page.context["adminform"].form["usable_until"]
    assert field.field.widget.decompress(field.value()) == ["2030-10-27T03:30", "second"]
    assert "27 Oct 2030, 03:30 (UTC+2)" in desk.get("/admin/newsroom/video/").content.decode()


def test_who_may_only_look_sees_the_film_and_no_form(client, poster):
    video = make_video(file=make_film(), poster=poster)
    log_in(client, "view_video")

    page = client.get(f"/admin/newsroom/video/{video.pk}/change/").content.decode()

    assert f'<a href="/media/videos/{video.pk}/' in page
    assert "file_upload" not in page
