"""What assistants write: drafts and changes by a key's account, and before readers only with the scope for it."""

from datetime import UTC, datetime

import pytest
import time_machine

from cms.publishing import press
from cms.publishing.models import Act, Publication, Stage, Version
from newsroom.models import Article
from tests.factories import make_article, make_section, publish

pytestmark = pytest.mark.django_db
READ = {"search", "read", "list", "changes"}
DRAFT = {
    "headline": "The harbour at night",
    "standfirst": "Who works there.",
    "body_html": "<h2>Cranes</h2><p>Two.</p>",
}


def test_tools_are_those_that_the_key_and_its_account_may_use(assistant):
    writing = {"save_draft", "amend", "submit_for_review"}
    assert set(assistant().tools()) == READ
    assert set(assistant("read", "drafts", "media").tools()) == READ
    assert set(assistant("write").tools()) == READ | writing
    assert set(assistant("publish").tools()) == READ | {"publish"}
    assert set(assistant("write", "publish").tools()) == READ | writing | {"publish"}
    assert set(assistant("write", "publish", role="Photo editor").tools()) < READ | writing | {"publish"}
    assert set(assistant("write", "publish", role="").tools()) == READ
    assert "working_copy" in assistant("drafts").tools()["read"]["inputSchema"]["properties"]
    assert "working_copy" not in assistant("read").tools()["read"]["inputSchema"]["properties"]


def test_tool_that_a_key_may_not_use_is_refused_with_what_it_needs(assistant):
    story = make_article(slug="story")
    for asked in (assistant(), assistant("write"), assistant("publish", role="")):
        is_error, text, _data = asked.use("publish", kind="article", id=str(story.pk))
        assert (is_error, "publish" in text) == (True, True)
    assert assistant().use("save_draft", kind="article", content=DRAFT)[1].startswith("save_draft needs a key with")
    assert (Article.objects.count(), Publication.objects.count()) == (1, 0)


def test_draft_is_saved_amended_and_submitted_and_readers_see_nothing(assistant, api):
    make_section("World")
    asked = assistant("write", "drafts")
    made = asked.data("save_draft", kind="article", content={**DRAFT, "section": "world", "slug": "harbour-at-night"})
    assert made["state"] == "draft"
    assert made["desk_url"] == f"http://localhost:8000/admin/newsroom/article/{made['id']}/change/"

    content = {"headline": "The harbour by night"}
    changed = asked.data("amend", kind="article", id=made["id"], version=made["version"], content=content)
    review = asked.data("submit_for_review", kind="article", id=made["id"], note="Please check the second name.")
    story = Article.objects.get(pk=made["id"])
    assert (story.headline, story.section.slug, story.stage) == ("The harbour by night", "world", Stage.REVIEW)
    assert [block["type"] for block in story.body] == ["heading", "paragraph"]
    assert (review["stage"], changed["version"] == made["version"]) == ("review", False)
    assert api("feed/")["results"] == []
    assert story.head.author.first_name == "Anna"
    assert Act.objects.get(verb=Act.Verb.SUBMITTED).note == "Please check the second name."


def test_history_names_the_key(assistant):
    asked = assistant("write")
    made = asked.data("save_draft", kind="article", content=DRAFT)
    asked.data("submit_for_review", kind="article", id=made["id"])
    assert [version.by_key for version in Version.objects.all()] == ["Assistant"]
    assert "Assistant" in Act.objects.get(verb=Act.Verb.SUBMITTED).by_name


def test_working_copy_is_read_with_its_version_by_a_key_for_drafts_only(assistant):
    story = make_article(slug="story", headline="Not yet")
    data = assistant("drafts").data("read", kind="article", name=str(story.pk), working_copy=True)
    assert (data["headline"], data["version"], data["state"]) == ("Not yet", str(story.head_id), "draft")
    is_error, text, _data = assistant("read").use("read", kind="article", name=str(story.pk), working_copy=True)
    assert (is_error, "working_copy" in text) == (True, True)


