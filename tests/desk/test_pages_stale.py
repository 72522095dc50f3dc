"""Two editors in one story: no text is lost to the other's."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms.desk.models import Autosave
from cms.publishing import press, reading
from cms.publishing.models import Publication, Version
from newsroom.models import Article, Blurb
from tests.desk.comparing import seen
from tests.desk.test_pages_articles import ROLES, address, log_in, page_of, rows, said, send
from tests.factories import make_article, make_byline, make_photo, make_section, make_topic, paragraphs, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    client = Client()
    client.user = log_in(client, username="ann")
    return client


@pytest.fixture
def bob():
    client = Client()
    client.user = log_in(client, username="bob")
    return client


def late_save(ann, bob, article, **values):
    """Both open the page; Ann saves first, then Bob presses Publish. Answers what Bob reads."""
    page = page_of(bob, article)
    send(ann, article, headline="Ann's headline")
    return send(bob, article, "_publish", page, **{"headline": "Bob's headline", **values})


def test_late_save_overwrites_nothing_and_is_kept(ann, bob, api):
    article = make_article(headline="First")

    response = late_save(ann, bob, article)

    assert Article.objects.get().headline == "Ann's headline"
    kept = Version.objects.get(is_stale=True)
    assert (kept.data["headline"], kept.author, kept.base_id) == ("Bob's headline", bob.user, article.head_id)
    assert api("articles/")["results"] == []
    page = response.content.decode()
    assert "ann saved this on" in page
    assert seen(response) == {"headline": [("changed", "[-Ann's-] headline", "{+Bob's+} headline")]}


def test_comparing_shows_the_paragraphs_that_differ_and_names_for_links(ann, bob):
    writer = make_byline("Wanda Writer")
    article = make_article(body=paragraphs("Same.", "Old &amp; grey.", "Same too."))

    response = late_save(
        ann,
        bob,
        article,
        headline="Ann's headline",
        body='<p data-id="p1">Same.</p><p data-id="p2">New &amp; <em>green</em>.</p><p data-id="p3">Same too.</p>',
        **rows(ROLES, [{"byline": writer.pk, "role": "writer"}]),
    )

    assert seen(response) == {
        "bylines": [("added", "", "{+Wanda Writer, Writer+}")],
        "body": [
            ("alike", "1 paragraph alike"),
            ("changed", "[-Old-] & [-grey-].", "{+New+} & {+<em>green</em>+}."),
            ("alike", "1 paragraph alike"),
        ],
    }


def test_late_save_sent_twice_is_kept_once(ann, bob):
    article = make_article()
    page = page_of(bob, article)
    send(ann, article, kicker="Ann")

    for _time in range(2):
        send(bob, article, "_save", page, kicker="Bob")

    assert Version.objects.filter(is_stale=True).count() == 1


def test_page_sent_again_after_somebody_else_saved_changes_nothing(ann, bob):
    article = make_article()
    page = page_of(bob, article)
    send(bob, article, "_save", page, kicker="Bob")
    send(ann, article, kicker="Ann")

    response = send(bob, article, "_save", page, kicker="Bob")

    assert said(response) == ["This was already saved. Somebody has since saved a newer version, which you see here."]
    assert Article.objects.get().kicker == "Ann"
    assert Version.objects.filter(is_stale=True).count() == 0


def test_page_that_saves_itself_again_after_somebody_else_saved_does_not_go_on_from_their_version(ann, bob):
    article = make_article()
    page = {**page_of(bob, article), "kicker": "Bob", "_save": "1"}
    bob.post(address(article), page)  # saved, but the answer was lost
    send(ann, article, kicker="Ann")

    answer = bob.post(address(article), page, headers={"X-Saving": str(bob.user.pk)}).json()

    assert answer == {"to": address(article), "is_here": False, "head": Article.objects.get().head_id}


def decide(client, response, choice):
    chosen = {"head": response.context["theirs"].pk, choice: "1"}
    return client.post(response.redirect_chain[-1][0], chosen, follow=True)


def test_editor_goes_on_with_the_late_text(ann, bob):
    writer, other = make_byline("Writer"), make_byline("Other")
    article = publish(make_article(headline="First", bylines=[writer]))
    response = late_save(ann, bob, article, **rows(ROLES, [{"byline": other.pk, "role": "writer"}]))

    after = decide(bob, response, "use_mine")

    article = Article.objects.get()
    assert (article.headline, article.head.data["headline"]) == ("Bob's headline", "Bob's headline")
    assert [row.byline for row in article.placed_bylines.all()] == [other]
    assert article.head.author == bob.user
    assert Version.objects.filter(data__contains="Ann's headline").count() == 1
    assert not after.context["undecided"]


def use_mine(client, compared):
    head = compared.context["theirs"].pk
    return client.post(compared.request["PATH_INFO"], {"head": head, "use_mine": "1"}, follow=True)


def test_late_text_that_somebody_has_typed_once_more_is_decided_on_by_using_it(ann, bob):
    article = make_article()
    compared = late_save(ann, bob, article)
    send(ann, article, **{name: compared.context["mine"].data[name] or "" for name in ("headline", "kicker")})
    article.refresh_from_db()
    assert article.head.data == compared.context["mine"].data

    use_mine(bob, bob.get(compared.request["PATH_INFO"]))

    assert not bob.get(address(article)).context["undecided"]


def test_late_text_takes_no_correction_away(ann, bob):
    article = publish(make_article())
    compared = late_save(ann, bob, article)
    correction = rows("placed_corrections", [{"type": "correction", "text": "It was Tuesday."}])
    send(ann, article, **correction)
    assert [row.text for row in article.placed_corrections.all()] == ["It was Tuesday."]

    use_mine(bob, bob.get(compared.request["PATH_INFO"]))

    assert Article.objects.get().headline == "Bob's headline"
    assert [row.text for row in article.placed_corrections.all()] == ["It was Tuesday."]


def test_late_text_whose_slug_was_taken_meanwhile_is_used_without_it(ann, bob):
    article = make_article(slug="mine")
    compared = late_save(ann, bob, article, slug="wanted")
    make_article(slug="wanted")

    response = use_mine(bob, compared)

    article.refresh_from_db()
    assert (article.slug, article.headline) == ("mine", "Bob's headline")
    assert "Its slug has since been taken" in said(response)[0]


@pytest.mark.parametrize(
    ("make", "field"), [(make_photo, "lead_photo"), (make_section, "section"), (make_topic, "topics")]
)
def test_late_text_that_mentions_something_deleted_is_used_without_it(ann, bob, make, field):
    article, thing = make_article(), make()
    compared = late_save(ann, bob, article, **{field: [thing.pk] if field == "topics" else thing.pk})
    thing.delete()

    use_mine(bob, compared)

    shown = page_of(bob, article)
    assert (shown["headline"], shown.get(field) or None) == ("Bob's headline", None)


def test_editor_keeps_the_newer_text(ann, bob):
    article = make_article()
    response = late_save(ann, bob, article)

    after = decide(bob, response, "keep_theirs")

    assert Article.objects.get().headline == "Ann's headline"
    assert Version.objects.filter(is_stale=True, data__contains="Bob's headline").count() == 1
    assert not after.context["undecided"]


def test_page_says_that_a_late_text_waits_until_somebody_decides(ann, bob):
    article = make_article()
    response = late_save(ann, bob, article)
    compared = response.redirect_chain[-1][0]
    send(ann, article, kicker="Ann goes on")

    assert b"Compare and choose" in ann.get(address(article)).content
    decide(ann, ann.get(compared, follow=True) and response, "use_mine")
    assert b"Compare and choose" in ann.get(address(article)).content  # the text had changed since: nothing was done
    newest = ann.get(compared)
    ann.post(compared, {"head": newest.context["theirs"].pk, "use_mine": "1"})
    assert b"Compare and choose" not in ann.get(address(article)).content
    assert Article.objects.get().headline == "Bob's headline"


def test_comparing_is_for_those_who_may_edit(ann, bob, client):
    response = late_save(ann, bob, make_article())
    log_in(client, "view_article")

    assert client.get(response.redirect_chain[-1][0]).status_code == 403
    assert client.post(response.redirect_chain[-1][0], {"use_mine": "1"}).status_code == 403


def test_page_that_is_out_of_date_schedules_nothing(ann, bob):
    article = make_article(headline="First")
    page = page_of(bob, article)
    send(ann, article, headline="Ann's headline")

    send(bob, article, "_schedule", page, headline="Bob's headline", schedule_at="2099-01-01T12:00")

    assert Article.objects.get().headline == "Ann's headline"
    assert not Publication.objects.exists()
    assert Version.objects.get(is_stale=True).data["headline"] == "Bob's headline"


def test_story_that_went_live_by_itself_while_it_was_written_is_saved_as_ever(bob):
    article = make_article()
    press.publish(article, at=timezone.now() + timedelta(minutes=5))
    page = page_of(bob, article)

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        reading.now()
        send(bob, article, "_publish", page, headline="Later")

    assert Publication.objects.get().version.data["headline"] == "Later"
    assert not Version.objects.filter(is_stale=True).exists()


def test_two_tabs_of_one_person_keep_what_is_written_on_each(bob):
    article = make_article()
    page = page_of(bob, article)
    for number, text in enumerate(["On the first tab", "On the second tab", "More on the second"]):
        sent = {**page, "page": f"7d6cd9e5-9b05-4b6f-b5f3-2a2e3a5d1b1{min(number, 1)}", "kicker": text}
        assert bob.post(address(article).replace("change", "autosave"), sent).status_code == 200

    kept = Autosave.objects.order_by("pk")
    assert [version.data["kicker"] for version in kept] == ["On the first tab", "More on the second"]


def test_blurb_that_is_sent_again_from_the_dialog_takes_nobody_elses_words(ann, bob):
    key = "7d6cd9e5-9b05-4b6f-b5f3-2a2e3a5d1b11"
    quick = {"text": "Bob's first", "key": key}
    assert bob.post("/admin/newsroom/blurb/quick/", quick).status_code == 200
    blurb = Blurb.objects.get()
    page = page_of(ann, blurb)
    ann.post(f"/admin/newsroom/blurb/{blurb.pk}/change/", {**page, "text_html": "<p>Ann's</p>", "_publish": "1"})

    again = bob.post("/admin/newsroom/blurb/quick/", {**quick, "text": "Bob's second"})

    assert "Somebody has changed this blurb in the meantime." in again.json()["said"]
    assert Blurb.objects.get().text_html == "<p>Ann's</p>"
    kept = Version.objects.get(is_stale=True)
    assert kept.data["text_html"] == "<p>Bob's second</p>"
    assert again.json()["page"] == f"/admin/newsroom/blurb/{blurb.pk}/compare/{kept.pk}/"


@pytest.mark.django_db(transaction=True)
def test_saves_in_the_same_moment_keep_every_text(ann, settings):
    settings.THREADS = 8  # of which half may wait for SQLite's lock: a slow machine is not to send anybody away
    article = make_article(topics=[make_topic()])
    page = page_of(ann, article)
    start = threading.Barrier(4)
    answers = []

    def save(number):
        client = Client()
        client.cookies = ann.cookies
        try:
            start.wait()
            sent = {**page, "kicker": f"Text {number}", "_publish": "1"}
            answers.append(client.post(address(article), sent).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * 4
    kept = Version.objects.filter(key=article.pk, base_id=article.head_id)
    assert sorted(version.data["kicker"] for version in kept) == [f"Text {number}" for number in range(4)]
    assert sorted(version.is_stale for version in kept) == [False, True, True, True]
    assert Publication.objects.get().version.is_stale is False
