"""Slugs in every language: taken, kept one way, found however they are written, and proposed by headlines."""

import json
import unicodedata
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from cms.publishing import checks, press, slugs
from cms.publishing.models import Address, Version
from cms.text import spelling
from cms.text.letters import slug_from
from newsroom.models import Article, Section, Topic
from tests.factories import make_article, make_byline, make_section, make_topic, make_video, paragraphs, publish, update

pytestmark = pytest.mark.django_db

SPELT = [
    "समाचार-आज",
    "ข่าววันนี้",
    "น้ำท่วม",
    "செய்தி",
    "שָׁלוֹם",
    "می\u200cخواهم",
    "ශ්\u200dරී-ලංකා",
    "한국-뉴스",
    "新闻",
    "повінь_2026",
    "επι",
    "Ünïcode",
    "2024",
    "x",
    "½",
]
REFUSED = {
    "party-😀": "Take out: 😀",
    "heart-❤\ufe0f": "Take out: ❤",
    "1\ufe0f\u20e3": "Take out",
    "a b": "Take out:",
    "a/b": "Take out: /",
    "50%": "Take out: %",
    "a.b": "Take out: .",
    "\u200cab": "Take out: U+200C",
    "ab\u200d": "Take out: U+200D",
    "a-\u0301b": "Take out:",
    "a\u202eb": "Take out: U+202E",
    "a\u200bb": "Take out: U+200B",
    "\u3164": "Take out:",
    "---": "A slug needs at least one letter or digit.",
    "-": "A slug needs at least one letter or digit.",
    "_": "A slug needs at least one letter or digit.",
}


@pytest.mark.parametrize("slug", SPELT)
def test_slug_of_any_language_is_an_address_a_filter_and_a_link(api, slug):
    topic = Topic(name="A topic", slug=slug)
    topic.full_clean()
    topic.save()
    publish(make_article(slug=slug, topics=[topic]))
    decomposed = unicodedata.normalize("NFD", slug)

    for spelt in (slug, decomposed):
        assert api(f"articles/{quote(spelt)}/")["slug"] == slug
        assert api(f"topics/{quote(spelt)}/")["slug"] == slug
        for question in (f"topic={quote(spelt)}", f"slug={quote(spelt)}", f"require_topic={quote(spelt)}"):
            assert (question, api.slugs(f"articles/?{question}")) == (question, [slug])
        for question in (f"exclude_topic={quote(spelt)}", f"exclude_slug={quote(spelt)}"):
            assert (question, api.slugs(f"articles/?{question}")) == (question, [])
    assert api(api("articles/")["results"][0]["url"])["slug"] == slug


@pytest.mark.parametrize(("slug", "words"), REFUSED.items())
def test_slug_that_is_no_word_is_refused_in_words(slug, words):
    with pytest.raises(ValidationError) as refused:
        Section(name="A", slug=slug).full_clean()

    assert words in refused.value.message_dict["slug"][0]


def test_editor_may_type_a_slug_decomposed_or_paste_it_from_an_address(admin_client):
    for number, given in enumerate([unicodedata.normalize("NFD", "café-noël"), quote("समाचार"), quote(quote("επι"))]):
        data = {"name": f"T {number}", "slug": given, "type": "keyword", "same_as": ""}
        response = admin_client.post("/admin/newsroom/topic/add/", data)
        assert response.status_code == 302, response.context["errors"]

    assert sorted(Topic.objects.values_list("slug", flat=True)) == ["café-noël", "επι", "समाचार"]


# In other capitals


def test_slug_in_other_capitals_leads_to_the_same(api):
    publish(make_article(slug="My-Story", section=make_section("World", slug="World")))
    publish(make_article(slug="plain"))

    assert api("articles/My-Story/")["slug"] == "My-Story"
    for asked in ("my-story", "MY-STORY"):
        response = api.get(f"articles/{asked}/?fields=slug")
        assert (response.status_code, response["Location"].split("/")[-2]) == (308, "My-Story")
    assert api.get("articles/PLAIN/")["Location"].endswith("/plain/")
    assert api.slugs("articles/?section=world") == api.slugs("articles/?section=WORLD") == ["My-Story"]
    assert api.slugs("articles/?slug=Plain") == ["plain"]


@pytest.mark.parametrize(
    ("first", "second"), [("My-Story", "my-story"), ("élan", "ÉLAN"), ("повінь", "Повінь"), ("Ab", "aB")]
)
def test_two_live_items_never_differ_in_capitals_alone(first, second):
    publish(make_article(slug=first))

    with pytest.raises(ValidationError):
        make_article(slug=second)
    other = update(make_article(), slug=second)
    with pytest.raises(checks.Refused):
        publish(other)


@pytest.mark.parametrize(("first", "second"), [("World", "world"), ("élan", "ÉLAN"), ("Повінь", "повінь")])
@pytest.mark.parametrize("make", [make_section, make_topic, make_byline])
def test_two_shared_things_never_differ_in_capitals_alone(make, first, second):
    stored = make("A", slug=first)

    with pytest.raises(ValidationError) as refused:
        type(stored)(name="B", slug=second).full_clean()

    assert f'"{first}", which differs in capitals only' in refused.value.message_dict["slug"][0]
    stored.name = "Another name"
    stored.full_clean()


def test_desk_refuses_a_draft_whose_slug_another_has_in_small_letters():
    make_article(slug="my-story")

    with pytest.raises(ValidationError) as refused:
        Article(headline="B", slug="My-Story").full_clean()

    assert list(refused.value.message_dict) == ["slug"]


