"""Breaking on and off, topics, and what is done with many at once: nothing else goes out with it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cms.publishing import amending
from cms.publishing.models import Act, Publication, Version
from newsroom.admin.amending import with_topic
from newsroom.models import Article
from tests.factories import make_article, make_blurb, make_topic, publish, update

pytestmark = pytest.mark.django_db
STORIES = "/admin/newsroom/article/"


@pytest.fixture
def desk(client):
    def log_in(role):
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return log_in


def breaking(client, item, on=1, **values):
    address = f"/admin/newsroom/{item.kind}/{item.pk}/breaking/"
    return client.post(address, {"on": on, **values}, headers={"Accept": "application/json"})


def test_breaking_reaches_readers_at_once_and_takes_no_unpublished_word_with_it(desk, api):
    story = publish(make_article(slug="flood", headline="It rains"))
    update(story, headline="It pours, we think")

    sent = breaking(desk("Editor"), story, base=str(story.head_id)).json()

    shown = api("articles/flood/")
    assert (shown["breaking"], shown["headline"]) == (True, "It rains")
    story = Article.objects.get()
    assert (story.breaking, story.headline) == (True, "It pours, we think")
    assert (story.head.data["breaking"], story.head.data["headline"]) == (True, "It pours, we think")
    assert sent == {"said": "Breaking: on. Readers see it now.", "on": True, "base": str(story.head_id)}
    act = Act.objects.first()
    assert (act.verb, act.by_name, act.note) == ("updated", "Editor", "breaking on")
    assert Version.objects.order_by("-pk").first() == story.head


def test_breaking_off_leaves_a_schedule_as_it_was(desk, api):
    story = publish(make_article(slug="flood", breaking=True, headline="It rains"))
    at = (timezone.now() + timedelta(hours=2)).replace(microsecond=0)
    publish(update(story, headline="It rained"), at=at)

    assert breaking(desk("Editor"), story, on=0).json()["on"] is False

    publication = Publication.objects.get()
    assert publication.next_at == at
    assert publication.next_version.data["headline"] == "It rained"
    assert publication.next_version.data["breaking"] is False
    assert publication.next_version == Article.objects.get().head
    assert (api("articles/flood/")["breaking"], api("articles/flood/")["headline"]) == (False, "It rains")


def test_breaking_of_what_is_to_go_live_is_scheduled_with_it(desk):
    at = (timezone.now() + timedelta(hours=2)).replace(microsecond=0)
    story = publish(make_article(), at=at)

    assert breaking(desk("Editor"), story).json()["said"] == "Breaking: on. Readers do not see it yet."

    publication = Publication.objects.get()
    assert (publication.next_at, publication.next_version.data["breaking"]) == (at, True)
    assert not publication.is_live


def test_breaking_asks_for_the_right_to_publish_what_readers_have(desk):
    draft = make_article()
    client = desk("Reporter")
    mine = make_article(made_by=User.objects.get(username="Reporter"))
    live = publish(make_article(made_by=User.objects.get(username="Reporter")))

    assert breaking(client, draft).status_code == 403
    assert breaking(client, live).status_code == 403
    assert breaking(client, mine).status_code == 200
    assert list(Article.objects.filter(breaking=True)) == [mine]
    assert Publication.objects.get().version.data["breaking"] is False


def test_page_that_is_out_of_date_stays_so_when_breaking_is_switched(desk):
    story = publish(make_article())
    old = story.head_id
    update(story, headline="Newer")

    assert breaking(desk("Editor"), story, base=str(old)).json()["base"] == ""


def test_switching_breaking_twice_the_same_way_changes_nothing(desk):
    story = publish(make_article(breaking=True))
    edition = Publication.objects.get().edition

    assert breaking(desk("Editor"), story).status_code == 200
    assert Publication.objects.get().edition == edition
    assert Version.objects.count() == 1


def test_amending_an_item_that_was_read_before_a_save_takes_none_of_that_save_back():
    story = publish(make_article(headline="It rains"))
    read_before = Article.objects.get()
    update(story, headline="It pours")
    topic = make_topic()

    amending.amend(read_before, lambda data: with_topic(data, topic))

    story = Article.objects.get()
    assert (story.headline, story.head.data["headline"]) == ("It pours", "It pours")
    assert Publication.objects.get().version.data["headline"] == "It rains"


def test_blurb_can_be_breaking_too(desk, api):
    blurb = publish(make_blurb())

    breaking(desk("Editor"), blurb)

    assert api("blurbs/?breaking=true")["results"][0]["id"] == str(blurb.pk)


def test_amending_is_refused_whole_to_who_may_not():
    story = publish(make_article())
    nobody = User.objects.create_user("nobody", is_staff=True)

    with pytest.raises(PermissionDenied):
        amending.amend(story, lambda data: with_topic(data, make_topic()), by=nobody)

    assert Version.objects.count() == 1


def bulk(client, action, items, **values):
    keys = [str(item.pk) for item in items]
    return client.post(STORIES, {"action": action, "_selected_action": keys, **values}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_many_are_withdrawn_after_a_question_and_refusals_are_named(desk, api):
    one, two = publish(make_article(headline="One")), publish(make_article(headline="Two"))
    draft = make_article(headline="Draft")
    client = desk("Managing editor")

    asked = bulk(client, "withdraw_selected", [one, two, draft])
    assert asked.status_code == 200
    assert len(api("articles/")["results"]) == 2

    done = bulk(client, "withdraw_selected", [one, two, draft], bulk="1", reason="error")

    assert said(done) == ["Draft: It is not live.", "Done with 2."]
    assert api("articles/")["results"] == []
    withdrawn = Act.objects.filter(verb="withdrawn")
    assert [(act.by_name, act.note) for act in withdrawn] == [("Managing editor", "Published in error")] * 2


def test_who_may_not_withdraw_withdraws_nothing_by_a_request_of_their_own(desk, api):
    story = publish(make_article())

    bulk(desk("Editor"), "withdraw_selected", [story], bulk="1", reason="error")

    assert len(api("articles/")["results"]) == 1


def test_topic_is_added_to_many_for_readers_at_once_and_nothing_else_with_it(desk, api):
    topic, other = make_topic("Floods"), make_topic("Rain")
    live = publish(make_article(slug="a", headline="It rains", topics=[other]))
    update(live, headline="Not yet")
    draft = make_article(headline="Draft")
    client = desk("Editor")

    done = bulk(client, "add_topic", [live, draft], bulk="1", topic=str(topic.pk), where="shown")

    assert said(done) == ["Done with 2."]
    shown = api("articles/a/")
    assert (shown["headline"], [row["slug"] for row in shown["topics"]]) == ("It rains", ["rain", "floods"])
    assert api.slugs("articles/?topic=floods") == ["a"]
    assert [story.topics.count() for story in Article.objects.order_by("headline")] == [1, 2]

    bulk(client, "take_topic", [live, draft], bulk="1", topic=str(other.pk), where="kept")
    assert [row["slug"] for row in api("articles/a/")["topics"]] == ["rain", "floods"]
    assert set(Article.objects.get(pk=live.pk).topics.all()) == {topic}


def test_reporter_adds_a_topic_to_own_drafts_and_the_others_are_named(desk):
    client = desk("Reporter")
    mine = make_article(headline="Mine", made_by=User.objects.get(username="Reporter"))
    other = make_article(headline="Other")
    topic = make_topic()

    done = bulk(client, "add_topic", [mine, other], bulk="1", topic=str(topic.pk), where="shown")

    assert said(done) == ["Other: you may not do that with it.", "Done with 1."]
    assert [story.topics.count() for story in (mine, other)] == [1, 0]


def test_many_are_assigned_and_breaking_no_more(desk, api):
    client = desk("Editor")
    ann = User.objects.create_user("ann", is_staff=True)
    stories = [publish(make_article(breaking=True)) for _ in range(2)]

    bulk(client, "assign_selected", stories, bulk="1", to=str(ann.pk))
    bulk(client, "breaking_off", stories, bulk="1")

    assert {story.assignee for story in Article.objects.all()} == {ann}
    assert api("articles/?breaking=true")["results"] == []


def test_more_than_two_hundred_at_once_are_refused(desk, monkeypatch):
    from cms.desk.lists import bulk as bulk_acts

    monkeypatch.setattr(bulk_acts, "AT_ONCE", 1)
    stories = [publish(make_article()) for _ in range(2)]

    done = bulk(desk("Managing editor"), "withdraw_selected", stories, bulk="1", reason="error")

    assert said(done) == ["Choose at most 1 at once."]
    assert Publication.objects.filter(place__isnull=False).count() == 2


def test_row_offers_what_somebody_may_do(desk):
    publish(make_article(slug="up"))

    editor = desk("Editor").get(STORIES).content.decode()
    assert "Public page" in editor
    assert "/api/v1/articles/up/" in editor
    assert "Breaking on" in editor
    assert "Withdraw…</button>" not in editor
    assert "Withdraw…</button>" in desk("Managing editor").get(STORIES).content.decode()
    assert "Breaking on" not in desk("Reporter").get(STORIES).content.decode()


def test_clearing_the_filters_keeps_the_tab(desk):
    page = desk("Editor").get(f"{STORIES}?tab=live&genre__exact=news").content.decode()

    assert '<a class="desk-filters-clear" href="?tab=live">Clear all filters</a>' in page
    assert "Clear all filters" not in desk("Managing editor").get(f"{STORIES}?tab=live").content.decode()
