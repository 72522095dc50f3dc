"""What the newsroom's things do to each other: sections that move, topics that merge, what may be deleted."""

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from cms.publishing import press, reading
from cms.publishing.models import Change, Reference
from newsroom.models import Article, Blurb, Topic
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


# Sections


def test_a_section_includes_those_below_it(api):
    world = make_section("World")
    europe = make_section("Europe", parent=world)
    kyiv = make_section("Kyiv", parent=europe)
    publish(make_article(slug="deep", section=kyiv))
    publish(make_article(slug="top", section=world))
    assert api.slugs("articles/?section=world") == ["top", "deep"]
    assert api.slugs("articles/?section=europe") == ["deep"]
    assert api.slugs("articles/?exclude_section=europe") == ["top"]


def test_a_section_that_moves_takes_its_stories_and_those_below_along(api):
    world, culture = make_section("World"), make_section("Culture")
    europe = make_section("Europe", parent=world)
    kyiv = make_section("Kyiv", parent=europe)
    publish(make_article(slug="deep", section=kyiv))
    before = reading.now().edition
    europe.parent = culture
    europe.save()
    assert api.slugs("articles/?section=world") == []
    assert api.slugs("articles/?section=culture") == ["deep"]
    assert api.slugs("feed/?section=europe") == ["deep"]
    assert api("sections/europe/")["parent"]["slug"] == "culture"
    assert reading.now().edition > before
    europe.parent = None
    europe.save()
    assert api.slugs("articles/?section=culture") == []


def test_a_section_cannot_stand_below_itself():
    world = make_section("World")
    europe = make_section("Europe", parent=world)
    world.parent = europe
    with pytest.raises(ValidationError):
        world.full_clean()


def test_a_section_renamed_is_found_by_both_slugs(api):
    world = make_section("World")
    publish(make_article(slug="vote", section=world))
    world.slug = "international"
    world.save()
    assert api.slugs("articles/?section=world") == ["vote"]
    assert api.slugs("articles/?section=international") == ["vote"]
    assert api.get("sections/world/").status_code == 308
    assert api("articles/vote/")["section"]["slug"] == "international"


# Topics


def test_a_merged_topic_is_found_by_both_slugs_and_shows_the_other(api):
    former, target = make_topic("Former"), make_topic("Target")
    publish(make_article(slug="old", topics=[former]))
    publish(make_article(slug="new", topics=[target]))
    publish(make_article(slug="both", topics=[former, target]))
    former.merge_into(target)

    assert api.slugs("articles/?topic=former") == ["both", "new", "old"]
    assert api.slugs("articles/?topic=target") == ["both", "new", "old"]
    response = api.get("topics/former/")
    assert (response.status_code, response.headers["Location"][-15:]) == (308, "/topics/target/")
    assert [topic["slug"] for topic in api("articles/old/")["topics"]] == ["target"]
    assert [topic["slug"] for topic in api("topics/")["results"]] == ["target"]


def test_a_story_with_both_topics_shows_the_target_once(api):
    former, target = make_topic("Former"), make_topic("Target")
    publish(make_article(slug="both", topics=[former, target]))
    former.merge_into(target)
    assert [topic["slug"] for topic in api("articles/both/")["topics"]] == ["target"]


def test_topics_merged_one_after_the_other_all_lead_to_the_last(api):
    first, second, third = (make_topic(name) for name in ("First", "Second", "Third"))
    publish(make_article(slug="vote", topics=[first]))
    second.slug = "second-renamed"
    second.save()
    first.merge_into(second)
    second.merge_into(third)
    for slug in ("first", "second", "second-renamed", "third"):
        assert api.slugs(f"articles/?topic={slug}") == ["vote"], slug
        assert api.get(f"topics/{slug}/").status_code == (200 if slug == "third" else 308), slug
    assert [topic["slug"] for topic in api("articles/vote/")["topics"]] == ["third"]


def test_a_merge_is_told_once_for_each_topic():
    former, target = make_topic("Former"), make_topic("Target")
    publish(make_article(topics=[former]))
    before = reading.now().edition
    former.merge_into(target)
    changes = Change.objects.filter(edition__gt=before).values_list("slug", "action")
    assert sorted(changes) == [("former", "withdrawn"), ("target", "published")]


def test_a_merge_moves_drafts_as_well():
    former, target = make_topic("Former"), make_topic("Target")
    draft, blurb, video = (
        make_article(topics=[former, target]),
        make_blurb(topics=[former]),
        make_video(topics=[former]),
    )
    former.merge_into(target)
    for item in (draft, blurb, video):
        assert list(item.topics.all()) == [target]


