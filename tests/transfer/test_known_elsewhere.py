"""What importers and exporters of other systems have been reported for, tried here.

Each test names where it was seen.
"""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from cms.publishing import press
from cms.publishing.links import link
from cms.publishing.models import Edition, Version
from newsroom.models import Article
from tests.factories import (
    make_article,
    make_byline,
    make_photo,
    make_picture,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)


@pytest.fixture
def take(tmp_path, capsys, db):
    """`take(line, ...)` imports lines, and gives what was said: of single lines, and in the end."""

    def run(*lines, **options):
        path = tmp_path / "content.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        try:
            call_command("import_content", path, **options)
        except CommandError as error:
            return capsys.readouterr().err.splitlines(), str(error)
        captured = capsys.readouterr()
        return captured.err.splitlines(), captured.out

    return run


@pytest.fixture
def move_house(tmp_path, settings, transactional_db):
    """`move_house()` exports everything, empties the site, and imports it again. `at`: when it is imported."""

    def move(at=None):
        folder = tmp_path / "out"
        folder.mkdir()
        call_command("export_content", folder / "all.ndjson")
        call_command("flush", interactive=False, verbosity=0)
        Edition.objects.get_or_create(pk=1)
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        with time_machine.travel(at or datetime.now(UTC)):
            call_command("import_content", folder / "all.ndjson")

    return move


def story(slug="flood-vote", **values):
    return {"kind": "article", "slug": slug, "headline": "Flood vote", "status": "published", **values}


def test_story_whose_hour_came_between_export_and_import_is_live_since_then(move_house, api):
    """Ghost 8354: a backup with a scheduled post could not be imported once its time had passed."""
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    publish(make_article(slug="soon"), at=ahead)
    live = publish(make_article(slug="live", headline="Today's words"))
    publish(update(live, headline="Tomorrow's words"), at=ahead)

    move_house(at=ahead + timedelta(hours=1))

    with time_machine.travel(ahead + timedelta(hours=1, seconds=5)):
        assert datetime.fromisoformat(api("articles/soon/")["published_at"]) == ahead
        assert api("articles/live/")["headline"] == "Tomorrow's words"


def test_story_of_a_writer_who_was_deleted_comes_back(move_house, api):
    """Ghost 8365: a backup was refused whole for posts whose author was gone."""
    gone, stays = make_byline("Gone"), make_byline("Stays")
    article = publish(make_article(slug="two", bylines=[gone, stays]))
    press.withdraw(article)
    article.placed_bylines.filter(byline=gone).delete()
    press.save(article)
    gone.delete()

    move_house()

    assert api.get("articles/two/").json()["reason"] == "withdrawn"
    publish(Article.objects.get())
    assert api("articles/two/")["byline"] == "By Stays"


def test_links_deep_in_a_body_come_back_in_their_order(move_house, api):
    """Strapi 16813, 19489, 16891 and import-export-entries 22: relations inside components went, or changed places."""
    topics = [make_topic(name) for name in "cab"]
    photos = [make_photo() for _ in range(3)]
    photos = [photos[2], photos[0], photos[1]]
    video = publish(make_video(slug="film"))
    others = [publish(make_article(slug=slug)) for slug in ("z", "a")]
    placed = [{**link("photo", photo.pk), "caption": f"C{n}", "alt_text": ""} for n, photo in enumerate(photos)]
    body = [
        *paragraphs("One."),
        {"id": "g", "type": "gallery", "photos": placed},
        {"id": "v", "type": "video", "video": link("video", video.pk, whole=True)},
        {"id": "r", "type": "related", "article": link("article", others[0].pk)},
    ]
    seo = {"title": "", "description": "", "canonical_url": "", "image": link("photo", photos[0].pk)}
    article = publish(make_article(slug="deep", body=body, topics=topics, related=others, seo=seo))
    update(article, body=[*body, *paragraphs("Not out yet.")])
    before, keys = api("articles/deep/"), [str(photo.pk) for photo in photos]

    move_house()

    shown = api("articles/deep/")
    assert shown == before
    assert [placed["id"] for placed in shown["body"][1]["photos"]] == keys
    assert [card["slug"] for card in shown["related"]] == ["z", "a"]
    assert len(Article.objects.get(slug="deep").body) == 5


def test_order_of_a_list_is_that_of_the_last_import(take, api):
    """Strapi import-export-entries 22: a list that was there already kept its former order."""
    topics = [{"kind": "topic", "slug": slug, "name": slug.upper()} for slug in "abc"]
    bylines = [{"kind": "byline", "slug": slug, "name": slug.upper()} for slug in "xyz"]
    take(*topics, *bylines, story(topics=["a", "b", "c"], bylines=["x", "y", "z"]))
    take(story(topics=["c", "a", "b"], bylines=["z", "x", "y"]))
    assert [topic["slug"] for topic in api("articles/flood-vote/")["topics"]] == ["c", "a", "b"]
    assert api("articles/flood-vote/")["byline"] == "By Z, X and Y"


