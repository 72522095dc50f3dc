"""The desk's lists as an editor reads them, and what is done with their rows."""

import re
from html import unescape

import pytest
from django.utils import timezone

from cms.publishing.models import Publication
from newsroom.models import Article
from tests.desk.test_pages_articles import log_in
from tests.factories import make_article, make_blurb, make_byline, make_section, publish, update

pytestmark = pytest.mark.django_db

STORIES = "/admin/newsroom/article/"


@pytest.fixture
def desk(client):
    client.user = log_in(client)
    return client


def plain(html):
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def lines(client, address=STORIES):
    """What stands in the line below each headline of a list, by its headline, without the hour at its end."""
    page = client.get(address).content.decode()
    rows = re.findall(r'<th class="field-what".*?>(.*?)</th>.*?<p class="row-line">(.*?)</p>', page, re.DOTALL)
    shown = {re.sub(r"<strong[^>]* hidden>.*?</strong>", "", what): line for what, line in rows}
    return {plain(what): plain(line).rsplit(" ", 1)[0] for what, line in shown.items()}


def test_row_says_in_one_line_where_a_story_stands_and_whose_it_is(desk):
    names = [make_byline(name) for name in ("Ann Able", "Bob Best", "Cai Cole")]
    publish(make_article(headline="The flood", section=make_section("City"), bylines=names))
    make_article(headline="Begun", bylines=names[:2])
    make_article(headline="Bare")
    make_blurb(text_html="<p>One lane is open.</p>", bylines=names[2:])

    assert lines(desk) == {
        "The flood": "Live City Ann Able, Bob Best and 1 more",
        "Begun": "Draft Ann Able, Bob Best",
        "Bare": "Draft",
    }
    assert lines(desk, "/admin/newsroom/blurb/") == {"One lane is open.": "Draft Cai Cole"}


def test_hour_is_when_readers_got_it_until_it_is_changed_and_leads_to_its_versions(desk):
    story = publish(make_article())
    before = timezone.now() - timezone.timedelta(days=800)
    Publication.objects.update(published_at=before)

    def hour():
        found = re.search(
            r'<span class="field-last_saved"><a href="([^"]*)"[^>]*>(.*?)</a>', desk.get(STORIES).content.decode()
        )
        return found[1], found[2]

    year = str(timezone.localtime(before).year)
    assert hour()[0] == f"{STORIES}{story.pk}/history/"
    assert year in hour()[1]
    update(story, kicker="New")
    assert year not in hour()[1]


def test_list_has_one_search_that_says_what_it_finds_and_acts_that_are_buttons(desk):
    make_article(standfirst="Harbour closed")
    page = desk.get(STORIES).content.decode()

    assert re.findall(r'type="search"[^>]*id="(searchbar|desk-search)"', page).count("searchbar") == 1
    assert 'placeholder="Search headlines, standfirsts, text and names"' in page
    assert '<select name="action"' not in page
    names = re.findall(r'<button type="submit" name="action" value="(\w+)"', page)
    assert {"withdraw_selected", "assign_selected", "add_topic", "delete_selected"} <= set(names)
    found = desk.get(STORIES, {"q": "harb"}).content.decode()
    assert "1 found for “harb”" in found


def test_reason_of_a_withdrawal_is_chosen_and_never_there_beforehand(desk, api):
    story = publish(make_article(slug="up"))
    chosen = {"action": "withdraw_selected", "_selected_action": str(story.pk)}

    asked = desk.post(STORIES, chosen).content.decode()
    reasons = re.findall(r'<button type="submit" name="reason" value="(\w+)"', asked)
    assert reasons == ["withdrawn", "error", "duplicate", "legal"]
    assert "selected" not in re.search(r'<fieldset class="bulk-decide">.*?</fieldset>', asked, re.DOTALL)[0]
    desk.post(STORIES, {**chosen, "bulk": "1"})
    assert api.slugs("articles/") == ["up"]

    desk.post(STORIES, {**chosen, "bulk": "1", "reason": "legal"})
    assert api.slugs("articles/") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nothing here yet."),
        ("?tab=review", "Nothing waits for review."),
        ("?tab=scheduled", "Nothing is scheduled."),
        ("?q=zebra", "Nothing has “zebra”."),
        ("?genre__exact=news", "Nothing fits these filters."),
    ],
)
def test_empty_list_says_why_and_what_to_do(desk, query, words):
    page = desk.get(STORIES + query).content.decode()

    assert words in plain(page)
    assert Article.objects.count() == 0
