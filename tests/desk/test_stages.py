"""A story's way through the newsroom: its stages, whose it is, the tabs of the list, and the log of what was done."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing import press, reading
from cms.publishing.models import Act
from newsroom.models import Article
from tests.desk.test_pages_articles import address, log_in, page_of, said, send
from tests.desk.test_roles import join, own
from tests.factories import make_article, make_blurb, make_byline, make_video, publish, update

pytestmark = pytest.mark.django_db
STORIES = "/admin/newsroom/article/"


def stage_of(article):
    return Article.objects.get(pk=article.pk).stage


def log(item):
    """What the log says of something: who, what, the note."""
    acts = Act.objects.filter(key=getattr(item, "pk", item)).order_by("pk")
    return [(act.by_name, act.verb, act.note) for act in acts]


def test_story_goes_from_its_reporter_to_its_editor_and_back_and_out(client, api):
    reporter, editor = join("Reporter"), join("Editor")
    client.force_login(reporter)
    send(client, headline="Bridge closed")
    article = Article.objects.get()
    assert said(send(client, article, "_submit")) == ["Saved, and ready for review."]

    client.force_login(editor)
    send(client, article, "_send_back", send_back_note="Ask the mayor.")
    assert stage_of(article) == "writing"

    client.force_login(reporter)
    page = client.get(address(article)).content.decode()
    assert "Sent back by editor" in page
    assert "Ask the mayor." in page
    send(client, article, "_submit", headline="Bridge closed, says the mayor")

    client.force_login(editor)
    assert said(send(client, article, "_approve")) == ["Saved and approved."]
    assert "Nobody had approved it" not in said(send(client, article, "_publish"))[0]

    assert api.slugs("articles/") == ["bridge-closed-says-the-mayor"]
    assert log(article) == [
        ("reporter", "submitted", ""),
        ("editor", "sent-back", "Ask the mayor."),
        ("reporter", "submitted", ""),
        ("editor", "approved", ""),
        ("editor", "published", ""),
    ]


def test_sending_back_asks_for_a_note(client):
    client.force_login(join("Editor"))
    article = make_article()
    press.submit(article)

    response = send(client, article, "_send_back", send_back_note="  ")

    assert said(response) == ["Saved, but not sent back.", "Write what needs doing."]
    assert stage_of(article) == "review"


def test_reporter_who_changes_an_approved_story_takes_it_back_to_writing(client):
    reporter, editor = join("Reporter"), join("Editor")
    article = own(make_article(), reporter, "made")
    press.approve(article)

    client.force_login(editor)
    send(client, article, headline="Polished")
    assert stage_of(article) == "approved"
    client.force_login(reporter)
    send(client, article, desk_note="Thanks")
    assert stage_of(article) == "approved"
    send(client, article, headline="Turned round")

    assert stage_of(article) == "writing"
    assert log(article)[-1] == ("reporter", "reopened", "")


def test_publishing_says_when_nobody_had_approved(client, api):
    client.force_login(join("Editor"))
    article, blurb = make_article(), make_blurb()

    first = said(send(client, article, "_publish"))[0]
    second = said(send(client, article, "_publish", headline="Mended"))[0]

    assert first.startswith("Published. Nobody had approved it.")
    assert second.startswith("Updated. ")
    assert "Nobody" not in second
    assert stage_of(article) == "approved"
    done = client.post(
        f"/admin/newsroom/blurb/{blurb.pk}/change/",
        {
            "base": blurb.head_id,
            "text_html": "Short.",
            "language": "en",
            "_publish": "1",
            "placed_bylines-TOTAL_FORMS": 0,
            "placed_bylines-INITIAL_FORMS": 0,
        },
        follow=True,
    )
    assert "Nobody" not in said(done)[0]


def test_newsroom_may_require_approval(client, api, settings):
    settings.REQUIRE_APPROVAL = True
    client.force_login(join("Editor"))
    article, by_system, blurb = make_article(), make_article(), make_blurb()

    refused = send(client, article, "_publish")
    press.publish(by_system)
    press.publish(blurb, by=User.objects.get())
    assert said(refused) == ["Saved, but not published. To do first:", "Nobody has approved it yet."]
    send(client, article, "_approve")
    send(client, article, "_publish")

    assert len(api("articles/")["results"]) == 2


# Whose it is, and the note


def test_note_and_assignee_are_kept_and_make_no_version(client):
    client.force_login(join("Editor"))
    reporter = join("Reporter")
    article = make_article()

    assert said(send(client, article, desk_note="Hold until six", assignee=reporter.pk)) == ["Saved."]

    kept = Article.objects.get()
    assert (kept.desk_note, kept.assignee, kept.head_id) == ("Hold until six", reporter, article.head_id)
    assert log(article) == [("editor", "assigned", "reporter")]
    assert "Hold until six" in client.get(address(article)).content.decode()


def test_page_that_is_out_of_date_takes_nothing_from_the_desk(client):
    client.force_login(join("Editor"))
    reporter = join("Reporter")
    article = make_article()
    old = {**page_of(client, article), "initial-desk_note": "", "initial-assignee": ""}
    send(client, article, desk_note="Legal must read it", assignee=reporter.pk)

    send(client, article, page={**old, "headline": "Other"})
    kept = Article.objects.get()
    assert (kept.desk_note, kept.assignee, kept.headline) == ("Legal must read it", reporter, "Other")
    send(client, article, page={**old, "desk_note": "Needs a photo"})  # the text is out of date by now, too

    assert Article.objects.get().desk_note == "Legal must read it\n\nNeeds a photo"


# Tabs


@pytest.fixture
def archive():
    """One in each place."""
    made = {name: make_article(headline=name) for name in ("draft", "review", "scheduled", "live", "gone", "long gone")}
    press.submit(made["review"])
    publish(made["scheduled"], at=timezone.now() + timedelta(days=1))
    publish(made["live"])
    with time_machine.travel(timezone.now() - timedelta(days=50), tick=False):
        press.withdraw(publish(made["long gone"]))
    press.withdraw(publish(made["gone"]))
    return made


def in_tab(client, query=""):
    response = client.get(f"{STORIES}{query}")
    return {article.headline for article in response.context["cl"].result_list}


def test_tabs_show_what_they_say(client, archive):
    reporter = join("Reporter")
    own(archive["draft"], reporter, "made")
    own(archive["live"], reporter, "assigned")
    own(archive["gone"], reporter, "byline")
    client.force_login(reporter)

    assert in_tab(client) == set(archive)
    assert in_tab(client, "?tab=mine") == {"draft", "live", "gone"}
    assert in_tab(client, "?tab=review") == {"review"}
    assert in_tab(client, "?tab=scheduled") == {"scheduled"}
    assert in_tab(client, "?tab=live") == {"live"}
    assert in_tab(client, "?tab=withdrawn") == {"gone"}
    page = client.get(f"{STORIES}?tab=mine&section__isnull=True").content.decode()
    assert '<a href="?tab=mine&amp;section__isnull=True" aria-current="page">My stories</a>' in page.replace(
        "section__isnull=True&amp;tab=mine", "tab=mine&amp;section__isnull=True"
    )


@pytest.mark.parametrize(("make", "path"), [(make_blurb, "blurb"), (make_video, "video")])
def test_blurbs_and_videos_have_the_same_tabs(client, make, path):
    reporter = join("Reporter")
    item = make()
    item.placed_bylines.create(byline=make_byline(user=reporter))
    make()
    client.force_login(reporter)

    for tab, number in {"mine": 1, "review": 0, "scheduled": 0, "live": 0, "withdrawn": 0}.items():
        listed = client.get(f"/admin/newsroom/{path}/?tab={tab}").context["cl"].result_list
        assert (tab, len(listed)) == (tab, number)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases read a small table from end to end")
@pytest.mark.parametrize("tab", ["", "mine", "review", "scheduled", "live", "withdrawn"])
def test_no_tab_reads_the_archive(client, archive, tab):
    client.force_login(join("Editor"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(f"{STORIES}?tab={tab}" if tab else STORIES)

    listed = [row["sql"] for row in queries if 'FROM "newsroom_article"' in row["sql"]]
    assert listed
    for sql in listed:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[3] for row in cursor.fetchall()]
        # A list in the order of an index is read as far as the page goes; a count stops at 5,000.
        in_order = ("INDEX article_last_saved", "INDEX article_for_review", "INDEX article_searched")
        read = [line for line in plan if line.startswith("SCAN newsroom_article") and not line.endswith(in_order)]
        assert "LIMIT" in sql or read == [], plan
        is_ordered = "USE TEMP B-TREE FOR ORDER BY" not in plan
        assert is_ordered or any(line.startswith("SEARCH newsroom_article") for line in plan), plan


# The log


def test_log_tells_who_did_what_though_they_are_gone(client):
    editor = join("Editor")
    article = publish(make_article(headline="Once", slug="once"), by=editor)
    press.publish(update(article, headline="Twice"), by=editor)
    press.publish(article, by=editor)  # changes nothing
    tomorrow = timezone.now() + timedelta(days=1)
    press.publish(update(article, headline="Thrice"), at=tomorrow, by=editor)
    press.cancel_schedule(article, by=editor)
    press.cancel_schedule(article, by=editor)  # nothing is left to cancel
    chief = join("Managing editor")
    press.withdraw(article, "error", by=chief)
    key = article.pk
    article.delete(by=chief)
    editor.delete()

    assert log(key) == [
        ("editor", "published", ""),
        ("editor", "updated", ""),
        ("editor", "scheduled", ""),
        ("editor", "cancelled", ""),
        ("managing-editor", "withdrawn", "Published in error"),
        ("managing-editor", "deleted", ""),
    ]
    titles = Act.objects.filter(key=key).order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Once", "Twice", "Thrice", "Thrice", "Twice", "Thrice"]
    client.force_login(chief)
    page = client.get("/admin/publishing/act/").content.decode()
    assert "Once" in page
    assert "scheduled for " in page


def test_log_tells_what_went_live_and_came_down_by_itself():
    now = timezone.now()
    article = publish(make_article(), at=now + timedelta(hours=1), live_until=now + timedelta(hours=2))

    for hours in (1.5, 2.5):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            reading.now()

    assert log(article) == [("", "scheduled", ""), ("", "went-live", ""), ("", "expired", "")]
    moments = Act.objects.order_by("pk").values_list("at", flat=True)[1:]
    assert [round((at - now).total_seconds() / 3600) for at in moments] == [1, 2]


def test_nobody_changes_or_deletes_the_log(client):
    log_in(client)
    act = Act.objects.get(key=publish(make_article()).pk)

    act.title = "Other"
    for attempt in (act.save, act.delete, Act.objects.all().delete, lambda: Act.objects.update(title="Other")):
        with pytest.raises(TypeError):
            attempt()
    assert client.get("/admin/publishing/act/add/").status_code == 403
    assert client.post(f"/admin/publishing/act/{act.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/publishing/act/{act.pk}/change/", {"title": "Other"}).status_code == 403
    assert "delete_selected" not in client.get("/admin/publishing/act/").content.decode()
    assert Act.objects.get().title != "Other"


def test_history_of_a_story_tells_what_was_done_with_it(client):
    client.force_login(join("Reporter"))
    article = make_article()
    press.submit(article, by=join("Editor"))
    with pytest.raises(ValidationError):
        press.send_back(article, "")
    press.send_back(article, "Ask the mayor.")

    page = client.get(f"/admin/newsroom/article/{article.pk}/history/").content.decode()

    assert "Ready for review" in page
    assert "<strong>Sent back</strong>" in page
    assert "Ask the mayor." in page
