"""ninjs in: IPTC's own examples, what Superdesk sends, and what we send ourselves."""

import json
import shutil
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command

from cms import outbound
from cms.publishing import press
from cms.publishing.models import Edition, Version
from media.models import Photo
from newsroom.models import Article, Byline, Video
from tests.factories import make_article, make_picture, make_section, publish

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).parent / "ninjs"


@pytest.fixture
def offline(monkeypatch):
    """No other server is asked: nobody answers, or each with a picture."""
    asked = []

    def fetch(url, **_):
        asked.append(url)
        raise outbound.Refused("the name is not known")

    monkeypatch.setattr(outbound, "fetch", fetch)
    return asked


@pytest.fixture
def online(monkeypatch):
    asked = []

    def fetch(url, **_):
        asked.append(url)
        return outbound.Answer(200, {}, make_picture().read())

    monkeypatch.setattr(outbound, "fetch", fetch)
    return asked


def example(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def take(path, *options):
    """What an import says, in all."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_content", path, *options, stdout=out, stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return f"{err.getvalue()}{out.getvalue()}"


def take_items(tmp_path, *items, options=(), name="in.ndjson"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return take(path, *options)


def test_story_of_an_agency_waits_at_the_desk_with_its_picture_and_credit(online, api):
    said = take(EXAMPLES / "3.0-tt_text_image_3.json")

    story = Article.objects.get()
    assert (story.headline, story.language) == ("Militärövning i jätteformat hålls 2023", "sv")
    assert story.slug == "militarovning-i-jatteformat-halls-2023"
    photo = Photo.objects.get()
    assert photo.credit_line == "Karl Melander/TT"
    assert photo.caption.startswith("En stor internationell försvarsövning")
    assert [block["photo"]["id"] for block in story.body if block["type"] == "photo"] == [str(photo.pk)]
    assert online == ["https://beta.tt.se/media/text/210526-militarovning-a0f2d045/a001_NormalHires.jpg"]
    assert story.body[0]["type"] != "heading"
    assert "Aurora 2023 kommer att genomföras" in json.dumps(story.body, ensure_ascii=False)
    assert {(topic.name, topic.type) for topic in story.topics.all()} >= {("Jonas Svensson", "person")}
    assert api("articles/")["results"] == []
    assert "1 article taken" in said
    assert "it is the beginning of the text, and no summary" in said
    assert "alt text" in said


def test_versions_of_ninjs_say_the_same(online):
    take(EXAMPLES / "2.1-tt_text_image_2.json")
    older = Version.objects.filter(kind="article").latest("pk").data

    take(EXAMPLES / "3.0-tt_text_image_3.json")

    assert Article.objects.count() == 1
    assert Version.objects.filter(kind="article").latest("pk").data == older


def test_story_without_pictures_to_be_had_comes_without_them_and_says_so(offline):
    said = take(EXAMPLES / "1.4-ninjsExComplex1.json")

    story = Article.objects.get()
    assert story.headline == "Captain of wrecked cruise ship on trial in Italy"
    assert story.dateline == "Grossetto, Italy"
    names = [placed.byline.name for placed in story.placed_bylines.order_by("position")]
    assert names == ["Paulo Santalucia", "Frances d'Emilio"]
    assert {(topic.name, topic.type) for topic in story.topics.all()} == {
        ("Francesco Schettino", "person"),
        ("Grossetto", "place"),
        ("Tuscany", "place"),
        ("Italy", "place"),
        ("Costa Crociere SpA", "organisation"),
    }
    assert story.body[0]["html"].startswith("GROSSETO, Italy (AP) -- The trial of the captain")
    assert (story.lead_photo, Photo.objects.count()) == (None, 0)
    assert "cannot be fetched from http://hosted.ap.org/photos/2/" in said
    assert "copyrightNotice is not kept" in said
    assert len(offline) == 2  # its large size, and then its small one


def test_byline_is_no_staff_of_ours(offline):
    take(EXAMPLES / "3.0-dpa_text.json")

    assert [(byline.name, byline.type) for byline in Byline.objects.order_by("name")] == [
        ("Christian Hollmann", "freelance"),
        ("dpa", "freelance"),
    ]


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("*.json"))])
def test_every_example_is_taken_or_refused_in_words(name, online):
    said = take(EXAMPLES / f"{name}.json")

    assert "a fault of its own" not in said
    if name == "3.0-simpleEvent":
        assert "type: 'event' is nothing that is kept here" in said
    else:
        assert "0 bad lines" in said, said
        assert Article.objects.count() + Photo.objects.count() + Video.objects.count() >= 1


def test_photo_of_an_agency_has_its_facts(online):
    take(EXAMPLES / "3.0-ap_image.json")

    photo = Photo.objects.get()
    assert photo.credit_line == "ASSOCIATED PRESS"
    assert photo.usage_terms.startswith("This content is intended for editorial use only.")
    assert photo.headline == photo.alt_text == "Turkey Islamic State"
    assert "/download?role=main" in online[0]


BODY = """<p>It held.</p><!-- EMBED START Image {id: "editor_0"} --><figure><img src="dike.jpg?x=1&amp;y=2" alt="">
<figcaption>The dike</figcaption></figure><!-- EMBED END Image {id: "editor_0"} --><p>So said all.</p>"""
JPEG = {"mimetype": "image/jpeg", "width": 160, "height": 120}
SUPERDESK = {
    "uri": "urn:newsml:localhost:2026-02-20:1",
    "type": "text",
    "version": "3",
    "pubstatus": "usable",
    "urgency": 3,
    "language": "en",
    "slugline": "flood",
    "headline": "Dikes hold",
    "byline": "By Ada Writer",
    "authors": [{"name": "Ada Writer", "role": "writer", "code": "5"}],
    "genre": [{"code": "Article", "name": "Article (news)"}],
    "subject": [{"code": "17005000", "name": "flood"}],
    "place": [{"code": "LVI", "name": "Lviv"}],
    "versioncreated": "2026-02-20T11:30:00+0000",
    "firstcreated": "2026-02-20T10:00:00+0000",
    "ednote": "Adds quote",
    "copyrightholder": "Agency",
    "description_text": "They held.",
    "body_html": BODY,
    "associations": {
        "editor_0": {
            "uri": "tag:localhost:2026:dike",
            "type": "picture",
            "byline": "A. Name",
            "copyrightholder": "Agency",
            "description_text": "The dike",
            "renditions": {"original": {"href": "dike.jpg?x=1&y=2", **JPEG}},
        },
        "featuremedia": {
            "uri": "tag:localhost:2026:mayor",
            "type": "picture",
            "byline": "B. Name",
            "description_text": "The mayor",
            "renditions": {
                "original": {"href": "mayor.jpg", **JPEG, "poi": {"x": 40, "y": 60}},
                "thumbnail": {"href": "nothing.jpg", **JPEG, "width": 16, "height": 12},
            },
        },
        "gone": None,
    },
}


def lay_pictures(folder):
    for name in ("dike.jpg?x=1&y=2", "mayor.jpg"):
        (folder / name).write_bytes(make_picture().read())


def test_pictures_that_lie_beside_the_file_stand_where_the_text_has_them(tmp_path):
    lay_pictures(tmp_path)

    said = take_items(tmp_path, SUPERDESK)

    story = Article.objects.get()
    assert [block["type"] for block in story.body] == ["paragraph", "photo", "paragraph"]
    dike = Photo.objects.get(pk=story.body[1]["photo"]["id"])
    assert (dike.credit_line, dike.caption) == ("A. Name/Agency", "The dike")
    assert story.lead_photo.caption == "The mayor"
    assert (story.lead_photo.focal_x, story.lead_photo.focal_y) == (0.25, 0.5)
    assert [placed.byline.name for placed in story.placed_bylines.all()] == ["Ada Writer"]
    assert "edNote is not kept: 'Adds quote'" in said
    assert "genres: 'Article (news)' is none of ours" in said


def test_what_the_desk_has_changed_stays_when_the_agency_sends_it_again(tmp_path):
    lay_pictures(tmp_path)
    take_items(tmp_path, SUPERDESK)
    story = Article.objects.get()
    Photo.objects.update(credit_line="Mended")
    Byline.objects.update(name="Ada B. Writer", type="staff")
    story.slug = "our-own"
    story.save()
    press.save(story)

    said = take_items(tmp_path, {**SUPERDESK, "headline": "Dikes hold on"})

    story.refresh_from_db()
    assert (story.headline, story.slug) == ("Dikes hold on", "our-own")
    assert {photo.credit_line for photo in Photo.objects.all()} == {"Mended"}
    assert [(byline.name, byline.type) for byline in Byline.objects.all()] == [("Ada B. Writer", "staff")]
    assert Photo.objects.count() == 2
    assert "0 bad lines" in said


def test_usable_stories_are_published_where_that_is_asked_for_and_taken_back_with_the_agency(tmp_path, online, api):
    take_items(tmp_path, SUPERDESK, options=["--publish"])
    assert api("articles/dikes-hold/")["published_at"] == "2026-02-20T10:00:00Z"

    said = take_items(tmp_path, {**SUPERDESK, "pubstatus": "canceled"})

    assert api.get("articles/dikes-hold/").status_code == 410
    assert "pubStatus is canceled" in said


def test_line_of_ours_says_itself_whether_it_is_published(tmp_path):
    line = {"kind": "section", "slug": "world", "name": "World"}
    assert "--publish is for files of other systems" in take_items(tmp_path, line, options=["--publish"])
    assert "1 section taken" in take_items(tmp_path, line, options=["--format", "lines"])


def test_embargo_of_an_agency_holds(tmp_path, online, api):
    take_items(tmp_path, {**SUPERDESK, "embargoedUntil": "2100-01-01T00:00:00Z"}, options=["--publish"])

    assert api("articles/")["results"] == []
    with time_machine.travel(datetime(2100, 1, 1, 0, 1, tzinfo=UTC)):
        assert api.slugs("articles/") == ["dikes-hold"]


@pytest.mark.parametrize("form", ["lines", "one", "list", "answer"])
def test_file_may_be_lines_one_item_a_list_or_an_answer(form, tmp_path, online):
    second = {**SUPERDESK, "uri": "urn:other", "headline": "Another", "associations": {}}
    written = {
        "lines": f"{json.dumps(SUPERDESK)}\n\n{json.dumps(second)}\n",
        "one": json.dumps(SUPERDESK, indent=2),
        "list": json.dumps([SUPERDESK, second], indent=2),
        "answer": json.dumps({"_items": [SUPERDESK, second], "_meta": {}}, indent=2),
    }[form]
    (tmp_path / "in.json").write_text(written)

    take(tmp_path / "in.json")

    assert Article.objects.count() == (1 if form == "one" else 2)


def test_same_headline_gets_another_slug(tmp_path, online):
    publish(make_article(slug="dikes-hold"))

    take_items(tmp_path, *({**SUPERDESK, "uri": f"urn:{number}", "associations": {}} for number in range(3)))

    assert sorted(Article.objects.values_list("slug", flat=True)) == [
        "dikes-hold", "dikes-hold-2", "dikes-hold-3", "dikes-hold-4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"headline": "x", "body_html": "<p>x</p>"}, "uri: it is missing"),
        ({"uri": "urn:1", "versioncreated": "2026-02-20T10:00:00Z"}, "headlines: it has none"),
        ({"uri": "urn:1", "type": "planning", "headlines": [{"value": "x"}]}, "'planning' is nothing that is kept"),
        ({"uri": "urn:1", "type": "picture", "renditions": [{"name": "x"}]}, "no picture of it can be had"),
        ({"uri": "urn:1", "type": "picture", "renditions": [{"href": "../secret.jpg", "name": "x"}]}, "no such file"),
        ([1, 2], "it is no item of ninjs, which is a JSON object"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_rest_is_taken(item, message, tmp_path, online):
    said = take_items(tmp_path, SUPERDESK, item, options=["--format", "ninjs"])

    assert message in said
    assert "1 bad line" in said
    assert Article.objects.count() == 1


KEYS = ["headlines", "bodies", "associations", "infoSources", "genres", "language", "by", "subjects", "renditions"]
KEYS += ["located", "urgency", "altIds", "edNote", "firstCreated", "descriptions", "digitalSourceType"]
ODD = [None, 5, "text", True, [], {}, [None], [5], ["text"], [{}], [{"value": 5, "name": 5, "literal": 5}], {"a": 5}]


@pytest.mark.parametrize("kind", ["text", "picture", "video"])
def test_values_of_any_kind_make_no_fault(kind, tmp_path, online):
    cases = [(key, value) for key in KEYS for value in ODD]
    items = [
        {**SUPERDESK, "associations": {}, "uri": f"urn:{number}", "type": kind, key: value}
        for number, (key, value) in enumerate(cases[:: 2 if kind == "text" else 5])
    ]

    said = take_items(tmp_path, *items, options=["--dry-run", "--format", "ninjs"])

    assert "a fault of its own" not in said
    assert "of the wrong kind" not in said


def test_own_stories_come_back_as_they_went(newsroom, api, tmp_path, uploads):
    """Into an empty newsroom, from the answers of the API and the files that they name."""
    before = api("articles/full/")
    video, blurb = api("videos/barrier/"), api(f"blurbs/{newsroom['blurb'].pk}/")
    paths = ["articles/bare/", "articles/full/", "videos/barrier/", f"blurbs/{newsroom['blurb'].pk}/"]
    items = [api(f"{path}?format=ninjs") for path in paths]
    for item in items:
        for each in [item, *item.get("associations", [])]:
            for rendition in each.get("renditions", []):
                if "/media/" in rendition["href"] and rendition["contentType"] == "image/jpeg":
                    name = rendition["href"].partition("/media/")[2]
                    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(uploads / "sizes" / name, tmp_path / name)
                    rendition["href"] = name
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in {"publishing", "newsroom", "media"} and model is not Edition:
            model._base_manager.all()._raw_delete("default")
    make_section("Town")

    said = take_items(tmp_path, *items, options=["--publish"])

    after = api("articles/full/")
    same = "id slug headline kicker standfirst dateline genre language breaking byline corrections published_at"
    for name in same.split():
        assert (name, after[name]) == (name, before[name])
    assert after["section"] == before["section"]
    assert sorted(topic["slug"] for topic in after["topics"]) == sorted(topic["slug"] for topic in before["topics"])
    assert [(b["slug"], b["role"]) for b in after["bylines"]] == [(b["slug"], b["role"]) for b in before["bylines"]]
    photo, former = after["lead_photo"], before["lead_photo"]
    facts = "id alt_text caption credit_line creator source copyright_notice usage_terms usable_until taken_at"
    for name in [*facts.split(), "digital_source_type", "focal_point", "extended_description"]:
        assert (name, photo[name]) == (name, former[name])
    types = [block["type"] for block in before["body"]]
    assert [block["type"] for block in after["body"] if block["type"] not in {"photo", "gallery"}] == [
        {"embed": "paragraph"}.get(name, name) for name in types if name not in {"photo", "gallery", "factbox"}
    ] or said
    again = api("videos/barrier/")
    for name in ("headline", "standfirst", "credit_line", "copyright_notice", "transcript", "duration_seconds"):
        assert (name, again[name]) == (name, video[name])
    again = api(f"blurbs/{newsroom['blurb'].pk}/")
    for name in ("text_html", "label", "source"):
        assert (name, again[name]) == (name, blurb[name])


def test_what_ai_did_comes_back_as_it_was_said(api, tmp_path):
    note = "Translated by a machine, checked by an editor."
    story = publish(make_article(slug="helped", ai_use_level="assisted", ai_use_note=note))
    item = api("articles/helped/?format=ninjs")
    assert "1 article taken, 0 bad lines" in take_items(tmp_path, {**item, "uri": "urn:other:1", "altIds": []})

    other = Article.objects.exclude(pk=story.pk).get()
    assert (other.ai_use_level, other.ai_use_note) == ("assisted", note)