def test_two_that_stood_so_already_can_both_be_published_again(api):
    one, other = make_article(slug="My-Story", headline="One"), make_article(slug="my-story", headline="Other")
    for article in (one, other):
        with press.printing() as printing:
            press.release(printing, "article", [press.Release(article.head)])
    Address.objects.filter(slug="my-story").update(key=other.pk)

    publish(update(one, headline="One again"))
    publish(update(other, headline="Other again"))

    assert api("articles/My-Story/")["headline"] == "One again"
    assert api("articles/my-story/")["headline"] == "Other again"


def test_slug_that_an_older_release_kept_with_capitals_is_found_in_small_letters(api):
    publish(make_article(slug="Old-Story"))
    Address.objects.filter(slug="old-story").delete()
    assert api.get("articles/old-story/").status_code == 404

    import_module("cms.publishing.migrations.0002_addresses_in_small_letters").lead_on(apps, None)

    assert api.get("articles/old-story/")["Location"].endswith("/Old-Story/")


def test_free_slug_is_free_in_all_capitals():
    publish(make_article(slug="Flood"))

    assert press.free_slug("article", "flood", make_article().pk) == "flood-2"
    assert slugs.owner("article", "FLOOD") is not None


# From another system


def lines_in(tmp_path, *lines):
    path = tmp_path / "lines.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def story(slug, **given):
    common = {"kind": "article", "headline": "A", "status": "published", "published_at": "2026-01-01T00:00:00Z"}
    return {**common, "slug": slug, "body": paragraphs("One."), **given}


CASES = {
    "समाचार-आज": "समाचार-आज",
    "ข่าววันนี้": "ข่าววันนี้",
    "செய்தி": "செய்தி",
    "cafe\u0301-noe\u0308l": "café-noël",
    "%ce%b5%cf%80%ce%b9": "επι",
    "%25ce%25b5%25cf%2580%25ce%25b9": "επι",
    "%D0%BF%D0%BE%D0%B2%D1%96%D0%BD%D1%8C-2": "повінь-2",
    "%e0%a4%b8%e0%a4%ae%e0%a4%be": "समा",
    " trailing ": "trailing",
    "my_old-post": "my_old-post",
    "-2": "-2",
}


@pytest.mark.parametrize(("given", "kept"), CASES.items())
def test_import_takes_slugs_as_other_systems_write_them(tmp_path, api, given, kept):
    section = {"kind": "section", "slug": f"{given.strip()}s", "name": "S"}
    former = {"previous_slugs": [f"{given.strip()}-old"]}
    path = lines_in(tmp_path, section, story(given, section=section["slug"], **former), story("b", related=[given]))

    call_command("import_content", path, verbosity=0)

    assert api(f"articles/{quote(kept)}/")["section"]["slug"] == f"{kept}s"
    assert [row["slug"] for row in api("articles/b/")["related"]] == [kept]
    moved = api.get(f"articles/{quote(kept)}-old/")
    assert (moved.status_code, api(moved["Location"])["slug"]) == (308, kept)
    call_command("import_content", path, verbosity=0)
    assert Article.objects.count() == 2


def test_two_lines_whose_slugs_differ_in_capitals_are_two_and_the_second_is_told(tmp_path, api, capsys):
    path = lines_in(tmp_path, story("My-Story"), story("my-story", headline="B"))

    with pytest.raises(CommandError):
        call_command("import_content", path, verbosity=0)

    assert 'line 2, article "my-story"' in capsys.readouterr().err
    assert api.slugs("articles/") == ["My-Story"]


def test_slug_cut_amid_a_letter_is_told_in_words(tmp_path, capsys):
    with pytest.raises(CommandError):
        call_command("import_content", lines_in(tmp_path, story("%ce%b5%cf")), verbosity=0)

    assert "slug: A slug can hold only letters, digits, hyphens and underscores. Take out: %" in capsys.readouterr().err


# From a headline

PROPOSED = json.loads(Path(__file__).with_name("slugs_proposed.json").read_text())


@pytest.mark.parametrize("case", PROPOSED, ids=lambda case: f"{case['language']}-{case['headline'][:12]}")
def test_headline_proposes_a_slug(case):
    slug = slug_from(case["headline"], case["language"], case.get("most", 80))

    assert slug == case["slug"]
    assert spelling.strange_characters(slug) == ""
    assert unicodedata.is_normalized("NFC", slug)


def test_story_without_a_slug_gets_one_by_the_table_of_its_language():
    assert make_article(headline="Повінь у Львові: що далі?", slug="", language="uk").slug == "povin-u-lvovi-shcho-dali"
    assert make_article(headline="Повінь у Львові: що далі?", slug="", language="uk-UA").slug.endswith("-2")
    assert make_article(headline="Straße über Łódź", slug="", language="de").slug == "strasse-uber-lodz"
    assert make_article(headline="समाचार आज", slug="", language="hi").slug == "समाचार-आज"
    assert make_video(headline="Ћирилица", slug="", language="sr").slug == "cirilica"
    assert make_article(headline="😀", slug="").slug == ""


def test_version_keeps_a_slug_composed():
    article = make_article(slug=unicodedata.normalize("NFD", "é"))

    assert (article.slug, Version.objects.get(key=article.pk).data["slug"]) == ("é", "é")