def test_a_topic_is_not_merged_into_itself_nor_twice():
    former, target, other = make_topic(), make_topic("Target"), make_topic()
    with pytest.raises(ValidationError, match="cannot be merged into itself"):
        former.merge_into(former)
    former.merge_into(target)
    with pytest.raises(ValidationError, match='has since been merged into "Target"'):
        former.merge_into(other)


def test_topics_merged_in_a_chain_lead_to_the_last(api):
    first, second, third, late = make_topic("First"), make_topic("Second"), make_topic("Third"), make_topic("Late")
    publish(make_article(slug="story", topics=[first, late]))
    first.merge_into(second)

    second.merge_into(third)
    late.merge_into(first)  # by somebody whose page is older

    assert set(Topic.objects.filter(merged_into=third)) == {first, second, late}
    assert [topic["slug"] for topic in api("articles/story/")["topics"]] == ["third"]
    for slug in ("first", "second", "late"):
        assert api.slugs(f"articles/?topic={slug}") == ["story"]
    with pytest.raises(ValidationError, match="cannot be merged into itself"):
        third.merge_into(first)


# Bylines


def test_a_byline_line_names_the_writers(api):
    writers = [make_byline(name) for name in ("A", "B", "C")]
    article = make_article(slug="vote", bylines=writers)
    article.placed_bylines.create(byline=make_byline("Editor"), role="editor", position=9)
    press.save(article)
    publish(article)
    assert api("articles/vote/")["byline"] == "By A, B and C"
    assert [placed["role"] for placed in api("articles/vote/")["bylines"]] == ["writer", "writer", "writer", "editor"]


def test_a_contributor_is_listed_while_something_of_theirs_is_live(api):
    article = make_article(bylines=[make_byline("A Writer")])
    assert api.slugs("bylines/") == []
    publish(article)
    assert api.slugs("bylines/") == ["a-writer"]
    press.withdraw(article)
    assert api.slugs("bylines/") == []
    assert api.get("bylines/a-writer/").status_code == 404


def test_a_portrait_is_shown_with_a_file_that_is_served(api):
    publish(make_article(bylines=[make_byline("A Writer", portrait=make_photo())]))
    portrait = api("bylines/a-writer/")["portrait"]
    assert api.get(portrait["src"].removeprefix("http://localhost:8000")).getvalue() != b""


# Deleting


def test_what_something_live_uses_cannot_be_deleted():
    section, topic, byline, photo = make_section(), make_topic(), make_byline(), make_photo()
    article = publish(make_article(section=section, topics=[topic], bylines=[byline], lead_photo=photo))
    for used in (section, topic, byline, photo):
        with pytest.raises(models.ProtectedError):
            used.delete()
    article.topics.clear()
    update(article, section=None, lead_photo=None)
    article.placed_bylines.all().delete()
    press.save(article)
    for used in (section, topic, byline, photo):
        with pytest.raises(models.ProtectedError):
            used.delete()
    publish(article)
    for unused in (section, topic, byline, photo):
        unused.delete()
    assert Reference.objects.filter(kind__in=["section", "topic", "byline", "photo"]).count() == 0


def test_a_section_with_others_below_it_cannot_be_deleted():
    world = make_section("World")
    make_section("Europe", parent=world)
    with pytest.raises(models.ProtectedError):
        world.delete()


# Blurbs and stories


def test_a_blurb_points_at_its_story_for_as_long_as_readers_see_it(api):
    article = make_article(slug="vote")
    publish(make_blurb(article=article))
    assert api("feed/?kind=blurb")["results"][0]["article"] is None
    publish(article)
    assert api("feed/?kind=blurb")["results"][0]["article"]["slug"] == "vote"
    publish(update(article, slug="result"))
    assert api("feed/?kind=blurb")["results"][0]["article"]["slug"] == "result"
    press.withdraw(article)
    assert api("feed/?kind=blurb")["results"][0]["article"] is None


def test_a_blurb_is_shorter_than_a_thousand_characters():
    Blurb(text_html=f"<p>{'x' * 999}</p>").full_clean()
    with pytest.raises(ValidationError):
        Blurb(text_html=f"<p>{'x' * 1000}</p>").full_clean()


def test_a_slug_is_made_from_the_headline_once(api):
    publish(make_article(slug="vote"))
    article = Article(headline="Vote")
    article.full_clean()
    assert article.slug == "vote-2"


def test_a_translation_of_a_translation_is_one_of_the_original():
    original = make_article()
    first = make_article(translation_of=original)
    second = make_article(translation_of=first)
    assert second.translation_of == original
    original.translation_of = first
    with pytest.raises(ValidationError):
        original.full_clean()
