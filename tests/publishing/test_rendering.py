"""Readers' JSON: links followed in bulk, made again when something in it changes, thrown away freely."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import cms
from cms.publishing import press, reading, rendering
from cms.publishing.models import Edition, Publication, Reference
from cms.publishing.press.mentions import FEW
from newsroom.models import Topic
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


def photo_block(*photos):
    links = [{"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""} for photo in photos]
    if len(photos) == 1:
        return {"id": "photo", "type": "photo", "photo": links[0]}
    return {"id": "gallery", "type": "gallery", "photos": links}


def related_block(article):
    return {"id": "related", "type": "related", "article": {"link": "article", "id": str(article.pk)}}


def video_block(video):
    return {"id": "video", "type": "video", "video": {"link": "video", "id": str(video.pk), "whole": True}}


def rename(row, name):
    row.name = name
    row.save()


def everything(**values):
    """A story with all that a story can show."""
    return publish(
        make_article(
            section=make_section(),
            topics=[make_topic()],
            bylines=[make_byline(), make_byline()],
            lead_photo=make_photo(),
            lead_video=publish(make_video(bylines=[make_byline()])),
            related=[publish(make_article(bylines=[make_byline()], lead_photo=make_photo()))],
            **values,
        )
    )


# In bulk


@pytest.mark.parametrize("stories", [1, 3])
def test_rendering_asks_once_for_each_kind_and_depth_however_many_stories(stories, django_assert_max_num_queries):
    made = [everything() for _ in range(stories)]
    publications = list(
        Publication.objects.filter(key__in=[article.pk for article in made]).select_related("version").order_by("pk")
    )
    with django_assert_max_num_queries(13):
        rendering.render(publications, timezone.now())


def test_what_is_thrown_away_is_made_again_the_same(api):
    everything(slug="vote")
    publish(make_blurb())
    before = [api.get(path).content for path in ("articles/vote/", "feed/", "blurbs/")]
    call_command("render", "--all")
    assert [api.get(path).content for path in ("articles/vote/", "feed/", "blurbs/")] == before
    reading.clear_all()
    assert [api.get(path).content for path in ("articles/vote/", "feed/", "blurbs/")] == before


def test_what_very_many_show_is_thrown_away_in_all_of_them():
    byline = make_byline("Ada")
    items = [make_article(bylines=[byline]) for _ in range(FEW + 2)]
    with press.printing() as printing:
        press.release(printing, "article", [press.Release(item.head) for item in items])
    call_command("render")
    assert Publication.objects.filter(rendering="").count() == 0
    rename(byline, "Eve")
    assert Publication.objects.filter(rendering="").count() == FEW + 2
    assert Publication.objects.exclude(edition=Edition.objects.get().number).count() == 0


def test_json_made_by_another_release_is_made_again(api):
    publish(make_article(slug="vote", headline="Right"))
    Publication.objects.update(rendering="another", card='{"headline": "Wrong"}', document='{"headline": "Wrong"}')
    assert api("articles/vote/")["headline"] == "Right"
    assert api("articles/")["results"][0]["headline"] == "Right"
    Publication.objects.update(rendering="another")
    call_command("render")
    assert Publication.objects.get().rendering == rendering.fingerprint()


@pytest.fixture
def run_as(monkeypatch):
    """`run_as("1.9.0")` makes this process one of that release."""

    def run_as(version):
        monkeypatch.setattr(cms, "__version__", version)
        rendering.fingerprint.cache_clear()
        rendering.shown_as_it_is.cache_clear()

    yield run_as
    monkeypatch.undo()
    run_as(cms.__version__)


def test_releases_side_by_side_write_each_story_once_and_show_the_same(api, run_as):
    """While servers are brought up to date one after the other, neither makes its JSON in place of the other's."""

    def answers():
        with CaptureQueriesContext(
            connection,
        ) as context:
            found = [api.get(path) for path in ("articles/vote/", "articles/", "feed/")]
        writes = [query["sql"] for query in context if query["sql"].startswith(("UPDATE", "INSERT"))]
        return [(response.content, response.headers["ETag"]) for response in found], writes

    everything(slug="vote")
    run_as("1.9.0")
    answers()
    assert answers()[1] == []
    run_as("1.10.0")
    newer, writes = answers()
    assert writes != []
    for version in ("1.9.0", "1.10.0", "1.9.0", "1.10.0"):
        run_as(version)
        assert answers() == (newer, [])


def test_an_older_release_keeps_json_where_there_is_none_and_the_newer_takes_it_over(api, run_as):
    run_as("1.10.0")
    publish(make_article(slug="first"))
    api("articles/")
    newer = rendering.fingerprint()
    run_as("1.9.0")
    publish(make_article(slug="second"))
    api("articles/")
    made_by = dict(Publication.objects.values_list("slug", "rendering"))
    assert made_by == {"first": newer, "second": rendering.fingerprint()}
    run_as("1.10.0")
    api("articles/")
    assert set(Publication.objects.values_list("rendering", flat=True)) == {newer}


