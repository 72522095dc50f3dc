"""Updates of a live story, written, mended, marked and withdrawn on the story's own page."""

import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from cms.publishing import press
from cms.publishing.models import Act, Version
from newsroom.models import Article, Blurb
from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_blurbs,
    make_section,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db):
    def log_in(role):
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def story(db):
    return publish(make_article(slug="snow", genre="live", language="en-GB", section=make_section("World")))


def address(story, *more):
    return "".join([f"/admin/newsroom/article/{story.pk}/updates/", *(f"{part}/" for part in more)])


def send(client, story, text, key=None, **values):
    return client.post(address(story), {"key": str(key or uuid.uuid4()), "text": text, "publish": "1", **values})


def readers(api):
    return [(row["title"], row["text"]) for row in api("articles/snow/updates/")["results"]]


def test_update_is_out_at_once_with_the_story_s_section_and_language(desk, api, story):
    client = desk("Editor")

    sent = send(client, story, '<p>Snow at <a href="https://met.example.org/">Vell</a>.</p>', title="First", is_key="1")

    assert sent.json()["said"] == "Published."
    row = api("articles/snow/updates/")["results"][0]
    assert row["text_html"] == '<p>Snow at <a href="https://met.example.org/">Vell</a>.</p>'
    assert (row["title"], row["is_key"], row["is_pinned"]) == ("First", True, False)
    assert (row["section"]["slug"], row["language"], row["article"]["slug"]) == ("world", "en-GB", "snow")
    assert [event["label"] for event in api("articles/snow/")["live"]["key_events"]] == ["First"]
    (shown,) = sent.json()["updates"]
    assert shown == client.get(address(story)).json()["updates"][0]
    assert (shown["state"], shown["by"], shown["html"]) == ("live", "Editor", row["text_html"])


def test_a_key_pressed_twice_and_an_answer_that_was_lost_make_one_update(desk, api, story):
    client, key = desk("Editor"), uuid.uuid4()

    for text in ("<p>Snwo.</p>", "<p>Snwo.</p>", "<p>Snow.</p>"):
        assert send(client, story, text, key).status_code == 200

    assert readers(api) == [(None, "Snow.")]


def test_an_update_is_mended_where_it_stands_and_nobody_s_text_is_lost(desk, api, story):
    ann, ben = desk("Editor"), desk("Managing editor")
    key = uuid.uuid4()
    send(ann, story, "<p>Snwo.</p>", key)
    base = ann.get(address(story)).json()["updates"][0]["base"]

    assert send(ann, story, "<p>Snow.</p>", key, base=base, title="Now").json()["said"] == "Published."
    late = send(ben, story, "<p>Much snow.</p>", key, base=base)

    assert readers(api) == [("Now", "Snow.")]
    assert late.status_code == 409
    assert late.json()["page"].startswith(f"/admin/newsroom/blurb/{key}/")
    assert Version.objects.get(is_stale=True).data["text_html"] == "<p>Much snow.</p>"


def test_marks_change_that_alone_for_readers_at_once(desk, api, story):
    client = desk("Editor")
    blurb = publish(make_blurb(text_html="<p>Snow.</p>", article=story))
    update(blurb, text_html="<p>Not yet.</p>")

    for name in ("is_key", "is_pinned"):
        answer = client.post(address(story, blurb.pk, "mark"), {"name": name, "on": "1"})
        assert answer.json()["said"] == "Readers see it now."

    row = api("articles/snow/updates/")["results"][0]
    assert (row["text"], row["is_key"], row["is_pinned"]) == ("Snow.", True, True)
    client.post(address(story, blurb.pk, "mark"), {"name": "is_pinned", "on": "0"})
    assert api("articles/snow/updates/")["results"][0]["is_pinned"] is False
    assert Blurb.objects.get().text_html == "<p>Not yet.</p>"
    assert client.post(address(story, blurb.pk, "mark"), {"name": "breaking", "on": "1"}).status_code == 404


def test_an_update_is_withdrawn_for_a_reason(desk, api, story):
    client = desk("Managing editor")
    blurb = publish(make_blurb(article=story))
    assert client.post(address(story, blurb.pk, "withdraw"), {"reason": "expired"}).status_code == 400

    answer = client.post(address(story, blurb.pk, "withdraw"), {"reason": "error"})

    assert answer.json()["updates"][0]["state"] == "withdrawn"
    assert readers(api) == []
    assert api.get(f"blurbs/{blurb.pk}/").json()["reason"] == "error"
    other = publish(make_article(genre="live"))
    assert client.post(address(other, blurb.pk, "withdraw"), {"reason": "error"}).status_code == 404


