"""Videos: what readers get of them, their files, and the end of their rights."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework import serializers

from cms.leftovers import deleting
from cms.leftovers.models import Leftover
from cms.publishing import press
from cms.publishing.models import Change, Publication
from cms.transfer.importing import Import
from media.videos.ranges import LARGEST_PART, WHOLE_AT_ONCE
from newsroom.body import BodyField
from newsroom.models import Video
from tests.desk.test_pages_articles import log_in
from tests.factories import make_article, make_film, make_photo, make_video, publish, update

pytestmark = pytest.mark.django_db
FILMS = Path(__file__).parent.parent / "corpus" / "videos"
CAPTIONS = "WEBVTT\n\n00:00.500 --> 00:01.500\nGood evening.\n"
TINY = (FILMS / "tiny.mp4").read_bytes()


@pytest.fixture
def poster():
    return make_photo(width=64, height=36)


@pytest.fixture
def video(poster):
    """A live video of ours, with captions."""
    tracks = [{"label": "English", "text": CAPTIONS}]
    return publish(make_video(slug="film", provider_url="", file=make_film(), tracks=tracks, poster=poster))


def addresses(api):
    found = api("videos/film/")
    return found["sources"][0]["url"], found["tracks"][0]["url"]


def get(client, url, **headers):
    response = client.get(url, headers=headers)
    return response, response.getvalue()


def test_reader_gets_the_file_with_what_a_player_wants_to_know(api, video):
    found = api("videos/film/")
    (source,) = found["sources"]
    assert {name: source[name] for name in ("type", "width", "height")} == {
        "type": "video/mp4",
        "width": 64,
        "height": 36,
    }
    assert source["url"].startswith(f"http://localhost:8000/media/videos/{video.pk}/")
    (track,) = found["tracks"]
    assert {name: track[name] for name in ("kind", "language", "label")} == {
        "kind": "captions",
        "language": "en",
        "label": "English",
    }
    assert (found["embed"], found["has_captions"]) == (None, True)


def test_film_is_served_whole_and_for_ever(api, client, video):
    response, content = get(client, addresses(api)[0])
    assert (response.status_code, content) == (200, TINY)
    headers = response.headers
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Length"] == str(len(TINY))
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    assert "Vary" not in headers


def test_captions_are_served_as_webvtt_to_any_site(api, client, video):
    response, content = get(client, addresses(api)[1])
    assert (response.status_code, content.decode()) == (200, CAPTIONS)
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


SIZE = len(TINY)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=100-99999999", 100, SIZE - 1),
        ("bytes=-100", SIZE - 100, SIZE - 1),
        ("bytes=-99999999", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    ],
)
def test_player_gets_the_part_that_it_asks_for(api, client, video, asked, start, end):
    response, content = get(client, addresses(api)[0], Range=asked)
    assert response.status_code == 206
    assert content == TINY[start : end + 1]
    assert response.headers["Content-Range"] == f"bytes {start}-{end}/{SIZE}"
    assert response.headers["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=99999999-", "bytes=-0", "bytes=999999999999999999-"])
def test_part_that_is_not_there_is_416(api, client, video, asked):
    response, content = get(client, addresses(api)[0], Range=asked)
    assert (response.status_code, content) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-1,5-6", "bytes=-", "bytes=a-b", "lines=0-1", "bytes", "bytes=" + "9" * 5000 + "-"]
)
def test_range_that_makes_no_sense_is_not_minded(api, client, video, asked):
    response, content = get(client, addresses(api)[0], Range=asked)
    assert (response.status_code, content) == (200, TINY)


@pytest.fixture
def large_film(uploads):
    """A stored film of three megabytes."""
    note = "".join(map(str, range(500_000)))[:3_000_000]
    return make_film(note=note)


def test_part_is_never_so_large_that_a_slow_reader_holds_up_others(api, client, poster, large_film, uploads):
    publish(make_video(slug="film", poster=poster, file=large_film))
    url = api("videos/film/")["sources"][0]["url"]
    content = (uploads / large_film["stored"]).read_bytes()
    whole, start = b"", 0
    while start < len(content):
        response, part = get(client, url, Range=f"bytes={start}-")
        assert response.headers["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(content)}"
        assert (response.streaming, len(part) <= LARGEST_PART) == (False, True)
        whole += part
        start += len(part)
    assert whole == content
    assert get(client, url, Range="bytes=-2000000")[1] == content[-2_000_000:][:LARGEST_PART]


def test_whole_films_are_sent_to_a_few_at_a_time(api, client, poster, large_film):
    publish(make_video(slug="film", poster=poster, file=large_film))
    url = api("videos/film/")["sources"][0]["url"]
    begun = [client.get(url) for _ in range(WHOLE_AT_ONCE)]
    late = client.get(url)
    assert (late.status_code, late.headers["Retry-After"]) == (503, "5")
    assert get(client, url, Range="bytes=0-")[0].status_code == 206
    for response in begun:
        assert len(response.getvalue()) == int(response.headers["Content-Length"])
    assert get(client, url)[0].status_code == 200


def test_part_is_of_the_file_that_the_player_had_begun(api, client, video):
    url = addresses(api)[0]
    etag = get(client, url)[0].headers["ETag"]
    assert get(client, url, **{"Range": "bytes=0-9", "If-Range": etag})[0].status_code == 206
    for other in ('"other"', f"W/{etag}", "Sat, 21 Nov 2026 10:00:00 GMT"):
        assert get(client, url, **{"Range": "bytes=0-9", "If-Range": other})[1] == TINY
    assert get(client, url, **{"If-None-Match": etag})[0].status_code == 304


def test_part_of_another_file_than_the_one_named_is_not_sent(api, client, video):
    url = addresses(api)[0]
    etag = get(client, url)[0].headers["ETag"]
    for named in (etag, "*", f'"other", {etag}'):
        assert get(client, url, **{"Range": "bytes=0-9", "If-Match": named})[0].status_code == 206
    for named in ('"other"', f"W/{etag}", ""):
        response, sent = get(client, url, **{"Range": "bytes=0-9", "If-Match": named})
        assert (response.status_code, sent, response.headers["ETag"]) == (412, b"", etag)


def test_head_tells_all_and_sends_nothing(api, client, video):
    response = client.head(addresses(api)[0], headers={"Range": "bytes=0-9"})
    assert (response.status_code, response.headers["Content-Length"]) == (200, str(SIZE))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert b"".join(response) == b""


def test_other_methods_are_refused_and_a_preflight_is_answered(api, client, video):
    url = addresses(api)[0]
    for method in ("post", "put", "patch", "delete"):
        response = getattr(Client(enforce_csrf_checks=True), method)(url)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "Range" in client.options(url).headers["Access-Control-Allow-Headers"]


def test_file_of_a_draft_is_nobodys_but_the_desks(api, client, poster):
    tracks = [{"label": "English", "text": CAPTIONS}]
    video = publish(make_video(slug="film", provider_url="", file=make_film(), tracks=tracks, poster=poster))
    urls = addresses(api)
    press.withdraw(video)
    for url in urls:
        assert client.get(url).status_code == 404
    log_in(client, "view_article")
    for url in urls:
        assert client.get(url).status_code == 404
    log_in(client, "view_video", username="other")
    for url in urls:
        response, _content = get(client, url)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"


def test_replaced_file_is_gone_for_readers_and_not_for_the_history(api, client, video):
    former = addresses(api)[0]
    update(video, file=make_film("tiny.webm"))
    assert get(client, former)[0].status_code == 200
    publish(video)
    assert client.get(former).status_code == 404
    response, content = get(client, addresses(api)[0])
    assert (response.headers["Content-Type"], content) == ("video/webm", (FILMS / "tiny.webm").read_bytes())
    log_in(client)
    assert get(client, former)[1] == TINY


def test_no_other_address_leads_to_a_file(api, client, video):
    film, track = addresses(api)
    other = publish(make_video(poster=video.poster, slug="other"))
    stored = Video.objects.get(pk=video.pk).file["stored"]
    for url in (
        film.replace(str(video.pk), str(other.pk)),
        film.replace("/media/videos/", "/media/tracks/"),
        track.replace("/media/tracks/", "/media/videos/"),
        film.replace(".mp4", ".webm"),
        film.replace(".mp4", ""),
        film + "x",
        f"/media/videos/{video.pk}/%00.mp4",
        f"/media/videos/{video.pk}/..%2f..%2f{stored}",
        f"/media/videos/not-an-id/{film.rsplit('/', 1)[-1]}",
        f"/media/{stored}",
        f"/{stored}",
    ):
        assert client.get(url).status_code == 404, url


def test_file_that_is_missing_is_a_404_and_in_the_log(api, client, video, uploads, caplog):
    (uploads / video.file["stored"]).unlink()
    assert client.get(addresses(api)[0]).status_code == 404
    assert "is missing" in caplog.text


# The end of the rights


def test_video_is_gone_when_its_rights_end_and_nobody_does_a_thing(api, client, poster):
    ends = timezone.now().replace(microsecond=0) + timedelta(days=20)
    tracks = [{"label": "English", "text": CAPTIONS}]
    film = make_video(slug="film", file=make_film(), tracks=tracks, poster=poster, usable_until=ends)
    publish(film)
    publish(make_article(slug="story", lead_video=film))
    urls = addresses(api)
    with time_machine.travel(ends - timedelta(seconds=5), tick=False):
        assert api.slugs("videos/") == ["film"]
        assert api("articles/story/")["lead_video"]["slug"] == "film"
        for url in urls:
            assert get(client, url)[0].headers["Cache-Control"] == "public, max-age=5"
    with time_machine.travel(ends, tick=False):
        assert api.slugs("videos/") == []
        assert api("feed/?kind=video")["results"] == []
        assert api("articles/story/")["lead_video"] is None
        gone = api.get("videos/film/")
        assert (gone.status_code, gone.json()["reason"]) == (410, "expired")
        for url in urls:
            assert client.get(url).status_code == 404
    assert Change.objects.filter(kind="video", action="withdrawn").count() == 1


def test_longer_rights_bring_back_the_end_that_the_desk_had_chosen(poster):
    now = timezone.now().replace(microsecond=0)
    first, second, third = (now + timedelta(days=days) for days in (5, 10, 15))
    video = publish(make_video(poster=poster), live_until=second)

    def ends():
        publication = Publication.objects.get(key=video.pk)
        return publication.live_until, publication.asked_until

    publish(update(video, usable_until=first))
    assert ends() == (first, second)
    publish(update(video, usable_until=third))
    assert ends() == (second, second)
    publish(video, live_until=None)
    assert ends() == (third, None)
    publish(update(video, usable_until=None))
    assert ends() == (None, None)


def test_video_without_rights_is_not_published(poster):
    now = timezone.now()
    over = make_video(poster=poster, usable_until=now - timedelta(minutes=1))
    ending = make_video(poster=poster, usable_until=now + timedelta(days=1))
    for video, at in ((over, None), (ending, now + timedelta(days=2))):
        with pytest.raises(ValidationError) as refusal:
            publish(video, at=at)
        assert "The rights to it end before it goes live" in refusal.value.messages[0]
    assert not Publication.objects.exists()


def test_end_of_rights_is_an_edition_and_a_scheduled_update_comes_all_the_same(api, poster):
    now = timezone.now().replace(microsecond=0)
    video = publish(make_video(slug="film", poster=poster, usable_until=now + timedelta(days=1)))
    publish(update(video, usable_until=None, headline="Bought again"), at=now + timedelta(days=2))
    with time_machine.travel(now + timedelta(days=1, minutes=1), tick=False):
        assert api.slugs("videos/") == []
    with time_machine.travel(now + timedelta(days=2, minutes=1), tick=False):
        assert api("videos/film/")["headline"] == "Bought again"


# In words


def test_transcript_becomes_paragraphs(api, poster):
    text = "Ann: Good <evening>.\nBen: Hello.\r\n\r\n\r\nThe end."
    publish(make_video(slug="film", poster=poster, transcript=text))
    expected = "<p>Ann: Good &lt;evening&gt;.<br>Ben: Hello.</p><p>The end.</p>"
    assert api("videos/film/")["transcript_html"] == expected


def test_chapters_are_no_captions(api, poster):
    publish(make_video(slug="film", poster=poster, tracks=[{"kind": "chapters", "label": "Parts", "text": CAPTIONS}]))
    assert api("videos/film/")["has_captions"] is False
    assert api.slugs("videos/?has_captions=true") == []


# Out and in again


def export(folder):
    folder.mkdir(exist_ok=True)
    call_command("export_content", folder / "content.ndjson", verbosity=0)
    return [json.loads(line) for line in (folder / "content.ndjson").read_text().splitlines()]


@pytest.mark.django_db(transaction=True)
def test_video_goes_out_and_comes_in_again_without_loss(api, client, tmp_path, settings, poster):
    ends = timezone.now().replace(microsecond=0) + timedelta(days=20)
    tracks = [
        {"label": "English", "text": CAPTIONS},
        {"kind": "chapters", "language": "uk", "label": "Розділи", "url": "https://example.org/parts.vtt"},
    ]
    video = make_video(slug="film", provider_url="", file=make_film(), tracks=tracks, usable_until=ends, poster=poster)
    publish(video)
    update(video, file=make_film("tiny.webm"), headline="Newer")  # waits at the desk
    before, urls = api("videos/film/"), addresses(api)

    lines = export(tmp_path / "out")
    (line,) = [line for line in lines if line["kind"] == "video"]
    assert (tmp_path / "out" / line["file"]).read_bytes() == TINY
    assert (tmp_path / "out" / line["tracks"][0]["file"]).read_text() == CAPTIONS
    assert line["tracks"][1]["url"] == "https://example.org/parts.vtt"
    assert (tmp_path / "out" / line["working_copy"]["file"]).read_bytes() == (FILMS / "tiny.webm").read_bytes()

    call_command("flush", interactive=False, verbosity=0)
    settings.MEDIA_ROOT = tmp_path / "restored"
    call_command("import_content", tmp_path / "out" / "content.ndjson", verbosity=0)
    after = api("videos/film/")
    for moved in (before, after):
        for name in ("poster", "updated_at"):
            moved.pop(name)
    assert after == before
    assert get(client, urls[0])[1] == TINY
    assert Video.objects.get().headline == "Newer"
    assert Publication.objects.get().live_until == ends
    assert export(tmp_path / "again") == lines

    edition = Change.objects.count()
    call_command("import_content", tmp_path / "out" / "content.ndjson", verbosity=0)
    assert Change.objects.count() == edition


def lines_in(folder, *lines):
    path = folder / "content.ndjson"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def refusals(path, capsys):
    with pytest.raises((CommandError, SystemExit)):
        call_command("import_content", path, verbosity=0)
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"file": "missing.mp4"}, 'file: there is no "missing.mp4"'),
        ({"file": "../tiny.mp4"}, 'file: there is no "../tiny.mp4"'),
        ({"file": "text.mp4"}, "no film that browsers play"),
        ({"file": {"stored": "originals/videos/aa/a.mp4"}}, "file: there is no"),
        ({"file": 5}, "file: there is no"),
        ({"tracks": [{"language": "en", "label": "English", "file": "text.mp4"}]}, "Line 1: Begin the file"),
        ({"tracks": [{"language": "en", "label": "English"}]}, "give the track a file or an address"),
        (
            {"tracks": [{"language": "en", "label": "E", "file": {"stored": "originals/tracks/a/a.vtt"}}]},
            "there is no",
        ),
        ({"tracks": [{"language": "English", "label": "E", "url": "https://x.org/a"}]}, "language: "),
        ({"provider_url": "https://example.org/film"}, "This is no page of a video"),
        ({"usable_until": "soon"}, "usable_until: "),
    ],
)
def test_bad_line_is_refused_in_words_and_leaves_no_file(tmp_path, uploads, capsys, said, words):
    (tmp_path / "tiny.mp4").write_bytes(TINY)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "text.mp4").write_text("Not a film")
    (tmp_path / "sub" / "good.mp4").write_bytes(TINY)
    line = {"kind": "video", "slug": "film", "headline": "Film", "file": "good.mp4", **said}
    assert words in refusals(lines_in(tmp_path / "sub", line), capsys)
    assert not Video.objects.exists()
    assert list(uploads.rglob("*.mp4")) == []


def test_file_of_a_refused_line_stays_where_another_has_it(tmp_path, uploads, capsys):
    (tmp_path / "film.mp4").write_bytes(TINY)
    line = {"kind": "video", "headline": "Film", "file": "film.mp4"}
    path = lines_in(tmp_path, {**line, "slug": "bad", "section": "nowhere"}, {**line, "slug": "good"})
    assert "nowhere" in refusals(path, capsys)
    assert [video.slug for video in Video.objects.all()] == ["good"]
    assert (uploads / Video.objects.get().file["stored"]).exists()


def test_file_of_a_refused_line_stays_where_somebody_has_saved_it_meanwhile(tmp_path, uploads):
    (tmp_path / "film.mp4").write_bytes(TINY)
    line = {"kind": "video", "headline": "Film", "file": "film.mp4", "section": "nowhere"}
    path = lines_in(tmp_path, {**line, "slug": "one"}, {**line, "slug": "two"})
    Import(path, progress=lambda done, _total: done == 1 and make_video(file=make_film())).run()
    assert (uploads / Video.objects.get().file["stored"]).exists()


def test_dry_run_stores_nothing(tmp_path, uploads):
    (tmp_path / "film.mp4").write_bytes(TINY)
    path = lines_in(tmp_path, {"kind": "video", "slug": "film", "headline": "Film", "file": "film.mp4"})
    call_command("import_content", path, dry_run=True, verbosity=0)
    assert list(uploads.rglob("*.mp4")) == []
    call_command("import_content", path, verbosity=0)
    assert Video.objects.get().duration_seconds == 2


@pytest.mark.django_db(transaction=True)
def test_video_whose_rights_ended_on_the_way_comes_in_as_expired(tmp_path, api, poster):
    ends = timezone.now().replace(microsecond=0) + timedelta(days=1)
    publish(make_video(slug="film", poster=poster, usable_until=ends))
    export(tmp_path)
    call_command("flush", interactive=False, verbosity=0)
    with time_machine.travel(ends + timedelta(days=1), tick=False):
        call_command("import_content", tmp_path / "content.ndjson", verbosity=0)
        assert api.slugs("videos/") == []
        assert Video.objects.get().slug == "film"


# In a story


def embedded(url):
    return BodyField().run_validation([{"type": "embed", "provider": "whatever", "url": url, "html": "<script>"}])


def test_video_of_ours_plays_in_the_story(api, video):
    body = BodyField().run_validation([{"type": "video", "video": str(video.pk)}])
    publish(make_article(slug="story", body=body))
    source, track = addresses(api)

    html = api("articles/story/")["body_html"]

    assert f'<source src="{source}" type="video/mp4">' in html
    assert f'<track kind="captions" srclang="en" label="English" src="{track}">' in html
    assert 'preload="none"' in html
    assert '<span class="credit">A. Name/Agency</span>' in html


@pytest.mark.parametrize(
    ("url", "provider", "player"),
    [
        ("https://youtu.be/aqz-KE-bpKQ?t=5", "youtube", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"),
        (
            "https://m.youtube.com/watch?app=m&v=aqz-KE-bpKQ",
            "youtube",
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ",
        ),
        ("https://www.youtube.com/shorts/aqz-KE-bpKQ", "youtube", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"),
        ("https://vimeo.com/76979871", "vimeo", "https://player.vimeo.com/video/76979871?dnt=1"),
        (
            "https://vimeo.com/76979871/0a1b2c3d4e",
            "vimeo",
            "https://player.vimeo.com/video/76979871?dnt=1&amp;h=0a1b2c3d4e",
        ),
        (
            "https://www.dailymotion.com/video/x8abcde",
            "dailymotion",
            "https://geo.dailymotion.com/player.html?video=x8abcde",
        ),
        ("https://dai.ly/x8abcde", "dailymotion", "https://geo.dailymotion.com/player.html?video=x8abcde"),
        (
            "https://www.ted.com/talks/ann_able_on_dikes?language=uk",
            "ted",
            "https://embed.ted.com/talks/ann_able_on_dikes",
        ),
        (
            "https://www.tiktok.com/@ann.able/video/7212345678901234567",
            "tiktok",
            "https://www.tiktok.com/player/v1/7212345678901234567?rel=0",
        ),
    ],
)
def test_address_of_a_page_becomes_a_player_of_our_own(api, url, provider, player):
    body = embedded(url)
    assert "html" not in body[0]
    publish(make_article(slug="story", body=body))

    (block,) = api("articles/story/")["body"]

    assert (block["provider"], block["url"]) == (provider, url)
    assert block["html"].startswith(f'<iframe src="{player}" ')
    assert block["html"].count("<") == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/film",
        "https://youtube.com.example.org/watch?v=aqz-KE-bpKQ",
        "https://example.org/?https://youtu.be/aqz-KE-bpKQ",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/@channel",
        "https://vimeo.com/about",
        "https://user@youtu.be/aqz-KE-bpKQ",
        "https://youtu.be/aqz-KE-bpKQ/../../x",
    ],
)
def test_address_of_no_known_player_is_refused_in_words(url):
    with pytest.raises(serializers.ValidationError) as refusal:
        embedded(url)
    assert "no page of a video that can be shown here" in str(refusal.value)
    assert "YouTube, Vimeo" in str(refusal.value)


# What was sent and never saved


def test_sweeping_takes_what_no_video_ever_had(video, uploads, capsys):
    former = video.file["stored"]
    update(video, file=make_film("tiny.webm"))
    video.placed_tracks.all().delete()
    unsaved = make_film("slow-start.mp4")["stored"]
    kept = {path for path in uploads.rglob("*") if path.is_file()} - {uploads / unsaved}

    call_command("sweep_videos")
    assert (uploads / unsaved).exists()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        call_command("sweep_videos")

    assert {path for path in uploads.rglob("*") if path.is_file()} == kept
    assert (uploads / former).exists()
    assert capsys.readouterr().out.split("\n")[:2] == ["0 files deleted.", "1 files deleted."]


def test_film_that_was_to_be_deleted_stays_once_a_video_has_it(video, uploads):
    former, unsaved = video.file["stored"], make_film("slow-start.mp4")["stored"]
    update(video, file=make_film("tiny.webm"))
    Leftover.objects.bulk_create(Leftover(name=name, due_at=timezone.now()) for name in (former, unsaved))

    while deleting.delete_some():
        pass

    assert [(uploads / name).exists() for name in (former, unsaved)] == [True, False]
    assert deleting.count() == 0