def test_whoever_goes_back_to_an_older_release_has_its_json_kept(api, run_as):
    """A server that starts takes over, and so does `render`: that one was meant."""
    publish(make_article(slug="vote"))
    run_as("1.10.0")
    api("articles/vote/")
    run_as("1.9.0")
    rendering.take_over()
    api("articles/vote/")
    assert Publication.objects.get().rendering == rendering.fingerprint()
    run_as("0.8.0")
    call_command("render")
    assert Publication.objects.get().rendering == rendering.fingerprint()


def test_a_second_reader_gets_what_was_kept_for_the_first(api):
    byline = make_byline()
    publish(make_article(slug="vote", bylines=[byline]))
    rename(byline, "Renamed")
    api("articles/vote/")
    with CaptureQueriesContext(connection) as queries:
        api("articles/vote/")
    assert len(queries) == 2


# Refreshing


def test_a_byline_renamed_is_renamed_everywhere(api):
    byline = make_byline("Old Name")
    inner = publish(make_article(slug="inner", bylines=[byline]))
    publish(make_article(slug="outer", related=[inner]))
    publish(make_blurb(bylines=[byline]))
    for path in ("articles/inner/", "articles/outer/", "feed/"):
        assert b"Old Name" in api.get(path).content
    rename(byline, "New Name")
    for path in ("articles/inner/", "articles/outer/", "feed/", "bylines/"):
        assert b"New Name" in api.get(path).content
        assert b"Old Name" not in api.get(path).content


def test_a_topic_and_a_section_renamed_are_renamed_everywhere(api):
    topic, section = make_topic("Old topic"), make_section("Old section")
    publish(make_article(slug="vote", topics=[topic], section=section))
    api("articles/vote/")
    rename(topic, "New topic")
    rename(section, "New section")
    shown = api("articles/vote/")
    assert (shown["topics"][0]["name"], shown["section"]["name"]) == ("New topic", "New section")


def test_a_photo_changed_is_changed_in_leads_bodies_galleries_posters_and_cards(api):
    photo, other = make_photo(credit_line="Old/Agency"), make_photo()
    inner = publish(make_article(slug="lead", lead_photo=photo))
    publish(make_article(slug="body", body=[photo_block(photo)]))
    publish(make_article(slug="gallery", body=[photo_block(photo, other)]))
    publish(make_article(slug="card", related=[inner]))
    publish(make_article(slug="seo", seo={"image": {"link": "photo", "id": str(photo.pk)}}))
    video = publish(make_video(slug="film", poster=photo))
    publish(make_article(slug="film", body=[video_block(video)]))
    publish(make_blurb(photo=photo))
    paths = [f"articles/{slug}/" for slug in ("lead", "body", "gallery", "card", "seo", "film")]
    paths += ["videos/film/", "blurbs/", "photos/"]
    for path in paths:
        assert b"Old/Agency" in api.get(path).content, path
    photo.credit_line = "New/Agency"
    photo.save()
    for path in paths:
        assert b"New/Agency" in api.get(path).content, path
        assert b"Old/Agency" not in api.get(path).content, path


def test_a_new_date_or_headline_shows_on_the_related_card(api):
    inner = publish(make_article(slug="inner", headline="Old"))
    publish(make_article(slug="outer", related=[inner]))
    publish(make_blurb(article=inner))
    assert api("articles/outer/")["related"][0]["headline"] == "Old"
    publish(update(inner, headline="New"))
    assert api("articles/outer/")["related"][0]["headline"] == "New"
    assert api("blurbs/")["results"][0]["article"]["headline"] == "New"


def test_a_story_seen_through_another_refreshes_what_shows_both(api):
    """outer shows a card of middle, whose lead is a video, whose poster has a credit."""
    poster = make_photo(credit_line="Old/Agency")
    video = publish(make_video(headline="Old film", poster=poster))
    middle = publish(make_article(slug="middle", lead_video=video))
    outer = publish(make_article(slug="outer", related=[middle]))

    def lead():
        return api("articles/outer/")["related"][0]["lead_video"]

    assert lead()["headline"] == "Old film"
    publish(update(video, headline="New film"))
    assert lead()["headline"] == "New film"
    poster.credit_line = "New/Agency"
    poster.save()
    assert lead()["poster"]["credit_line"] == "New/Agency"
    press.withdraw(video)
    assert lead() is None
    publish(video)
    assert lead()["headline"] == "New film"
    references = Reference.objects.filter(publication=outer.publication, key=video.pk)
    assert list(references.values_list("kind", "is_direct")) == [("video", False)]


def test_a_reference_through_another_is_not_found_by_filters(api):
    byline, topic = make_byline("Inner"), make_topic("Inner topic")
    inner = publish(make_article(slug="inner", bylines=[byline], topics=[topic]))
    publish(make_article(slug="outer", related=[inner]))
    api("articles/outer/")
    assert api.slugs("articles/?byline=inner") == ["inner"]
    assert api.slugs("articles/?topic=inner-topic") == ["inner"]


# What readers may not see


