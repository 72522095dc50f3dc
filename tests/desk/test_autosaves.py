"""What is being written is kept before it is saved, for its writer and for nobody else."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from cms.desk.models import Autosave
from cms.publishing.models import Edition, Version
from newsroom.models import Article, Byline
from tests.desk import drawing
from tests.desk.test_pages_articles import ROLES, address, log_in, page_of, rows, said, send
from tests.factories import make_article, make_byline, make_photo, make_section, make_video, paragraphs, publish, update
from tests.publishing.test_plans import scans  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client):
    client.user = log_in(client, username="ann")
    return client


@pytest.fixture
def bob():
    client = Client()
    client.user = log_in(client, username="bob")
    return client


def keep(client, article=None, page=None, **values):
    """Send what a page says to be kept, as it does by itself; answers the page, to go on with."""
    page = {"page": str(uuid.uuid4()), **(page or page_of(client, article)), **values}
    where = f"/admin/newsroom/article/{article.pk if article else 'add'}/autosave/"
    page["answer"] = client.post(where, {name: value for name, value in page.items() if name != "answer"})
    return page


def offered(client, article=None, where=None):
    return drawing.get(client, where or address(article)).context["offers"]


def test_autosave_changes_nothing_that_others_see(ann, bob, api):
    article = publish(make_article(headline="Saved", slug="story"))
    before = Edition.objects.get().number

    answer = keep(ann, article, headline="Being written")["answer"].json()

    assert answer.keys() == {"at", "since", "head"}
    assert (Article.objects.get().headline, Article.objects.get().head_id) == ("Saved", article.head_id)
    assert api("articles/story/")["headline"] == "Saved"
    assert Edition.objects.get().number == before
    assert page_of(bob, article)["headline"] == "Saved"
    assert offered(bob, article) == []
    history = f"/admin/newsroom/article/{article.pk}/history/"
    assert "Being written" not in bob.get(history).content.decode()
    assert ["Use this text" in client.get(history).content.decode() for client in (ann, bob)] == [True, False]
    assert [version.pk for version in Version.objects.all()] == [article.head_id]


def test_an_hour_of_writing_is_one_autosave_that_a_save_takes_away(ann):
    article = make_article()
    page = keep(ann, article, headline="One")
    keep(ann, article, page, headline="Two")

    assert [row.data["headline"] for row in Autosave.objects.all()] == ["Two"]
    send(ann, article, page={**page, "answer": ""}, headline="Two")
    assert Article.objects.get().headline == "Two"
    assert not Autosave.objects.exists()


def test_two_tabs_of_one_story_do_not_replace_each_others_text(ann):
    article = make_article()
    keep(ann, article, headline="In one tab")
    page = keep(ann, article, headline="In another")

    send(ann, article, page={**page, "answer": ""}, headline="In another")

    assert [row.data["headline"] for row in Autosave.objects.all()] == ["In one tab"]


def test_what_was_written_is_offered_with_what_differs_and_taken_up(ann):
    article = make_article(headline="Saved", bylines=[make_byline("Ann Able")])
    other = make_byline("Bob Best")
    written = {"headline": "Written", **rows(ROLES, [{"byline": other.pk, "role": "writer", "position": 0}])}
    page = keep(ann, article, **written)

    offer = offered(ann, article)[0]
    assert {"headline", "bylines"} <= {field.label for field in offer.differences}
    shown = ann.get(offer.take_up)
    form = shown.context["adminform"].form
    assert form["headline"].value() == "Written"
    assert "Bob Best" in shown.content.decode()
    assert str(shown.context["page"]) == page["page"]
    assert Article.objects.get().headline == "Saved"
    send(ann, article, page={**page, "answer": ""})
    assert Article.objects.get().headline == "Written"
    assert [str(row.byline) for row in article.placed_bylines.all()] == ["Bob Best"]
    assert offered(ann, article) == []


def test_page_that_could_not_be_saved_is_kept_as_it_is_and_finds_no_fault_when_it_comes_back(ann):
    make_article(slug="taken")
    article = make_article(headline="Saved")
    keep(
        ann, article, headline="x" * 400, slug="taken", **rows(ROLES, [{"byline": "", "role": "writer", "position": 3}])
    )

    shown = ann.get(offered(ann, article)[0].take_up)

    form = shown.context["adminform"].form
    assert (form["headline"].value(), form["slug"].value()) == ("x" * 400, "taken")
    assert not form.errors
    assert "errornote" not in shown.content.decode()


def test_a_new_story_is_kept_from_its_first_words_and_saved_under_its_key(ann, bob):
    page = keep(ann, body="<p>It rains.</p>")

    assert not Article.objects.exists()
    assert [str(offer.key) for offer in offered(ann)] == [page["key"]]
    assert [str(offer.key) for offer in offered(ann, where="/admin/newsroom/article/")] == [page["key"]]
    assert offered(bob) == offered(bob, where="/admin/newsroom/article/") == []
    shown = ann.get(offered(ann)[0].take_up)
    assert (str(shown.context["key"]), str(shown.context["page"])) == (page["key"], page["page"])
    assert "It rains." in shown.content.decode()
    send(ann, page={**page, "answer": ""})
    assert (str(Article.objects.get().pk), Article.objects.get().body[0]["html"]) == (page["key"], "It rains.")
    assert offered(ann) == []


def test_thrown_away_is_gone_and_only_its_writer_can(ann, bob):
    article = make_article()
    keep(ann, article, headline="Written")
    offer = offered(ann, article)[0]

    bob.post(offer.forget)
    assert len(offered(ann, article)) == 1
    assert ann.get(offer.forget).status_code == 405
    assert said(ann.post(offer.forget, follow=True)) == ["Discarded."]
    assert offered(ann, article) == []
    assert said(ann.get(offer.take_up, follow=True)) == ["That text has since been saved or discarded."]


def test_page_forgets_by_itself_what_was_undone(ann):
    article = make_article()
    page = keep(ann, article, headline="Written")
    assert keep(ann, article, page, forget="1")["answer"].json() == {}
    assert not Autosave.objects.exists()


def test_autosaving_is_for_those_who_may_write(bob, client):
    article, foreign = make_article(), make_article(headline="Of somebody else")
    sent = page_of(bob, article)
    user = log_in(client, "view_article", "change_article", "add_article", username="reporter")
    Article.objects.filter(pk=article.pk).update(made_by=user)

    assert keep(client, article, sent)["answer"].status_code == 200
    assert keep(client, foreign, sent)["answer"].status_code == 403
    assert keep(client, None, {**sent, "key": str(foreign.pk)})["answer"].status_code == 403
    assert keep(client, None, {**sent, "key": str(uuid.uuid4())})["answer"].status_code == 200
    page = keep(bob, foreign, sent, headline="Bob's")
    keep(client, None, {**page, "key": str(uuid.uuid4()), "headline": "Mine", "answer": ""})
    assert offered(bob, foreign)[0].data["headline"] == "Bob's"
    assert client.get(offered(bob, foreign)[0].take_up).status_code in (302, 403)
    log_in(client, "view_article", username="reader")
    assert keep(client, article, sent)["answer"].status_code == 403
    assert keep(client, None, sent)["answer"].status_code == 403
    assert {str(row.author) for row in Autosave.objects.all()} == {"bob", "reporter"}


def test_what_nobody_should_keep_is_not_kept_and_too_much_is_refused(ann):
    article = make_article()
    keep(ann, article, csrfmiddlewaretoken="secret", password="secret", _publish="secret")
    assert "secret" not in str(Autosave.objects.get().written)

    answer = keep(ann, article, body="x" * 1_000_001)["answer"]
    too_long = "This text is too long to autosave. Save it yourself."

    assert (answer.status_code, answer.json()) == (413, {"error": too_long})
    assert keep(ann, article, {"page": "", "key": ""})["answer"].status_code == 400
    assert keep(ann, None, {"page": str(uuid.uuid4()), "key": "no key"})["answer"].status_code == 400
    assert keep(ann, article, {"page": str(uuid.uuid4()), "base": "9" * 18})["answer"].status_code == 200


def test_autosave_of_an_old_page_says_who_saved_a_newer_text(ann, bob):
    article = make_article()
    page = page_of(ann, article)
    send(bob, article, headline="Bob's")
    article.refresh_from_db()

    answer = keep(ann, article, page, headline="Ann's")["answer"].json()

    assert (answer["head"], answer["by"]) == (article.head_id, "bob")
    assert Autosave.objects.get().base_id != article.head_id
    response = send(ann, article, page=page, headline="Ann's")
    assert Version.objects.get(is_stale=True).data["headline"] == "Ann's"
    assert "/compare/" in response.redirect_chain[-1][0]


def test_late_text_of_a_browser_that_was_offline_replaces_nothing_newer(ann):
    article = make_article()
    page = keep(ann, article, headline="Newer")
    keep(ann, article, page, headline="Older", age="60")

    row = Autosave.objects.get()
    assert row.data["headline"] == "Newer"
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        keep(ann, article, page, headline="Newest", age="60")
    assert Autosave.objects.get().data["headline"] == "Newest"


def test_autosaves_are_cleared_out_after_a_month_and_by_number(ann, monkeypatch):
    monkeypatch.setattr("cms.desk.editing.autosaving.MOST_EACH", 3)
    article = make_article()
    with time_machine.travel(timezone.now() - timedelta(days=32)):
        keep(ann, article, headline="Old")
    for number in range(5):
        keep(ann, article, headline=f"New {number}")

    assert sorted(row.data["headline"] for row in Autosave.objects.all()) == ["New 2", "New 3", "New 4"]


def test_autosave_blocks_no_deletion_and_a_deleted_photo_is_said_when_it_is_taken_up(ann):
    article, photo = make_article(), make_photo()
    keep(ann, article, lead_photo=str(photo.pk))

    photo.delete()

    shown = ann.get(offered(ann, article)[0].take_up)
    assert shown.status_code == 200
    ann.post(f"/admin/newsroom/article/{article.pk}/delete/", {"post": "yes"})
    assert not Article.objects.exists()
    assert not Autosave.objects.exists()


def test_film_of_an_autosave_is_not_swept_away():
    video = make_video()
    film = {"stored": "videos/ab/film.mp4"}
    author = User.objects.create_user("ann")
    Autosave.objects.create(
        kind="video", key=video.pk, author=author, page=uuid.uuid4(), written=[], data={"file": film}
    )
    assert film["stored"] in list(video.stored_files())


@pytest.mark.parametrize("number", [1, 3])
def test_autosaving_costs_few_statements(ann, number, django_assert_max_num_queries):
    article = make_article(bylines=[make_byline()])
    for _time in range(number):
        page = keep(ann, article, headline="Written")

    with django_assert_max_num_queries(20):  # four of them for the slug, which follows another headline
        answer = keep(ann, article, page, headline="Again")["answer"]
    assert answer.status_code == 200


def test_neither_keeping_nor_offering_reads_the_whole_archive(ann, scans):  # noqa: F811 - a fixture of another file
    article = make_article()
    page = keep(ann, article, headline="Written")
    keep(ann, article, page, headline="Again")
    keep(ann, headline="New")
    offered(ann, article)
    offered(ann)
    send(ann, article, page={**page, "answer": ""}, headline="Again")

    assert [plan for plan, sql in scans if "publishing_version" in plan] == []
    assert Byline.objects.count() == 0


def keep_changes(client, article, page, since, changes):
    """Send what has changed on a page since it was kept, as it does from its second autosave on."""
    sent = {name: page[name] for name in ("page", "key", "base")}
    sent |= {"since": since, "changes": changes if isinstance(changes, str) else json.dumps(changes)}
    return client.post(f"/admin/newsroom/article/{article.pk}/autosave/", sent)


def written(field):
    return dict(Autosave.objects.get().written)[field]


def test_autosave_of_what_has_changed_keeps_the_whole_page(ann):
    article = make_article(headline="Saved")
    page = keep(ann, article, headline="The 🌊 rvier rises", standfirst="It rains.")
    since = page["answer"].json()["since"]

    answer = keep_changes(ann, article, page, since, [["headline", 0, 7, 10, "ive"]])

    assert (answer.status_code, written("headline"), written("standfirst")) == (200, "The 🌊 river rises", "It rains.")
    again = keep_changes(ann, article, page, answer.json()["since"], [["standfirst", 0, 0, 2, "It still"]])
    assert (again.status_code, written("headline"), written("standfirst")[:10]) == (
        200,
        "The 🌊 river rises",
        "It still r",
    )
    assert [row.data["headline"] for row in offered(ann, article)] == ["The 🌊 river rises"]


DO_NOT_FIT = [
    [["headline", 0, 0, 99, "x"]], [["headline", 0, 3, 2, "x"]], [["headline", 0, -1, 2, "x"]],
    [["headline", 1, 0, 0, "x"]],
    [["none", 0, 0, 0, "x"]], [["headline", "0", 0, 0, "x"]], [["headline", 0, 0, 0, "\ud83c"]], [[]], [1], {}, 1,
    "", "[", "[" * 100_000, [["headline", 0, 0, 0, "x"]] * 1001,
]  # fmt: skip


def test_changes_that_do_not_fit_change_nothing_and_the_whole_page_is_asked_for(ann):
    article = make_article(headline="Saved")
    page = keep(ann, article, headline="Kept")
    since = page["answer"].json()["since"]

    for changes in DO_NOT_FIT:
        answer = keep_changes(ann, article, page, since, changes)

        assert (changes, answer.status_code, answer.json()) == (changes, 409, {"code": "send-whole"})
        assert written("headline") == "Kept"


def test_changes_of_another_text_are_not_put_into_the_one_that_is_kept(ann, bob):
    article = make_article(headline="Saved")
    page = keep(ann, article, headline="Kept")
    since = page["answer"].json()["since"]
    change = [["headline", 0, 0, 4, "Lost"]]
    keep(ann, article, page, headline="Kept later")

    answers = [keep_changes(client, article, page, since, change).status_code for client in (ann, bob)]

    assert (answers, written("headline")) == ([409, 409], "Kept later")
    Autosave.objects.all().delete()
    assert keep_changes(ann, article, page, since, change).status_code == 409


def test_what_says_nothing_or_has_been_saved_meanwhile_is_not_offered(ann):
    section = make_section("World")
    article = make_article(headline="Saved", section=section)
    keep(ann, section=section.pk)
    keep(ann, headline="Begun")
    keep(ann, standfirst="With no headline yet")
    keep(ann, article, headline="Saved")

    assert [(row.title, row.data["standfirst"]) for row in offered(ann)] == [
        ("", "With no headline yet"),
        ("Begun", ""),
    ]
    assert offered(ann, article) == []
    page = ann.get("/admin/newsroom/article/").content.decode()
    assert ("2 unsaved texts of yours" in page, page.count("Use this text")) == (True, 2)


def test_what_a_later_save_holds_is_not_offered_and_what_it_lacks_is(ann):
    article = make_article(headline="Rain", body=paragraphs("It rains."))
    keep(ann, article, headline="Rain today")
    keep(ann, article, headline="Rain today", body="<p>It rains. The bridge is closed.</p>")

    before = len(offered(ann, article))
    update(article, headline="Rain today in the city")

    assert (before, [row.data["body"][0]["html"] for row in offered(ann, article)]) == (
        2,
        ["It rains. The bridge is closed."],
    )
    page = ann.get(address(article)).content.decode()
    assert page.count('desk-offer"') == 1
    update(article, body=paragraphs("It rains. The old bridge is closed."))
    assert offered(ann, article) == []
