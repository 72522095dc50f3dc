"""A site with ten thousand sections, in a tree."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.desk.lists.change_lists import SearchedFilter
from newsroom.models import Section
from tests.desk.test_pages_articles import log_in
from tests.factories import make_article, make_blurb, make_section, publish

pytestmark = pytest.mark.django_db
MANY = 10_000


def make_tree():
    """Ten thousand sections, four levels deep, and two stories in them."""
    parents, rows = [None], []
    for number in range(MANY):
        parent = parents[number // 10] if number >= 10 else None
        section = Section(name=f"Part {number:05}", slug=f"part-{number:05}", position=number % 7, parent=parent)
        section.sort_name = section.name.lower()
        parents = rows if number == 0 else parents
        rows.append(section)
    Section.objects.bulk_create(rows, batch_size=1000)
    publish(make_article(slug="deep", section=rows[-1]))
    make_article(section=rows[0])
    return [rows[0].pk, rows[-1].pk]


@pytest.fixture
def tree(once):
    keys = once(make_tree)
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE newsroom_section")  # as after an import
    return keys


PAGES = {
    "/admin/newsroom/article/": (14, 100),
    "/admin/newsroom/blurb/": (10, 100),
    "/admin/newsroom/video/": (10, 100),
    "/admin/newsroom/section/": (7, 100),
    "/admin/newsroom/section/?q=part+09": (7, 100),
    "/admin/newsroom/section/{deep}/change/": (6, 100),
    "/admin/newsroom/article/add/": (8, 100),
    "/admin/newsroom/article/?section__id__exact={deep}": (14, 100),
    "/admin/newsroom/blurb/quick/": (6, 100),
    "/admin/autocomplete/?term=part&app_label=newsroom&model_name=section&field_name=parent": (6, 10),
    "/api/v1/sections/": (4, 100),
    "/api/v1/sections/?page_size=100": (4, 200),
    "/api/v1/feed/?section=part-00009": (4, 20),
}


def test_pages_neither_ask_for_nor_hold_every_section(client, tree):
    log_in(client)
    for place, (statements, kilobytes) in PAGES.items():
        address = place.format(deep=tree[1])
        client.get(address)  # what is looked up once in a process

        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)

        assert response.status_code == 200, address
        assert len(queries) <= statements, address
        assert len(response.content) <= kilobytes * 1024, address


def test_filter_offers_the_first_the_chosen_and_a_search(client, tree):
    log_in(client)
    page = client.get(f"/admin/newsroom/article/?section__id__exact={tree[1]}&tab=live")
    (spec,) = [spec for spec in page.context["cl"].filter_specs if isinstance(spec, SearchedFilter)]

    assert (spec.is_searched, len(spec.lookup_choices)) == (True, SearchedFilter.MOST + 1)
    assert spec.search["here"] == "?tab=live"
    assert [article.slug for article in page.context["cl"].result_list] == ["deep"]
    assert "Part 09999</strong>" in page.content.decode()
    for nonsense in ("x", "\x00", "9" * 300):
        answer = client.get("/admin/newsroom/article/", {"section__id__exact": nonsense})
        assert answer.status_code in (200, 302)


def test_few_sections_are_all_in_the_filter(client):
    log_in(client)
    news, sport = make_section("Sport"), make_section("Business")
    below = [make_section("News", slug=f"news-{parent.slug}", parent=parent) for parent in (news, sport)]

    (spec,) = [
        spec
        for spec in client.get("/admin/newsroom/article/").context["cl"].filter_specs
        if isinstance(spec, SearchedFilter)
    ]

    assert not spec.is_searched
    assert sorted(name for _key, name in spec.lookup_choices) == [
        "Business",
        "News (Business)",
        "News (Sport)",
        "Sport",
    ]
    assert len(below) == 2


def test_quick_blurb_offers_the_sections_that_blurbs_stand_in(client, tree):
    log_in(client)
    used = Section.objects.get(pk=tree[1])
    make_blurb(section=used)

    assert client.get("/admin/newsroom/blurb/quick/").json()["sections"] == [[str(used.pk), "Part 09999"]]