def test_a_related_card_goes_with_its_story_and_comes_back_with_it(api):
    inner = make_article(slug="inner")
    body = [*paragraphs("Text"), related_block(inner)]
    publish(make_article(slug="outer", related=[inner], body=body))
    publish(make_blurb(article=inner))

    def shown():
        outer = api("articles/outer/")
        blurb = api("blurbs/")["results"][0]
        return len(outer["related"]), len(outer["body"]), blurb["article"] is not None

    assert shown() == (0, 1, False)
    publish(inner)
    assert shown() == (1, 2, True)
    press.withdraw(inner)
    assert shown() == (0, 1, False)
    publish(inner)
    assert shown() == (1, 2, True)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        publish(inner, live_until=timezone.now() + timedelta(hours=1))
        assert shown() == (1, 2, True)
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert shown() == (0, 1, False)


def test_a_gallery_loses_the_photos_whose_rights_have_run_out_and_goes_with_the_last(api):
    soon, later = (make_photo(usable_until=timezone.now() + timedelta(hours=hours)) for hours in (1, 3))
    publish(make_article(slug="vote", body=[photo_block(soon, later)]))

    def photos():
        return [photo["id"] for block in api("articles/vote/")["body"] for photo in block["photos"]]

    assert photos() == [str(soon.pk), str(later.pk)]
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert photos() == [str(later.pk)]
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        assert api("articles/vote/")["body"] == []
        assert api("articles/vote/")["body_html"] is None


def test_stories_that_show_each_other_are_shown(api):
    first, second = make_article(slug="first"), make_article(slug="second")
    first.placed_related.create(related=second)
    second.placed_related.create(related=first)
    for article in (first, second):
        press.save(article)
        publish(article)
    assert [card["slug"] for card in api("articles/first/")["related"]] == ["second"]
    assert [card["slug"] for card in api("articles/second/")["related"]] == ["first"]


def test_a_link_to_what_was_deleted_shows_nothing(api):
    topic = make_topic("Gone")
    publish(make_article(slug="vote", topics=[topic]))
    Topic.objects.filter(pk=topic.pk).delete()
    reading.clear_all()
    assert api("articles/vote/")["topics"] == []


# Two at once


def rendered(article):
    """What a reader's request has made and is about to keep."""
    moment = reading.now()
    Publication.objects.filter(key=article.pk).update(card="", document="", rendering="")
    publications = list(Publication.objects.filter(key=article.pk).select_related("version"))
    return publications, rendering.render(publications, moment.at), moment.edition


def test_json_is_not_kept_when_a_byline_changed_since_it_was_made(api):
    byline = make_byline("Old Name")
    article = publish(make_article(slug="vote", bylines=[byline]))
    made = rendered(article)
    rename(byline, "New Name")
    rendering.keep(*made)
    assert api("articles/vote/")["byline"] == "By New Name"


def test_json_is_not_kept_when_a_byline_that_only_a_related_card_shows_changed(api):
    """Nobody knew yet that outer shows the byline: it was never rendered before."""
    byline = make_byline("Old Name")
    inner = publish(make_article(slug="inner", bylines=[byline]))
    outer = publish(make_article(slug="outer", related=[inner]))
    Reference.objects.filter(is_direct=False).delete()
    made = rendered(outer)
    rename(byline, "New Name")
    rendering.keep(*made)
    assert api("articles/outer/")["related"][0]["byline"] == "By New Name"
    rename(byline, "Newest Name")
    assert api("articles/outer/")["related"][0]["byline"] == "By Newest Name"


def test_json_is_not_kept_when_the_story_changed_or_went(api):
    article = publish(make_article(slug="vote", headline="Old"))
    made = rendered(article)
    publish(update(article, headline="New"))
    rendering.keep(*made)
    assert api("articles/vote/")["headline"] == "New"
    made = rendered(article)
    press.withdraw(article)
    rendering.keep(*made)
    assert list(Publication.objects.values_list("card", "document", "rendering")) == [("", "", "")]
    assert Reference.objects.count() == 0


def test_json_is_kept_when_something_else_changed():
    article = publish(make_article(slug="vote"))
    made = rendered(article)
    publish(make_article())
    rendering.keep(*made)
    assert article.publication.rendering == rendering.fingerprint()


def test_translations_name_each_other_while_both_are_live(api):
    original = publish(make_article(slug="vote", language="en"))
    translation = make_article(slug="golosuvannya", language="uk", translation_of=original)
    assert api("articles/vote/")["translations"] == []
    publish(translation)

    def languages(slug):
        return [(other["language"], other["slug"]) for other in api(f"articles/{slug}/")["translations"]]

    assert languages("vote") == [("uk", "golosuvannya")]
    assert languages("golosuvannya") == [("en", "vote")]
    third = publish(make_article(slug="abstimmung", language="de", translation_of=translation))
    assert sorted(languages("vote")) == [("de", "abstimmung"), ("uk", "golosuvannya")]
    publish(update(third, slug="wahl"))
    assert sorted(languages("golosuvannya")) == [("de", "wahl"), ("en", "vote")]
    press.withdraw(original)
    assert languages("golosuvannya") == [("de", "wahl")]
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        publish(third, live_until=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert languages("golosuvannya") == []
