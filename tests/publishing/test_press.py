"""From the desk to the readers: versions, publishing, scheduling, withdrawing, editions, references."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models
from django.utils import timezone

from cms.publishing import amending, press, reading
from cms.publishing.models import Act, Address, Change, Edition, Publication, Reference, Version
from newsroom.models import Article, Section
from tests.factories import (
    LONG_AGO,
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
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def edition():
    return reading.now().edition


def log(after=0):
    return [
        (change.action, change.kind, change.slug)
        for change in Change.objects.filter(edition__gt=after).order_by("edition")
    ]


def later(**delta):
    return timezone.now() + timedelta(**delta)


# Versions


def test_a_save_that_changes_something_is_kept_as_a_version():
    article = make_article(headline="First")
    update(article, headline="Second")

    versions = Version.objects.filter(key=article.pk).order_by("pk")
    assert [version.data["headline"] for version in versions] == ["First", "Second"]
    assert versions[1].base == versions[0]
    assert article.head == versions[1]


def test_a_save_that_changes_nothing_makes_no_version():
    article = make_article(topics=[make_topic()], bylines=[make_byline()])

    assert press.save(article) is None
    assert press.save(Article.objects.get(pk=article.pk)) is None
    assert Version.objects.filter(key=article.pk).count() == 1


def test_a_changed_topic_or_byline_is_a_change_of_the_story():
    article = make_article()
    article.topics.add(make_topic("Nato"))
    assert press.save(article) is not None
    article.placed_bylines.create(byline=make_byline("A Writer"))
    assert press.save(article) is not None


def test_a_version_holds_links_instead_of_copies():
    photo, section = make_photo(caption="Own caption"), make_section("World")
    article = make_article(section=section, lead_photo=photo, lead_photo_caption="Here")

    assert article.head.data["section"] == {"link": "section", "id": str(section.pk)}
    assert article.head.data["lead_photo"] == {
        "link": "photo",
        "id": str(photo.pk),
        "caption": "Here",
        "alt_text": "",
    }


# Publishing and updating


def test_a_draft_is_not_shown_and_a_published_story_is(api):
    article = make_article(slug="vote")
    assert api.get("articles/vote/").status_code == 404
    publish(article)
    assert api("articles/vote/")["headline"] == article.headline
    assert api.slugs("feed/") == ["vote"]


def test_readers_see_an_edit_only_after_the_update(api):
    article = publish(make_article(slug="vote", headline="Old"))
    update(article, headline="New")
    assert api("articles/vote/")["headline"] == "Old"
    publish(article)
    assert api("articles/vote/")["headline"] == "New"


def test_publishing_without_what_it_needs_names_everything_that_is_missing(api):
    photo = make_photo(credit_line="", alt_text="", caption="Bridge")
    article = make_article(headline="", slug="", lead_photo=photo)

    with pytest.raises(ValidationError) as error:
        press.publish(article)
    assert error.value.messages == [
        "Write a headline.",
        'Give the photo "Bridge" its credit line.',
        'Describe the photo "Bridge" in its alt text, or mark it as decorative.',
    ]
    assert Publication.objects.count() == 0
    assert edition() == 0


def test_a_double_click_on_publish_has_one_effect():
    article = publish(make_article())
    before, row = edition(), Publication.objects.values().get()
    publish(article)
    assert edition() == before
    assert Publication.objects.values().get() == row
    assert log() == [("published", "article", article.slug)]


def test_a_double_click_on_schedule_has_one_effect(api):
    article, at = make_article(), later(hours=1)
    publish(article, at=at)
    row = Publication.objects.values().get()
    publish(article, at=at)
    assert Publication.objects.values().get() == row
    assert edition() == 0


def test_an_update_keeps_the_printed_date_and_the_place():
    with time_machine.travel(NOON, tick=False):
        article = publish(make_article())
        before = article.publication
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        publish(update(article, headline="New"))
    after = article.publication

    assert (after.published_at, after.updated_at) == (NOON, NOON + timedelta(hours=1))
    assert after.place == before.place
    assert after.edition > before.edition
    assert log() == [("published", "article", article.slug), ("updated", "article", article.slug)]


def test_a_back_dated_story_was_live_from_its_date_and_is_not_updated_yet():
    article = publish(make_article(), published_at=LONG_AGO)
    publication = article.publication
    assert (publication.published_at, publication.updated_at, publication.live_from) == (LONG_AGO,) * 3


def test_a_new_date_gives_a_new_place():
    article = publish(make_article())
    before = article.publication
    publish(article, published_at=LONG_AGO)
    after = article.publication
    assert after.published_at == LONG_AGO
    assert after.place == after.edition > before.place


def test_publishing_the_live_version_cancels_a_scheduled_update_and_changes_nothing_for_readers():
    article = publish(make_article(headline="One"))
    live = article.head
    publish(update(article, headline="Two"), at=later(hours=1))
    before = edition()
    article.head = live
    article.save()
    publish(article)
    publication = article.publication
    assert (publication.version, publication.next_at, publication.next_version) == (live, None, None)
    assert edition() == before


def test_printed_dates_have_whole_seconds():
    moment = NOON.replace(microsecond=654321)
    with time_machine.travel(moment, tick=False):
        publication = publish(make_article()).publication
    assert (publication.published_at, publication.updated_at) == (NOON, NOON)


# Slugs


def test_an_old_slug_leads_to_the_story(api):
    article = publish(make_article(slug="old"))
    publish(update(article, slug="new"))
    response = api.get("articles/old/?fields=headline")
    assert response.status_code == 308
    assert response.headers["Location"].endswith("/api/v1/articles/new/?fields=headline")
    assert Change.objects.order_by("-edition").values_list("slug", "previous_slug").first() == ("new", "old")


def test_an_old_slug_of_a_live_story_is_not_free(api):
    publish(update(publish(make_article(slug="old")), slug="new"))
    other = make_article(slug="old")
    with pytest.raises(ValidationError) as error:
        press.publish(other)
    assert error.value.messages == ['The slug "old" leads to another live item; choose another.']
    assert api.get("articles/old/").status_code == 308


def test_a_draft_slug_leads_nowhere(api):
    article = publish(make_article(slug="vote"))
    update(article, slug="secret")
    assert api.get("articles/secret/").status_code == 404
    assert api.get("articles/vote/").status_code == 200


def test_a_new_story_may_take_the_slug_of_a_withdrawn_one(api):
    former = publish(make_article(slug="vote", headline="Former"))
    press.withdraw(former)
    assert api.get("articles/vote/").status_code == 410
    publish(make_article(slug="vote", headline="Successor"))
    assert api("articles/vote/")["headline"] == "Successor"

    with pytest.raises(ValidationError):
        press.publish(former)
    assert former.publication.is_live is False


def test_publishing_again_under_a_slug_that_a_draft_has_taken_is_refused_in_words():
    former = publish(make_article(slug="vote"))
    press.withdraw(former)
    make_article(slug="vote")
    with pytest.raises(ValidationError) as error:
        press.publish(former)
    assert error.value.messages == ['Another one at the desk has the slug "vote" already; choose another.']


def test_what_falls_due_gives_way_to_who_took_its_slug(api):
    former = publish(make_article(slug="vote", headline="Former"))
    press.withdraw(former)
    publish(former, at=later(hours=1))
    publish(make_article(slug="vote", headline="Successor"))

    with time_machine.travel(later(hours=2)):
        assert api("articles/vote/")["headline"] == "Successor"
        assert api("articles/vote-2/")["headline"] == "Former"
        former.refresh_from_db()
        assert (former.slug, former.is_retired) == ("vote-2", False)
        assert press.save(former) is None


def test_two_that_fall_due_with_one_slug_both_go_live(api):
    first = make_article(slug="vote", headline="First")
    publish(first, at=later(hours=1))
    update(first, slug="renamed-since")
    publish(make_article(slug="vote", headline="Second"), at=later(hours=1))

    with time_machine.travel(later(hours=2)):
        assert sorted(api.slugs("articles/")) == ["vote", "vote-2"]


def test_a_retired_story_with_a_taken_slug_at_the_desk_falls_due_all_the_same(api):
    former = publish(make_article(slug="vote"))
    press.withdraw(former)
    publish(update(former, slug="other"), at=later(hours=1))
    update(former, slug="vote")
    make_article(slug="vote")

    with time_machine.travel(later(hours=2)):
        assert api.slugs("articles/") == ["other"]


# Scheduling


def test_a_scheduled_story_goes_live_on_time_without_a_worker(api):
    with time_machine.travel(NOON, tick=False):
        publish(make_article(slug="vote"), at=NOON + timedelta(hours=1))
        assert api.get("articles/vote/").status_code == 404
        assert edition() == 0
    with time_machine.travel(NOON + timedelta(minutes=59, seconds=59), tick=False):
        assert api.get("articles/vote/").status_code == 404
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert api("articles/vote/")["published_at"] == "2026-03-02T13:00:00Z"
    with time_machine.travel(NOON + timedelta(hours=9), tick=False):
        assert api("articles/vote/")["published_at"] == "2026-03-02T13:00:00Z"
        assert len(log()) == 1


def test_go_lives_seen_late_have_their_own_time_and_order(api):
    with time_machine.travel(NOON, tick=False):
        publish(make_article(slug="second"), at=NOON + timedelta(hours=2))
        publish(make_article(slug="first"), at=NOON + timedelta(hours=1))
        publish(make_article(slug="never"), at=NOON + timedelta(hours=9))
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        assert api.slugs("feed/") == ["second", "first"]
        changes = api("changes/")["results"]
    assert [(change["slug"], change["at"]) for change in changes] == [
        ("first", "2026-03-02T13:00:00Z"),
        ("second", "2026-03-02T14:00:00Z"),
    ]


def test_an_update_to_a_live_story_waits_for_its_time(api):
    with time_machine.travel(NOON, tick=False):
        article = publish(make_article(slug="vote", headline="Old"))
        publish(update(article, headline="Embargoed", slug="result"), at=NOON + timedelta(hours=1))
        before = edition()
        assert api("articles/vote/")["headline"] == "Old"
        assert api.get("articles/result/").status_code == 404
        assert edition() == before
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert api.get("articles/vote/").status_code == 308
        shown = api("articles/result/")
    assert (shown["headline"], shown["published_at"], shown["updated_at"]) == (
        "Embargoed",
        "2026-03-02T12:00:00Z",
        "2026-03-02T13:00:00Z",
    )


def test_edits_after_scheduling_wait_for_the_next_publish(api):
    article = make_article(slug="vote", headline="Scheduled")
    publish(article, at=later(hours=1))
    update(article, headline="Edited since")
    with time_machine.travel(later(hours=2)):
        assert api("articles/vote/")["headline"] == "Scheduled"


def test_a_scheduled_go_live_can_be_cancelled(api):
    article = make_article(slug="vote")
    publish(article, at=later(hours=1))
    press.cancel_schedule(article)
    assert Edition.objects.get().next_change_at is None
    with time_machine.travel(later(hours=2)):
        assert api.get("articles/vote/").status_code == 404
        assert log() == []


def test_a_scheduled_update_can_be_cancelled_and_the_story_stays(api):
    article = publish(make_article(slug="vote", headline="Old"))
    publish(update(article, headline="New"), at=later(hours=1))
    press.cancel_schedule(article)
    with time_machine.travel(later(hours=2)):
        assert api("articles/vote/")["headline"] == "Old"


def test_an_end_before_the_beginning_is_refused():
    with pytest.raises(ValidationError) as error:
        press.publish(make_article(), at=later(hours=2), live_until=later(hours=1))
    assert error.value.messages == ["It would come down before it goes live; choose a later end."]


# Withdrawing and expiring


@pytest.mark.parametrize("reason", ["withdrawn", "error", "duplicate", "legal"])
def test_a_withdrawn_story_is_gone_and_says_why(api, reason):
    with time_machine.travel(NOON, tick=False):
        article = publish(make_article(slug="vote"))
        press.withdraw(article, reason)
        response = api.get("articles/vote/")
    assert response.status_code == 410
    assert (response.json()["reason"], response.json()["withdrawn_at"]) == (reason, "2026-03-02T12:00:00Z")
    assert api.slugs("feed/") == []
    assert Reference.objects.count() == 0


def test_withdrawing_twice_has_one_effect():
    article = publish(make_article())
    press.withdraw(article)
    before = edition()
    press.withdraw(article)
    assert edition() == before


def test_a_withdrawal_cancels_what_was_scheduled(api):
    article = publish(make_article(slug="vote"))
    publish(update(article, headline="New"), at=later(hours=1))
    press.withdraw(article)
    with time_machine.travel(later(hours=2)):
        assert api.get("articles/vote/").status_code == 410


def test_withdrawing_what_was_never_live_leaves_no_trace(api):
    article = make_article(slug="vote")
    publish(article, at=later(hours=1))
    press.withdraw(article)
    press.withdraw(make_article())
    assert Publication.objects.count() == 0
    assert api.get("articles/vote/").status_code == 404
    assert log() == []


def test_a_legal_withdrawal_takes_the_slug_out_of_the_log(api):
    article = publish(update(publish(make_article(slug="libel")), slug="libel-two"))
    press.withdraw(article, "legal")
    assert [(change["slug"], change["previous_slug"]) for change in api("changes/")["results"]] == [(None, None)] * 3
    publish(update(article, slug="harmless"))
    assert api("changes/")["results"][-1]["previous_slug"] is None


def test_a_withdrawal_that_turns_out_to_be_legal_blanks_the_log_as_well(api):
    article = publish(make_article(slug="libel"))
    press.withdraw(article)
    before = edition()
    press.withdraw(article, "legal")
    assert [change["slug"] for change in api("changes/")["results"]] == [None, None, None]
    assert edition() == before + 1
    assert api.get("articles/libel/").json()["reason"] == "legal"


def test_a_withdrawn_story_comes_back_where_its_date_puts_it(api):
    with time_machine.travel(NOON, tick=False):
        article = publish(make_article(slug="vote"))
    press.withdraw(article)
    publish(article)
    assert api("articles/vote/")["published_at"] == "2026-03-02T12:00:00Z"
    publication = article.publication
    assert (publication.withdrawn_at, publication.withdrawn_reason) == (None, "")
    assert publication.place == publication.edition


def test_a_story_expires_on_time_without_a_worker(api):
    with time_machine.travel(NOON, tick=False):
        article = publish(make_article(slug="vote"), live_until=NOON + timedelta(hours=1))
        assert api.slugs("feed/") == ["vote"]
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        assert api.slugs("feed/") == []
        response = api.get("articles/vote/")
    assert (response.status_code, response.json()["reason"]) == (410, "expired")
    assert response.json()["withdrawn_at"] == "2026-03-02T13:00:00Z"
    article.refresh_from_db()
    assert article.is_retired is True


def test_a_story_whose_whole_life_nobody_saw_was_published_and_withdrawn(api):
    with time_machine.travel(NOON, tick=False):
        publish(make_article(slug="flash"), at=NOON + timedelta(hours=1), live_until=NOON + timedelta(hours=2))
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        assert api.get("articles/flash/").status_code == 410
        assert log() == [("published", "article", "flash"), ("withdrawn", "article", "flash")]


def test_an_expired_story_returns_with_the_update_scheduled_for_later(api):
    with time_machine.travel(NOON, tick=False):
        article = publish(make_article(slug="vote", headline="Old"), live_until=NOON + timedelta(hours=1))
        publish(update(article, headline="New"), at=NOON + timedelta(hours=5))
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        assert api.get("articles/vote/").status_code == 410
    with time_machine.travel(NOON + timedelta(hours=6), tick=False):
        assert api("articles/vote/")["headline"] == "New"


def test_an_end_can_be_taken_back(api):
    article = publish(make_article(slug="vote"), live_until=later(hours=1))
    publish(article, live_until=None)
    with time_machine.travel(later(hours=2)):
        assert api.get("articles/vote/").status_code == 200


def test_a_live_story_cannot_be_deleted_and_a_withdrawn_one_is_not_forgotten(api):
    article = publish(make_article(slug="vote"))
    with pytest.raises(models.ProtectedError):
        article.delete()
    press.withdraw(article)
    article.delete()
    assert api.get("articles/vote/").status_code == 410


def test_deleting_a_scheduled_story_cancels_it(api):
    article = make_article(slug="vote")
    publish(article, at=later(hours=1))
    article.delete()
    with time_machine.travel(later(hours=2)):
        assert api.get("articles/vote/").status_code == 404
        assert api.slugs("feed/") == []


# References


def test_a_live_story_refers_to_all_that_it_mentions():
    world = make_section("World")
    europe = make_section("Europe", parent=world)
    topic, byline, lead, inside = make_topic(), make_byline(), make_photo(), make_photo()
    video, other = make_video(), make_article()
    body = [
        *paragraphs("Text"),
        {"id": "b1", "type": "photo", "photo": {"link": "photo", "id": str(inside.pk), "caption": "", "alt_text": ""}},
        {"id": "b2", "type": "related", "article": {"link": "article", "id": str(other.pk)}},
    ]
    article = publish(
        make_article(
            section=europe,
            topics=[topic],
            bylines=[byline],
            lead_photo=lead,
            lead_video=video,
            body=body,
            language="en-GB",
            genre="opinion",
            breaking=True,
        )
    )
    references = Reference.objects.filter(publication=article.publication, is_direct=True)
    found = {(reference.kind, reference.key) for reference in references}
    assert {
        ("section", world.pk),
        ("section", europe.pk),
        ("topic", topic.pk),
        ("byline", byline.pk),
        ("photo", lead.pk),
        ("photo", inside.pk),
        ("video", video.pk),
        ("article", other.pk),
        ("translations", article.pk),
    } <= found
    assert {kind for kind, _ in found} == {
        *("section", "topic", "byline", "photo", "video", "article", "translations"),
        *("genre", "language", "breaking"),
    }


def test_an_update_refers_to_what_it_mentions_now():
    before, after = make_topic(), make_topic()
    article = publish(make_article(topics=[before]))
    article.topics.set([after])
    press.save(article)
    assert Reference.objects.filter(kind="topic").get().key == before.pk
    publish(article)
    assert Reference.objects.filter(kind="topic").get().key == after.pk


def test_a_scheduled_story_refers_to_nothing_yet():
    publish(make_article(topics=[make_topic()]), at=later(hours=1))
    assert Reference.objects.count() == 0


# Editions and changes


def test_each_change_has_an_edition_of_its_own_without_gaps():
    byline, photo = make_byline("A Writer"), make_photo()
    article = publish(make_article(slug="vote", bylines=[byline], lead_photo=photo))
    publish(make_blurb())
    byline.name = "A. Writer"
    byline.save()
    press.withdraw(article)

    assert log() == [
        ("published", "article", "vote"),
        ("published", "photo", ""),
        ("published", "byline", "a-writer"),
        ("published", "blurb", ""),
        ("updated", "byline", "a-writer"),
        ("withdrawn", "article", "vote"),
        ("withdrawn", "photo", ""),
        ("withdrawn", "byline", "a-writer"),
    ]
    assert list(Change.objects.order_by("edition").values_list("edition", flat=True)) == list(range(1, 9))
    assert edition() == 8


def _publish_and_fail(article):
    with press.printing():
        press.publish(article)
        raise ZeroDivisionError


def test_an_act_that_fails_leaves_nothing_behind():
    article = make_article(slug="vote")
    with pytest.raises(ZeroDivisionError):
        _publish_and_fail(article)
    assert (Publication.objects.count(), Change.objects.count(), Address.objects.filter(kind="article").count()) == (
        0,
        0,
        0,
    )
    assert edition() == 0
    publish(article)
    assert edition() == 1


def tags(api, path):
    response = api.get(path)
    return response.headers.get("ETag"), response.headers.get("X-Edition")


def test_what_readers_cannot_see_moves_no_etag(api):
    article = publish(make_article(slug="vote"))
    before = tags(api, "articles/vote/"), tags(api, "feed/")

    update(article, headline="Unpublished")
    make_article()
    topic = make_topic()
    topic.name = "Unused, renamed"
    topic.save()
    byline = make_byline()
    byline.name = "Nobody yet"
    byline.save()
    make_photo(usable_until=later(hours=1)).save()
    publish(make_article(), at=later(hours=1))
    publish(article, at=later(hours=1))
    topic.delete()

    assert (tags(api, "articles/vote/"), tags(api, "feed/")) == before


def test_saving_a_byline_unchanged_moves_no_etag(api):
    byline = make_byline()
    publish(make_article(bylines=[byline]))
    before = tags(api, "feed/")
    byline.save()
    assert tags(api, "feed/") == before


def visible_changes():
    def rename(row):
        row.name += " (renamed)"
        row.save()

    return {
        "publish": lambda article: publish(make_article()),
        "update": lambda article: publish(update(article, headline="New")),
        "re-time": lambda article: publish(article, published_at=LONG_AGO),
        "withdraw": lambda article: press.withdraw(article),
        "end": lambda article: publish(article, live_until=later(hours=1)),
        "byline": lambda article: rename(article.placed_bylines.get().byline),
        "section": lambda article: rename(article.section),
        "topic": lambda article: rename(article.topics.get()),
        "merge": lambda article: article.topics.get().merge_into(make_topic()),
        "photo": lambda article: _recredit(article.lead_photo),
    }


def _recredit(photo):
    photo.credit_line = "B. Other/Agency"
    photo.save()


@time_machine.travel(NOON, tick=False)  # publishing again is an update, and its second is shown
@pytest.mark.parametrize("what", visible_changes())
def test_what_readers_see_otherwise_moves_the_etag_and_nothing_else_does(api, what):
    article = make_article(
        slug="vote",
        section=make_section(),
        topics=[make_topic()],
        bylines=[make_byline()],
        lead_photo=make_photo(),
    )
    publish(article)
    tag, number = tags(api, "articles/vote/")
    visible_changes()[what](article)

    response = api.get("articles/vote/", if_none_match=tag)
    assert response.status_code == {"withdraw": 410, "publish": 304, "end": 304}.get(what, 200)
    assert tags(api, "feed/")[1] > number


def test_a_change_that_falls_due_moves_the_etag(api):
    publish(make_article(slug="vote"), live_until=later(hours=1))
    tag, _ = tags(api, "feed/")
    assert api.get("feed/", if_none_match=tag).status_code == 304
    with time_machine.travel(later(hours=2)):
        assert api.get("feed/", if_none_match=tag).status_code == 200


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_threads_that_turn_one_edition_have_one_effect(api):
    for number in range(5):
        publish(make_article(slug=f"due-{number}"), at=later(hours=1))
    numbers = []
    start = threading.Barrier(4)

    def turn():
        try:
            start.wait()
            with press.printing() as printing:
                numbers.append(printing.edition.number)
        finally:
            connection.close()

    with time_machine.travel(later(hours=2)):
        threads = [threading.Thread(target=turn) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert numbers == [5] * 4
        assert sorted(log()) == [("published", "article", f"due-{number}") for number in range(5)]


# What was done with it since it was read

ACTS = {
    "save": lambda item: press.save(item),
    "publish": lambda item: press.publish(item),
    "amend": lambda item: amending.amend(item, lambda data: {**data, "breaking": True}),
    "withdraw": lambda item: press.withdraw(item),
    "end": lambda item: press.end(item, None),
    "cancel_schedule": lambda item: press.cancel_schedule(item),
    "submit": lambda item: press.submit(item),
    "approve": lambda item: press.approve(item),
    "send_back": lambda item: press.send_back(item, "Again"),
    "assign": lambda item: press.assign(item, None),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_what_was_deleted_meanwhile_is_refused_in_words(act):
    article = make_article()
    Article.objects.get().delete()

    with pytest.raises(ValidationError, match=r"^\['It has since been deleted.'\]$"):
        ACTS[act](article)

    assert not Article.objects.exists()


def test_what_is_deleted_twice_is_deleted_once():
    items = [(make(), make) for make in (make_article, make_topic, make_photo)]
    for item, _make in items:
        again = type(item).objects.get(pk=item.pk)
        item.delete()
        number = edition()

        assert again.delete() == (0, {})

        assert edition() == number
    assert Act.objects.filter(verb=Act.Verb.DELETED).count() == 1


def test_rights_are_those_of_the_moment_and_not_of_when_the_item_was_read():
    reporter = User.objects.create_user("reporter")
    reporter.user_permissions.set(Permission.objects.filter(codename__in=["change_article", "publish_article"]))
    article = make_article(assignee=reporter)
    read_before = Article.objects.get()
    press.assign(article, None)

    with pytest.raises(PermissionDenied):
        press.publish(read_before, by=reporter)


def test_what_goes_live_under_another_slug_is_found_by_it_at_the_desk():
    with time_machine.travel(NOON, tick=False):
        story = make_article(slug="flood", headline="Rain")
        press.publish(story, at=NOON + timedelta(hours=1))
        publish(make_article(slug="other"))
        Article.objects.filter(pk=story.pk).update(is_retired=True)
        publish(make_article(slug="flood", headline="Water"))
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        reading.now()

    story.refresh_from_db()
    assert (story.slug, story.search_text.splitlines()[1]) == ("flood-2", "flood-2")


def test_sections_cannot_be_moved_below_each_other_by_two_who_read_them_before():
    world, europe = make_section("World"), make_section("Europe")
    first, second = Section.objects.get(pk=world.pk), Section.objects.get(pk=europe.pk)
    first.parent, second.parent = europe, world
    first.save()

    with pytest.raises(ValidationError, match="cannot stand below itself"):
        second.save()

    assert Section.objects.get(pk=europe.pk).parent is None


# The end of what is live


def test_end_of_a_live_story_takes_none_of_its_unpublished_changes_along(api):
    article = publish(make_article(slug="vote", headline="As published"))
    before = api("articles/vote/")
    update(article, headline="Not yet")
    number, end = edition(), later(hours=1)

    press.end(article, end)

    publication = Publication.objects.get()
    assert (publication.live_until, publication.asked_until) == (end, end)
    assert edition() == number + 1
    assert {**api("articles/vote/"), "edition": 0} == {**before, "edition": 0}
    assert publication.version_id != article.head_id
    press.end(article, None)
    assert Publication.objects.get().live_until is None
    press.end(article, None)
    assert edition() == number + 2
    press.end(article, end)
    with time_machine.travel(later(hours=2), tick=False):
        assert api.get("articles/vote/").status_code == 410


def test_end_is_refused_in_words_where_it_makes_no_sense():
    draft, live = make_article(), publish(make_article())
    publish(update(live, kicker="Later"), at=later(hours=2))

    for item, until in [(draft, later(hours=1)), (live, later(hours=-1)), (live, later(hours=1))]:
        with pytest.raises(ValidationError) as refused:
            press.end(item, until)
        assert refused.value.messages[0]
    assert Publication.objects.get().live_until is None


def test_end_of_an_inner_story_reaches_what_shows_it(api):
    inner = publish(make_article(slug="inner"))
    publish(make_article(slug="outer", related=[inner]))
    assert len(api("articles/outer/")["related"]) == 1

    press.end(inner, later(hours=1))

    with time_machine.travel(later(hours=2), tick=False):
        assert api("articles/outer/")["related"] == []


def test_video_ends_with_its_rights_whatever_end_is_asked_for():
    rights_end = later(hours=1).replace(microsecond=0)
    video = publish(make_video(usable_until=rights_end))

    press.end(video, later(hours=3))
    assert Publication.objects.get(kind="video").live_until == rights_end
    press.end(video, None)
    assert Publication.objects.get(kind="video").live_until == rights_end