def test_story_keeps_the_day_on_which_it_was_last_changed(take, move_house, api):
    """WordPress (wp-calypso 61145): the day of the last change became that of publication."""
    take(story(published_at="2014-02-20T11:30:00Z", updated_at="2016-03-01T08:00:00Z"))
    dates = {"published_at": "2014-02-20T11:30:00Z", "updated_at": "2016-03-01T08:00:00Z"}
    assert {name: api("articles/flood-vote/")[name] for name in dates} == dates
    move_house()
    assert {name: api("articles/flood-vote/")[name] for name in dates} == dates


@pytest.mark.parametrize("text", ["true", "null", "007", "1e5", "2024-01-01", "12 Rue Mont", "=1+1", "[1]", '{"a": 1}'])
def test_text_that_looks_like_something_else_stays_a_text(take, api, text):
    """Directus 25589: texts and yes/no were taken for numbers."""
    said, _summary = take(
        {"kind": "section", "slug": "s", "name": text, "description": text},
        story(headline=text, kicker=text, section="s", body=[{"type": "paragraph", "html": text}]),
    )
    shown = api("articles/flood-vote/")
    assert said == []
    assert (shown["headline"], shown["kicker"], shown["section"]["name"]) == (text, text, text)
    assert shown["body"][0]["html"] == text.replace('"', "&quot;") or shown["body"][0]["html"] == text


def test_backslashes_stay(take, move_house, api):
    r"""WordPress importer 172: backslashes were stripped, and what `\u003c` stood for came out."""
    text = r"C:\new\table, \u003ca href=\u0022x\u0022\u003e, \\server"
    take(story(kicker=text, body=[{"type": "paragraph", "html": text}]))
    move_house()
    shown = api("articles/flood-vote/")
    assert (shown["kicker"], shown["body"][0]["html"]) == (text, text)


def test_entities_of_html_in_a_plain_text_are_said(take, api):
    """Nikola 2557, WooCommerce 21910: `&amp;` of an export was printed in names as it stood."""
    said, summary = take(
        {"kind": "topic", "slug": "t", "name": "1&amp;1", "description": "Q&A & more; AT&T"},
        story(headline="Tom &#8217;n&rsquo; Jerry", topics=["t"], body_html="<p>A &amp; B</p>"),
        story("plain", headline="Profit & loss; R&D &c."),
    )
    assert said == [
        'line 1, topic "t": name: "&amp;" stands as it is written; this is plain text, and no HTML',
        'line 2, article "flood-vote": headline: "&#8217;" stands as it is written; this is plain text, and no HTML',
    ]
    assert "0 bad lines" in summary
    assert "entity 2" in summary
    assert api("topics/t/")["name"] == "1&amp;1"


def test_picture_with_a_name_as_long_as_disks_allow_comes_in_and_out(take, tmp_path, move_house, api):
    """Strapi 17839: one long file name ended the whole import."""
    name = f"{'lorem_ipsum_' * 20}x.jpg"[-255:]
    (tmp_path / name).write_bytes(make_picture().read())
    said, _summary = take({"kind": "photo", "id": "p", "file": name, "credit_line": "A/B", "alt_text": "x"})
    assert said == []
    take(story(lead_photo="p"))
    move_house()
    assert api("articles/flood-vote/")["lead_photo"]["credit_line"] == "A/B"


def test_import_of_what_was_imported_before_doubles_nothing(take, api):
    """Directus 22740, Ghost 8717: who tried again, having seen a failure, had everything twice."""
    lines = [
        {"kind": "section", "slug": "world", "name": "World"},
        *(story(f"s-{n}", section="world", related=[f"s-{(n + 1) % 5}"]) for n in range(5)),
    ]
    bad = story("bad", section="nowhere")
    for _time in range(2):
        take(*lines, bad)
    assert sorted(api.slugs("articles/")) == [f"s-{n}" for n in range(5)]
    assert Version.objects.count() == 5


def test_ids_that_are_numbers_are_refused_with_what_to_write(take):
    """WordPress, Directus and Strapi number their things."""
    said, _summary = take(story(section=3), {"kind": "blurb", "id": 17, "text_html": "<p>x</p>"})
    assert said == [
        'line 1, article "flood-vote": section: write a slug or an id, or an object with section',
        "line 2, blurb: id: write a text",
    ]
