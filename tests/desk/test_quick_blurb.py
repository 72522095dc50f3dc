"""A blurb from anywhere at the desk, in two fields."""

import uuid

import pytest
from django.contrib.auth.models import Group, User

from cms.publishing.models import Act
from newsroom.models import Blurb
from tests.factories import make_section

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/newsroom/blurb/quick/"


@pytest.fixture
def desk(client):
    def log_in(role):
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return log_in


def test_editor_publishes_a_blurb_in_one_act(desk, api):
    section = make_section("World")
    client = desk("Editor")

    sent = client.post(ADDRESS, {"text": "Rain & wind.\n\nMore to come.", "section": str(section.pk), "key": ""})

    assert sent.status_code == 200
    blurb = Blurb.objects.get()
    live = api("blurbs/")["results"][0]
    assert (live["text"], live["section"]["slug"]) == ("Rain & wind. More to come.", "world")
    assert live["text_html"] == "<p>Rain &amp; wind.</p><p>More to come.</p>"
    assert sent.json() == {
        "said": "Published.",
        "page": f"/admin/newsroom/blurb/{blurb.pk}/change/",
        "address": live["web_url"],
    }
    assert blurb.made_by.username == "Editor"
    assert [(act.verb, act.by_name) for act in Act.objects.all()] == [("published", "Editor")]
    assert client.get(ADDRESS).json() == {"sections": [[str(section.pk), "World"]], "section": str(section.pk)}


def test_reporter_saves_a_draft_and_is_told_so(desk, api):
    sent = desk("Reporter").post(ADDRESS, {"text": "Seen on the way."}).json()

    assert sent["said"].startswith("Saved as a draft")
    assert sent["address"] == ""
    assert api("blurbs/")["results"] == []
    assert Blurb.objects.get().text_html == "<p>Seen on the way.</p>"


def test_click_that_comes_twice_makes_one_blurb(desk, api):
    client, key = desk("Editor"), str(uuid.uuid4())

    sent = [client.post(ADDRESS, {"text": "Once.", "key": key}).json() for _ in range(2)]

    assert sent[0] == sent[1]
    assert len(api("blurbs/")["results"]) == 1
    assert Act.objects.count() == 1


def test_words_changed_after_an_answer_that_was_lost_reach_readers_too(desk, api):
    client, key = desk("Editor"), str(uuid.uuid4())
    client.post(ADDRESS, {"text": "Rian in the north.", "key": key})  # published, but the browser never heard of it

    assert client.post(ADDRESS, {"text": "Rain in the north.", "key": key}).json()["said"] == "Published."

    assert [row["text"] for row in api("blurbs/")["results"]] == ["Rain in the north."]


def test_what_is_refused_is_kept_and_goes_on_as_the_same_draft(desk, api, settings, monkeypatch):
    from cms.publishing import checks

    def no_shouting(draft):
        if "!" in draft.data["text_html"]:
            yield checks.error("Do not shout.")

    monkeypatch.setattr(checks, "_own", [no_shouting])
    client, key = desk("Editor"), str(uuid.uuid4())

    sent = client.post(ADDRESS, {"text": "Rain!", "key": key})

    assert sent.status_code == 400
    assert sent.json()["errors"] == ["Do not shout."]
    assert Blurb.objects.get().text_html == "<p>Rain!</p>"
    assert api("blurbs/")["results"] == []
    assert client.post(ADDRESS, {"text": "Rain.", "key": key}).status_code == 200
    assert [row["text"] for row in api("blurbs/")["results"]] == ["Rain."]
    assert Blurb.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty_blurb_is_refused_and_leaves_nothing(desk, text):
    sent = desk("Editor").post(ADDRESS, {"text": text})

    assert (sent.status_code, sent.json()) == (400, {"errors": ["Write what happened."]})
    assert not Blurb.objects.exists()


def test_text_that_is_too_long_or_a_section_that_is_none_is_refused(desk):
    client = desk("Editor")

    assert "1,000 characters" in client.post(ADDRESS, {"text": "x" * 1200}).json()["errors"][0]
    assert client.post(ADDRESS, {"text": "Rain.", "section": "nowhere"}).status_code == 400
    assert not Blurb.objects.exists()


def test_who_may_add_no_blurb_gets_none_by_a_request_of_their_own(desk):
    client = desk("Photo editor")

    assert client.post(ADDRESS, {"text": "Mine."}).status_code == 403
    assert "quick-blurb" not in client.get("/admin/").content.decode()
    assert not Blurb.objects.exists()


def test_somebody_else_s_blurb_is_not_to_be_had_by_its_key(desk):
    from tests.factories import make_blurb

    blurb = make_blurb()

    assert desk("Reporter").post(ADDRESS, {"text": "Mine.", "key": str(blurb.pk)}).status_code == 403
    assert Blurb.objects.get().text_html == blurb.text_html