def test_reporter_writes_drafts_that_an_editor_publishes_in_the_list(desk, api, story):
    reporter, editor, key = desk("Reporter"), desk("Editor"), uuid.uuid4()

    said = send(reporter, story, "<p>Seen on the way.</p>", key).json()
    assert said["said"].startswith("Saved as a draft")
    assert (readers(api), said["updates"][0]["state"]) == ([], "draft")
    assert said["updates"][0]["may_publish"] is False
    assert send(reporter, story, "<p>Seen.</p>", key, base=said["updates"][0]["base"]).status_code == 200

    (row,) = editor.get(address(story)).json()["updates"]
    assert row["may_publish"] is True
    send(editor, story, row["html"], key, base=row["base"])
    assert readers(api) == [(None, "Seen.")]
    assert reporter.post(address(story, key, "mark"), {"name": "is_key", "on": "1"}).status_code == 403
    assert reporter.post(address(story, key, "withdraw"), {"reason": "error"}).status_code == 403
    assert (
        desk("Photo editor").post(address(story), {"key": str(uuid.uuid4()), "text": "<p>No.</p>"}).status_code == 403
    )


def test_a_scheduled_update_that_is_mended_still_waits(desk, api, story):
    blurb = make_blurb(text_html="<p>Snwo.</p>", article=story)
    press.publish(blurb, at=timezone.now() + timedelta(hours=1))

    values = {"key": str(blurb.pk), "text": "<p>Snow.</p>", "base": blurb.head_id}
    answer = desk("Editor").post(address(story), values)

    assert (answer.json()["said"], answer.json()["updates"][0]["state"]) == (
        "Saved; it goes live as scheduled.",
        "scheduled",
    )
    assert readers(api) == []
    assert blurb.publication.next_version.data["text_html"] == "<p>Snow.</p>"


@pytest.mark.parametrize("text", ["", "<p> </p>", "<p><br></p>"])
def test_nothing_written_is_nothing_kept(desk, story, text):
    sent = send(desk("Editor"), story, text, title="Only a title")

    assert (sent.status_code, sent.json()) == (400, {"errors": ["Write what happened."]})
    assert not Blurb.objects.exists()


def test_what_is_too_long_is_refused_in_words(desk, story):
    client = desk("Editor")

    assert "1,000 characters" in send(client, story, f"<p>{'x' * 1200}</p>").json()["errors"][0]
    assert send(client, story, "<p>Snow.</p>", title="x" * 300).status_code == 400
    assert not Blurb.objects.exists()


def test_no_update_goes_out_before_its_story_nor_after_its_end(desk, api):
    client = desk("Editor")
    draft = make_article(slug="snow", genre="live")
    refused = send(client, draft, "<p>Too soon.</p>").json()
    assert refused["errors"] == ["Readers do not have the story yet. Publish it, then press the button once more."]
    publish(draft)
    end = f"/admin/newsroom/article/{draft.pk}/live/"

    ended = client.post(end, {"on": "0", "base": str(Article.objects.get().head_id)}).json()

    assert (ended["said"], ended["base"]) == (
        "Live coverage has ended. Readers are told so.",
        str(Article.objects.get().head_id),
    )
    assert api("articles/snow/")["live"]["state"] == "ended"
    assert "has ended" in send(client, draft, "<p>Too late.</p>").json()["errors"][0]
    kept = make_blurb(text_html="<p>Written before.</p>", article=draft)
    late = send(client, draft, "<p>Written before.</p>", key=kept.pk, base=kept.head_id, publish="1")
    assert (late.status_code, "has ended" in late.json()["errors"][0], readers(api)) == (400, True, [])
    assert client.post(end, {"on": "1", "base": "1"}).json()["base"] == ""
    assert send(client, draft, "<p>Again.</p>").status_code == 200
    assert readers(api) == [(None, "Again.")]
    assert [act.note for act in Act.objects.filter(kind="article", verb="updated").order_by("pk")] == [
        "live coverage ended",
        "live coverage opened again",
    ]
    assert desk("Reporter").post(end, {"on": "0"}).status_code == 403


def test_the_panel_stands_on_the_pages_of_live_stories_alone(desk, story):
    client = desk("Editor")
    other = make_article()

    page = client.get(f"/admin/newsroom/article/{story.pk}/change/").content.decode()
    assert f'data-address="/admin/newsroom/article/{story.pk}/updates/"' in page
    assert 'class="live-story"' not in client.get(f"/admin/newsroom/article/{other.pk}/change/").content.decode()


def test_page_of_an_update_has_its_own_fields_and_other_blurbs_have_not(desk, story):
    client = desk("Editor")
    of_story, of_none = make_blurb(article=story), make_blurb()

    pages = [client.get(f"/admin/newsroom/blurb/{blurb.pk}/change/").content.decode() for blurb in (of_story, of_none)]

    assert [('name="is_key"' in page, 'name="title"' in page) for page in pages] == [(True, True), (False, False)]


def test_list_is_as_quick_with_many_as_with_one(desk, story, django_assert_max_num_queries):
    client = desk("Editor")
    bring_all(make_blurbs(range(25), article=story))

    with django_assert_max_num_queries(16):
        answer = client.get(address(story)).json()

    assert ([row["html"] for row in answer["updates"]][:2], len(answer["updates"]), answer["has_more"]) == (
        ["<p>24</p>", "<p>23</p>"],
        20,
        True,
    )
    assert len(client.get(f"{address(story)}?most=40").json()["updates"]) == 25
    assert json.loads(client.get(f"{address(story)}?most=x").content)["has_more"] is True
