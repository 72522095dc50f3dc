import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils.dateparse import parse_datetime

from cms.publishing import reading
from media.photos import images
from media.photos.models import Photo
from newsroom.management.commands import load_demo
from newsroom.management.commands.load_demo import DEMO, shifted
from newsroom.models import Article, Blurb, Section
from tests.factories import make_article


@pytest.fixture(scope="module")
def demo_lines():
    return [json.loads(line) for line in (DEMO / "content.ndjson").read_text().splitlines()]


def times(lines, kind):
    return {
        line.get("id") or line.get("slug"): parse_datetime(line["published_at"])
        for line in lines
        if line["kind"] == kind and line.get("published_at")
    }


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 0, tzinfo=UTC),  # the first scheduled story's hour has passed
        datetime(2027, 3, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2030, 7, 4, 16, 36, tzinfo=UTC),
        datetime(2026, 2, 1, 9, 0, tzinfo=UTC),  # a clock that is behind
    ],
)
def test_demo_is_always_of_today(demo_lines, now):
    lines = shifted(demo_lines, now)
    blurbs, articles = times(lines, "blurb"), times(lines, "article")
    assert timedelta(0) <= now - max(blurbs.values()) < timedelta(days=1)
    assert sorted(slug for slug, at in articles.items() if at > now) == [
        "lost-property-keeper-calder-central",
        "winter-outlook-snow-odds",
    ]


def test_demo_moves_every_time_by_the_same_days(demo_lines):
    lines = shifted(demo_lines, datetime(2026, 12, 2, 18, 0, tzinfo=UTC))
    before = next(line for line in demo_lines if line.get("corrections"))
    after = next(line for line in lines if line.get("corrections"))
    ten_days = timedelta(days=10)
    assert parse_datetime(after["published_at"]) - parse_datetime(before["published_at"]) == ten_days
    corrected = [parse_datetime(line["corrections"][0]["published_at"]) for line in (before, after)]
    assert corrected[1] - corrected[0] == ten_days
    assert {**after, "published_at": None, "corrections": None} == {**before, "published_at": None, "corrections": None}


def test_demo_content_is_what_its_readme_says(demo_lines):
    distinct = {(line["kind"], line.get("id") or line.get("slug")) for line in demo_lines}
    kinds = [kind for kind, _ in distinct]
    numbers = {kind: kinds.count(kind) for kind in set(kinds)}
    assert numbers == {
        "section": 8,
        "topic": 40,
        "byline": 10,
        "photo": 14,
        "video": 8,
        "article": 81,
        "blurb": 162,
        "front": 3,
        "page": 2,
        "site": 1,
    }
    youtube = [line["provider_url"] for line in demo_lines if "youtube" in line.get("provider_url", "")]
    assert [url for url in youtube if not re.fullmatch(r"https://www\.youtube\.com/watch\?v=[\w-]{11}", url)] == []


@pytest.fixture
def fast_pictures(monkeypatch):
    """One size of a picture is enough here."""
    monkeypatch.setattr("media.photos.images.WIDTHS", (320, 2560))
    monkeypatch.setattr("media.photos.images.CROPS", {"original": None, "1x1": 1.0})
    monkeypatch.setattr("media.photos.images.FIRST_WIDTHS", {"original": (320,), "1x1": (320,)})


@pytest.mark.django_db(transaction=True)
def test_demo_newsroom_stands_after_one_command(api, settings, tmp_path, capsys, client, fast_pictures):
    settings.DATA_DIR = tmp_path
    call_command("load_demo")

    output = capsys.readouterr().out
    password = re.search(r"Password +(\S+)", output)[1]
    assert (tmp_path / "demo_login").stat().st_mode & 0o777 == 0o600
    assert client.post("/admin/login/", {"username": "editor", "password": password}).status_code == 302
    assert api("feed/?count=exact&page_size=1")["count"] == 76 + 162 + 8
    withdrawn = api.get("articles/calder-branch-library-closure-list/")
    assert (withdrawn.status_code, withdrawn.json()["reason"]) == (410, "withdrawn")
    assert api.get("articles/winter-outlook-snow-odds/").status_code == 404
    translated = api("articles/bookbus-last-stop-skarr-head-uk/")["translations"]
    assert [(other["language"], other["slug"]) for other in translated] == [("en", "bookbus-last-stop-skarr-head")]
    feed = api.walk("feed/?page_size=100")
    assert len({row["id"] for row in feed}) == len(feed) == 76 + 162 + 8
    call_command("check_content")
    assert capsys.readouterr().out == "Everything that is stored is as it should be.\n"

    story = Article.objects.get(slug="budget-passes-one-vote")
    story.headline = "Changed by hand"
    story.save()
    call_command("load_demo")

    assert "it stays as it is" in capsys.readouterr().out
    story.refresh_from_db()
    assert story.headline == "Changed by hand"


@pytest.mark.django_db
def test_demo_leaves_a_newsroom_with_content_alone(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path
    make_article()
    call_command("load_demo")
    assert "Password" not in capsys.readouterr().out
    assert not get_user_model().objects.exists()
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_demo_that_was_interrupted_is_loaded_to_its_end(settings, tmp_path, capsys, demo_lines, monkeypatch):
    """A demo of a few lines: how it begins and ends is the same."""
    for folder in ("photos", "videos", "tracks"):
        (tmp_path / "demo" / folder).mkdir(parents=True)
    blurb = {"kind": "blurb", "id": "b-1", "text_html": "<p>It rained.</p>", "published_at": "2026-11-08T06:20:00Z"}
    lines = [line for line in demo_lines if line["kind"] == "section"]
    content = [json.dumps(line) for line in [*lines, {**blurb, "section": "world", "status": "published"}]]
    (tmp_path / "demo" / "content.ndjson").write_text("\n".join(content))
    monkeypatch.setattr(load_demo, "DEMO", tmp_path / "demo")
    settings.DATA_DIR = tmp_path
    make_article(slug="budget-passes-one-vote")
    (tmp_path / "demo_unfinished").touch()

    call_command("load_demo")

    assert "Password" in capsys.readouterr().out
    assert (Section.objects.count(), Blurb.objects.count()) == (8, 1)
    assert not (tmp_path / "demo_unfinished").exists()


@pytest.mark.apart
def test_page_of_the_demo_takes_no_longer_to_load_than_a_small_picture(db, client):
    """60 kB, or 12 as it is sent, with all the sizes that a photo can have."""
    call_command("load_demo", verbosity=0)
    for photo in Photo.objects.all():
        made = images.Made.of(photo.sizes_version, images.planned(photo.width, photo.height))
        Photo.objects.filter(pk=photo.pk).update(sizes_formats=made.formats, sizes_widths=made.widths)
    reading.clear_all()

    pages = {path: client.get(f"/api/v1/{path}/").content for path in ("feed", "articles", "blurbs", "videos")}

    assert [len(json.loads(page)["results"]) for page in pages.values()] == [20, 20, 20, 8]
    assert {path: len(page) for path, page in pages.items() if len(page) > 60_000} == {}
    assert {path: size for path, page in pages.items() if (size := len(gzip.compress(page, 6))) > 12_000} == {}
    assert all('"avif"' in page.decode() for page in pages.values())