def test_change_that_comes_too_late_writes_nothing_over(assistant):
    asked = assistant("write", "drafts")
    made = asked.data("save_draft", kind="article", content=DRAFT)
    words = {"kind": "article", "id": made["id"], "version": made["version"]}
    asked.data("amend", **words, content={"headline": "One"})
    is_error, text, _data = asked.use("amend", **words, content={"headline": "Two"})

    assert (is_error, "kept aside" in text, "The newest version is" in text) == (True, True, True)
    assert Article.objects.get().headline == "One"
    assert [version.data["headline"] for version in Version.objects.filter(is_stale=True)] == ["Two"]


def test_mistakes_in_a_draft_are_all_told(assistant):
    asked = assistant("write")
    is_error, text, _data = asked.use(
        "save_draft", kind="article", content={"headline": "x" * 301, "section": "nowhere"}
    )
    assert (is_error, "headline" in text, "section" in text) == (True, True, True)
    assert "titel" in asked.use("save_draft", kind="article", content={"titel": "x"})[1]
    assert asked.use("save_draft", kind="article", content="Headline")[1] == "content: give an object."
    assert asked.use("save_draft", kind="article")[1] == "Give content."
    assert asked.use("save_draft", kind="page-of-history", content={})[0] is True
    assert Article.objects.count() == 0


def test_publishing_wants_its_scope_and_says_what_stands_in_the_way(assistant, api):
    story = make_article(slug="story", headline="")
    asked = assistant("publish", role="Editor")
    is_error, text, _data = asked.use("publish", kind="article", id=str(story.pk))
    assert (is_error, "Write a headline." in text, api("feed/")["results"]) == (True, True, [])

    story.headline = "Ready"
    story.save()
    press.save(story)
    told = asked.data("publish", kind="article", id="story", published_at="2026-01-02T08:00:00Z")
    assert told["state"] == "live"
    assert [(row["headline"], row["published_at"]) for row in api("feed/")["results"]] == [
        ("Ready", "2026-01-02T08:00:00Z")
    ]


def test_reporter_s_key_publishes_nothing_and_changes_nobody_else_s(assistant, api):
    theirs = make_article(slug="theirs")
    asked = assistant("write", "publish", "drafts", role="Reporter")
    assert "publish" not in asked.tools()
    made = asked.data("save_draft", kind="article", content=DRAFT)
    assert asked.use("publish", kind="article", id=made["id"])[0] is True
    words = {"kind": "article", "id": "theirs", "version": str(theirs.head_id), "content": {"headline": "Mine"}}
    assert asked.use("amend", **words)[0] is True
    assert asked.use("submit_for_review", kind="article", id="theirs")[0] is True
    assert (Article.objects.get(slug="theirs").headline, api("feed/")["results"]) == (theirs.headline, [])


def test_what_is_not_there_and_what_is_not_allowed_look_alike_to_a_key_without_rights(assistant):
    story = make_article(slug="story")
    asked = assistant("write", role="")
    said = {asked.use("submit_for_review", kind="article", id=name)[1] for name in (str(story.pk), "nowhere")}
    assert len(said) == 1


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
def test_assistant_finds_last_week_s_stories_about_the_harbour_and_files_a_draft(assistant, version):
    section = make_section("Town")
    with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
        publish(make_article(slug="old-harbour", headline="Harbour closed", section=section))
    with time_machine.travel(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False):
        publish(make_article(slug="harbour-crane", headline="New crane for the harbour", section=section))
        publish(make_article(slug="bakery", headline="Bakery opens", section=section))

    asked = assistant("write", version=version)
    week = {"published_after": "2026-11-21", "published_before": "2026-11-28"}
    found = asked.data("search", query="harbour", **week)["results"]
    assert [row["slug"] for row in found] == ["harbour-crane"]
    text = asked.use("read", kind=found[0]["kind"], name=found[0]["slug"])[1]
    assert "New crane for the harbour" in text
    content = {**DRAFT, "section": "town", "related": ["harbour-crane"]}
    made = asked.data("save_draft", kind="article", content=content)
    assert asked.data("submit_for_review", kind="article", id=made["id"])["stage"] == "review"
