"""What happened to a story: its versions in one list with what was done, compared, and taken up again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from cms.publishing import press
from cms.publishing.models import Version
from newsroom.models import Article
from tests.desk import drawing
from tests.desk.comparing import seen
from tests.desk.test_pages_articles import ROLES, log_in, rows, said, send
from tests.factories import (
    make_article,
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
MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def history(item):
    return f"/admin/newsroom/{item.kind}/{item.pk}/history/"


def compared(client, item, before, after=None):
    asked = {"before": getattr(before, "pk", before), **({"after": getattr(after, "pk", after)} if after else {})}
    return client.get(f"/admin/newsroom/{item.kind}/{item.pk}/compare/", asked)


def restore(client, item, version, **sent):
    item.refresh_from_db(fields=["head"])
    return drawing.post(client, history(item), {"head": item.head_id, "restore": version.pk, **sent}, follow=True)


def happened(response):
    """What the list says: (what, marks), the newest first."""
    return [
        (", ".join(entry.what), *(words for _name, words in entry.marks))
        for _day, entries in response.context["timeline"].days
        for entry in entries
    ]


def versions(item):
    return list(Version.objects.filter(kind=item.kind, key=item.pk).order_by("pk"))


def test_list_tells_saves_and_acts_as_one_story_by_day(desk):
    editor = User.objects.get()
    with time_machine.travel(MONDAY, tick=False) as clock:
        article = make_article(headline="One")
        clock.shift(60)
        update(article, headline="Two")
        press.publish(article, by=editor)
        clock.shift(timedelta(days=1))
        press.withdraw(article, by=editor)
        clock.shift(3600)
        send(desk, article, "_submit", kicker="Again")

        response = desk.get(history(article))

    assert happened(response) == [
        ("Saved, ready for review", "Working copy"),
        ("Withdrawn",),
        ("Published",),
        ("Saved", "Before withdrawal"),
        ("Begun",),
    ]
    page = response.content.decode()
    assert ("Tuesday, 3 Mar<" in page, "Monday, 2 Mar<" in page) == (True, True)


def test_list_says_which_version_readers_have_and_which_one_is_scheduled(desk):
    article = publish(make_article())
    press.publish(update(article, kicker="Later"), at=timezone.now() + timedelta(hours=1))
    update(article, kicker="Latest")

    found = happened(desk.get(history(article)))
    assert [marks for _what, *marks in found] == [["Working copy"], ["Scheduled"], ["Live"]]
    assert found[1][0].startswith("Saved, scheduled for ")


def test_list_goes_on_to_the_first_save_page_by_page(desk):
    with time_machine.travel(MONDAY, tick=False) as clock:
        article = publish(make_article())
        for number in range(70):
            clock.shift(60)
            update(article, kicker=f"Text {number}")
            if number % 10 == 9:
                publish(article)

        found, where = [], history(article)
        while where:
            response = desk.get(where)
            found += happened(response)
            older = response.context["timeline"].older
            where = older and f"{history(article)}?before={older}"

    assert found[0] == ("Saved, updated", "Live", "Working copy")
    assert found[10:70:10] == [("Saved, updated", "Was live")] * 6
    assert (len(found), found[-1]) == (71, ("Begun, published", "Was live"))


@pytest.mark.parametrize("odd", ["x", "1", "1-", "9999999999999999999-1", "-1-1", "1-1'"])
def test_odd_place_to_go_on_from_shows_the_newest(desk, odd):
    article = make_article()
    assert happened(desk.get(history(article), {"before": odd})) == [("Begun", "Working copy")]


def test_list_costs_the_same_however_much_happened(desk, django_assert_max_num_queries):
    article = publish(make_article())
    for number in range(12):
        publish(update(article, kicker=f"Text {number}"))
        Version.objects.create(kind="article", key=article.pk, data=article.head.data, base=article.head, is_stale=True)

    with django_assert_max_num_queries(14):
        assert desk.get(history(article)).status_code == 200


# Comparing


def test_comparing_reads_from_the_headline_to_the_last_paragraph(desk):
    photo, other, topic = make_photo(caption="A bridge"), make_photo(caption="A tower"), make_topic("Floods")
    writer, related = make_byline("Wanda Writer"), make_article(headline="Another story")
    one, two = make_section("World"), make_section("Sport")
    article = make_article(
        headline="Water rises",
        section=one,
        lead_photo=photo,
        lead_photo_caption="The bridge on Monday",
        body=[*paragraphs("It rains."), {"id": "r", "type": "photo", "photo": {"link": "photo", "id": str(photo.pk)}}],
    )
    first = article.head
    article.topics.set([topic])
    article.placed_bylines.create(byline=writer, role="editor", position=0)
    article.placed_related.create(related=related, position=0)
    article.placed_corrections.create(text="It was Tuesday.", published_at=MONDAY)
    changed = {"lead_photo": other, "lead_photo_caption": "The tower on Monday", "section": two, "breaking": True}
    body = [*paragraphs("It pours."), {"id": "r", "type": "photo", "photo": {"link": "photo", "id": str(other.pk)}}]
    update(article, headline="Water falls", body=body, seo={"title": "River"}, genre="analysis", **changed)

    response = compared(desk, article, first)

    assert seen(response) == {
        "headline": [("changed", "Water [-rises-]", "Water {+falls+}")],
        "bylines": [("added", "", "{+Wanda Writer, Editor+}")],
        "lead photo": [
            (
                "changed",
                "(picture) | A [-bridge-] | caption here: The [-bridge-] on Monday",
                "(picture) | A {+tower+} | caption here: The {+tower+} on Monday",
            )
        ],
        "body": [
            ("changed", "It [-rains-].", "It {+pours+}."),
            ("changed", "Photo: | (picture) | A [-bridge-]", "Photo: | (picture) | A {+tower+}"),
        ],
        "corrections": [("added", "", "{+Correction+} | {+It was Tuesday.+} | dated: {+2 Mar 2026, 07:00+}")],
        "related story": [("added", "", "{+Another story+}")],
        "section": [("changed", "[-World-]", "{+Sport+}")],
        "topics": [("added", "", "{+Floods+}")],
        "breaking": [("changed", "[-no-]", "{+yes+}")],
        "genre": [("changed", "[-News-]", "{+Analysis+}")],
        "search engines": [("added", "", "title: | {+River+}")],
    }
    assert "kicker" in response.context["comparison"].alike


def test_comparing_folds_what_is_alike_and_says_what_was_moved(desk):
    before = paragraphs("One.", "Two stays here.", "Three.", "Four.", "Five.")
    article = make_article(body=before)
    first = article.head
    after = [before[4], before[0], {**before[1], "html": "Two stays <strong>there</strong>."}, before[2], before[3]]
    update(article, body=[*after, {"id": "p9", "type": "heading", "level": 2, "html": "New"}])

    assert seen(compared(desk, article, first))["body"] == [
        ("moved Moved up", "Five.", "Five."),
        ("alike", "1 paragraph alike"),
        ("changed", "Two stays [-here-].", "Two stays {+<strong>there</strong>+}."),
        ("alike", "2 paragraphs alike"),
        ("added", "", "Heading 2: | {+New+}"),
    ]


def test_changed_link_is_seen_and_nothing_written_becomes_html(desk):
    article = make_article(headline="<b>A</b>", body=paragraphs('See <a href="https://a.org/">this &lt;b&gt;</a>.'))
    first = article.head
    update(article, headline="<i>A</i>", body=paragraphs('See <a href="https://b.org/">this &lt;b&gt;</a>.'))

    response = compared(desk, article, first)

    assert seen(response)["body"] == [
        (
            "changed",
            'See this <b>[-<small class="address"> (https://a.org/)</small>-].',
            'See this <b>{+<small class="address"> (https://b.org/)</small>+}.',
        )
    ]
    assert b"<b>A" not in response.content


def test_lists_in_lists_and_tables_are_compared_as_they_stand(desk):
    def body(inner, figure):
        listed = {"ordered": False, "start": 1, "items": [{"html": inner, "list": None}]}
        items = [{"html": "one", "list": listed}, {"html": "two", "list": None}]
        table = {"caption": None, "header_rows": 0, "header_columns": 0, "rows": [["Ward", "Cost"], ["", figure]]}
        return [
            {"id": "l", "type": "list", "ordered": False, "start": 1, "items": items},
            {"id": "t", "type": "table", **table},
        ]

    article = make_article(body=body("inner", "30"))
    first = article.head
    update(article, body=body("within", "35"))

    assert seen(compared(desk, article, first))["body"] == [
        ("changed", "List: | one<br>– [-inner-]<br>two", "List: | one<br>– {+within+}<br>two"),
        ("changed", "Table: | Ward | Cost<br>– | [-30-]", "Table: | Ward | Cost<br>– | {+35+}"),
    ]


def test_comparing_says_what_was_deleted(desk):
    photo = make_photo()
    article = make_article(lead_photo=photo)
    first = article.head
    update(article, lead_photo=None)
    photo.delete()

    assert seen(compared(desk, article, first))["lead photo"] == [("removed", "[-something deleted-]", "")]


def test_blurb_and_film_are_compared_too(desk):
    video = make_video(transcript="First line.\n\nSecond line.")
    first = video.head
    update(video, transcript="First line.\n\nThird line.")

    assert seen(compared(desk, video, first)) == {
        "transcript": [("alike", "1 paragraph alike"), ("changed", "[-Second-] line.", "{+Third+} line.")]
    }


@pytest.mark.apart
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a b " * 5000], ["b a " * 5000]),
        (["x"] * 2000, ["y"] * 2000),
        ([f"{n} of the words" for n in range(2000)], [f"{n} of the words" for n in reversed(range(2000))]),
        (["<em>" * 400 + "a"], ["</em>" * 400 + "b"]),
    ],
)
def test_hostile_texts_are_compared_all_the_same(desk, one, other):
    article = make_article(body=paragraphs(*one))
    first = article.head
    update(article, body=paragraphs(*other))

    assert compared(desk, article, first).status_code == 200


def test_comparing_with_what_is_live_takes_one_click(desk):
    article = publish(make_article(headline="Live text"))
    update(article, headline="Working text")
    page = desk.get(history(article)).content.decode()
    assert f"/admin/newsroom/article/{article.pk}/compare/?before=live" in page

    assert seen(compared(desk, article, "live")) == {"headline": [("changed", "[-Live-] text", "{+Working+} text")]}


@pytest.mark.parametrize("asked", [{}, {"before": "0"}, {"before": "live"}, {"before": "x"}, {"before": "9" * 30}])
def test_comparing_what_is_not_there_is_not_found(desk, asked):
    article, other = make_article(), make_article()
    assert desk.get(f"/admin/newsroom/article/{article.pk}/compare/", asked).status_code == 404
    assert compared(desk, article, other.head).status_code == 404


# Taking up again


def test_restored_version_is_the_working_copy_and_readers_see_nothing_of_it(desk, api):
    writer = make_byline("Wanda Writer")
    article = make_article(headline="First", bylines=[writer], body=paragraphs("Old."))
    first = article.head
    send(desk, article, headline="Second", body="<p>New.</p>", **rows(ROLES, []))
    publish(article)

    response = restore(desk, article, first)

    article = Article.objects.get()
    assert (article.headline, article.body) == ("First", paragraphs("Old."))
    assert [row.byline for row in article.placed_bylines.all()] == [writer]
    assert (article.head.restored_from, article.head.author.username) == (first.pk, "editor")
    assert api(f"articles/{article.slug}/")["headline"] == "Second"
    assert said(response)[0].startswith("Restored: the working copy is now that of")
    assert "Readers still see the previous version" in said(response)[0]
    assert happened(response)[0][0].startswith("Restored from ")
    assert [version.data["headline"] for version in versions(article)] == ["First", "Second", "First"]


def test_live_story_goes_back_to_the_version_before_from_its_list_of_versions(desk, api):
    article = publish(make_article(headline="Right"))
    right = article.head
    publish(update(article, headline="Wrong"))
    restore(desk, article, right)
    article.refresh_from_db()

    response = drawing.post(desk, history(article), {"head": article.head_id, "_publish": "1"}, follow=True)

    assert api(f"articles/{article.slug}/")["headline"] == "Right"
    assert said(response)[0].startswith("Updated.")


def test_restoring_what_stands_there_already_changes_nothing(desk):
    article = make_article()
    first = article.head
    update(article, kicker="Other")
    restore(desk, article, first)

    response = restore(desk, article, first)

    assert said(response) == ["The working copy already says that. Nothing has changed."]
    assert len(versions(article)) == 3


def test_restoring_waits_when_somebody_has_saved_meanwhile(desk):
    article = make_article(headline="First")
    first = article.head
    update(article, headline="Second")

    response = restore(desk, article, first, head="0")

    assert "Nothing was changed: choose again" in said(response)[0]
    assert Article.objects.get().headline == "Second"


def test_restoring_leaves_out_what_was_deleted_and_says_so(desk):
    photo, topic, carded = make_photo(), make_topic("Floods"), make_photo()
    card = {"id": "c", "type": "photo", "photo": {"link": "photo", "id": str(carded.pk)}}
    article = make_article(lead_photo=photo, topics=[topic], body=[*paragraphs("One."), card])
    first = article.head
    article.topics.clear()
    update(article, lead_photo=None, body=paragraphs("One."))
    for thing in (photo, topic, carded):
        thing.delete()

    response = restore(desk, article, first)

    article = Article.objects.get()
    assert (article.lead_photo, list(article.topics.all()), article.body[1]["id"]) == (None, [], "c")
    assert "Left out, as it has since been deleted" in said(response)[0]
    assert "lead photo" in said(response)[0]
    assert "Something in it has since been deleted" in said(response)[0]


def test_restoring_keeps_the_slug_where_the_former_one_was_taken(desk):
    article = make_article(slug="wanted")
    first = article.head
    update(article, slug="other", headline="Other")
    make_article(slug="wanted")

    response = restore(desk, article, first)

    assert Article.objects.get(pk=article.pk).slug == "other"
    assert "Its slug has since been taken" in said(response)[0]


def test_restoring_takes_no_correction_away(desk):
    article = publish(make_article())
    first = article.head
    send(desk, article, **rows("placed_corrections", [{"type": "correction", "text": "It was Tuesday."}]))

    send(desk, article, headline="Another")
    restore(desk, article, first)

    assert [row.text for row in Article.objects.get().placed_corrections.all()] == ["It was Tuesday."]


def test_version_of_another_story_is_not_restored(desk):
    article, other = make_article(), make_article()
    assert restore(desk, article, other.head).status_code == 404
    assert desk.post(history(article), {"head": article.head_id, "restore": "x"}).status_code == 404


def test_only_who_may_change_a_story_restores_and_only_who_may_publish_shows_it(client):
    article = publish(make_article(headline="First"))
    first = article.head
    update(article, headline="Second")

    log_in(client, "view_article", username="reader")
    assert compared(client, article, first).status_code == 200
    assert b"Restore" not in client.get(history(article)).content
    assert restore(client, article, first).status_code == 403

    reporter = log_in(client, "change_article", username="reporter")
    assert restore(client, article, first).status_code == 403
    Article.objects.update(made_by=reporter)
    assert restore(client, article, first).status_code == 200
    article.refresh_from_db()
    update(article, headline="Third")
    client.post(history(article), {"head": article.head_id, "_publish": "1"})
    assert article.publication.version == first
