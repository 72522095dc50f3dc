"""`fields`: only what was asked for, and always what names the thing."""

import gc
import json

import orjson
import pytest

from cms.api.fields import card_of, pick, picker, tree_of
from cms.publishing import kinds
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    photo = make_photo(width=400, height=300)
    world = make_section("World")
    common = {"section": world, "topics": [make_topic("Flood")], "bylines": [make_byline("Ada", portrait=photo)]}
    other = publish(make_article(slug="other", headline="Other"))
    article = publish(make_article(slug="vote", headline="Vote", lead_photo=photo, related=[other], **common))
    publish(make_blurb(article=article))
    publish(make_video(slug="barrier", poster=photo, **common))
    return article


def only(api, path):
    page = api(path)
    return page["results"][0] if "results" in page else page


def test_fields_and_always_kind_id_and_slug(api, story):
    always = {"kind": "article", "id": str(story.pk), "slug": "vote"}

    assert api("articles/vote/?fields=headline") == {**always, "headline": "Vote"}
    assert api("articles/vote/?fields=slug") == always
    assert only(api, "articles/?slug=vote&fields=headline") == {**always, "headline": "Vote"}
    assert list(api("articles/vote/?fields=headline,kicker,id")) == ["kind", "id", "slug", "headline", "kicker"]


def test_fields_below_fields(api, story):
    whole = api("articles/vote/")

    shown = api("articles/vote/?fields=lead_photo.src,section.name,bylines.name,related.headline,related.section.url")

    photo = whole["lead_photo"]
    assert shown["lead_photo"] == {"kind": "photo", "id": photo["id"], "src": photo["src"]}
    assert shown["section"] == {"slug": "world", "name": "World"}
    assert shown["bylines"] == [{"slug": "ada", "name": "Ada"}]
    related = whole["related"][0]
    expected = {name: related[name] for name in ("kind", "id", "slug", "headline")}
    assert shown["related"] == [{**expected, "section": None}]
    assert shown.keys() == {"kind", "id", "slug", "lead_photo", "section", "bylines", "related"}


def test_whole_wins_over_its_parts_in_any_order(api, story):
    whole = api("articles/vote/")

    for fields in ("section,section.name", "section.name,section", "section,section"):
        assert api(f"articles/vote/?fields={fields}")["section"] == whole["section"]
    assert api("articles/vote/?fields=lead_photo.crops.16x9.widths")["lead_photo"]["crops"] == {
        "16x9": {"widths": whole["lead_photo"]["crops"]["16x9"]["widths"]}
    }


def test_fields_of_every_list(api, story):
    feed = api("feed/?fields=headline,text,poster.credit_line,article.headline")["results"]
    assert [row.keys() - {"kind", "id", "slug"} for row in feed] == [
        {"headline", "poster"},
        {"text", "article"},
        {"headline"},
        {"headline"},
    ]
    assert feed[0]["poster"].keys() == {"kind", "id", "credit_line"}
    assert feed[1]["article"] == {"kind": "article", "id": str(story.pk), "slug": "vote", "headline": "Vote"}
    assert only(api, "photos/?fields=credit_line").keys() == {"kind", "id", "credit_line"}
    assert only(api, "bylines/?fields=name,portrait.credit_line") == {
        "slug": "ada",
        "name": "Ada",
        "portrait": {**only(api, "photos/?fields=id"), "credit_line": "A. Name/Agency"},
    }
    assert only(api, "sections/?fields=name") == {"slug": "world", "name": "World"}
    assert only(api, "topics/?fields=type") == {"slug": "flood", "type": "keyword"}
    assert only(api, "changes/?fields=at").keys() == {"kind", "id", "slug", "at"}
    assert api("?fields=feed").keys() == {"feed"}
    assert api("articles/?fields=slug").keys() == {"next", "newer", "results"}


def test_every_field_that_is_shown_can_be_asked_for(api, story):
    for path in ("articles/vote/", "videos/barrier/", "sections/world/", "topics/flood/", "bylines/ada/"):
        whole = api(path)
        for name in whole:
            asked = api(f"{path}?fields={name}")
            assert asked[name] == whole[name]
            assert asked.keys() <= {"kind", "id", "slug", name}
        assert api(f"{path}?fields={','.join(whole)}") == whole


def test_fields_go_with_page_cursor_and_newer(api, story):
    page = api("articles/?fields=headline&page_size=1")
    assert [row.keys() for row in api(page["next"])["results"]] == [{"kind", "id", "slug", "headline"}]
    publish(make_article())
    assert [row.keys() for row in api(page["newer"])["results"]] == [{"kind", "id", "slug", "headline"}]


ODD = [None, True, 1.5, 10**18, "text", [], {}, [None, "é", [1]], {"id": 1, "other": [{}]}]


def paths_of(tree):
    for name, below in tree.items():
        yield {name: None}
        yield from ({name: inner} for inner in paths_of(below or {}))


@pytest.mark.parametrize("kind", kinds.listed(), ids=lambda kind: kind.Meta.kind)
def test_whatever_stands_in_kept_json_is_picked_as_from_any_other(kind):
    for tree in (tree_of(kind), tree_of(card_of(kind))):
        for chosen in paths_of(tree):
            name = next(iter(chosen))
            below = {key: {"id": 2, "x": 3} for key in chosen[name] or {}}
            for value in [*ODD, [{**below, "slug": "s", "lost": 4}]]:
                thing = {"kind": "k", "id": "i", "lost": [], name: value, "edition": 7}
                assert json.loads(picked(thing, chosen)) == pick(thing, chosen), (chosen, value)


def picked(thing, chosen):
    return orjson.dumps(picker(chosen)(json.dumps(thing)))


def test_a_thousand_choices_leave_no_more_behind_than_a_hundred():
    names = list(tree_of(kinds.listed()[0]))
    choices = [dict.fromkeys([f"{name}{number}" for name in names[:5]]) for number in range(1000)]
    written = json.dumps(dict.fromkeys(names, 1))

    def left_behind(choices):
        for chosen in choices:
            picker(chosen)(written)
        gc.collect()
        return len(gc.get_objects())

    few = left_behind(choices[:100])
    assert left_behind(choices) < few + 1000
