"""How many statements an answer costs: few, and as many for three rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.publishing.models import Publication
from newsroom.models import Byline
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
)

pytestmark = pytest.mark.django_db
LISTS = {
    "feed/": 2,
    "articles/": 2,
    "articles/?section=world": 3,
    "articles/?section=world&topic=flood&byline=ada&language=en": 3,
    "feed/?section=world&exclude_topic=other&count=exact": 3,
    "articles/?page=1&count=exact": 2,
    "blurbs/": 2,
    "videos/": 2,
    "photos/": 2,
    "bylines/": 2,
    "sections/": 3,
    "topics/": 2,
    "changes/": 2,
}


def cost(api, path):
    with CaptureQueriesContext(connection) as queries:
        response = api.get(path)
    assert (path, response.status_code) == (path, 200)
    return len(queries), response.json()


@pytest.fixture
def more(api):
    """Publishes one more of everything, all of it under the same section, topic and byline, and lets it be rendered."""
    section, topic, byline = make_section("World"), make_topic("Flood"), make_byline("Ada", portrait=make_photo())

    def add():
        photo = make_photo(width=80, height=60)
        topics, bylines = [topic, make_topic()], [byline, make_byline(portrait=photo)]
        common = {"section": section, "topics": topics, "bylines": bylines}
        make_section(parent=section)
        article = publish(make_article(lead_photo=photo, **common))
        video = publish(make_video(poster=photo, **common))
        publish(make_article(lead_photo=photo, lead_video=video, related=[article], **common))
        publish(make_blurb(article=article, video=video, photo=photo, **common))
        api("feed/?page_size=100")
        return article, video, photo

    add()
    return add


def test_lists_cost_as_much_for_many_as_for_one(api, more):
    paths = [f"{path}{'&' if '?' in path else '?'}page_size=100" for path in LISTS]
    costs = {path: cost(api, path)[0] for path in paths}
    assert costs == dict(zip(paths, LISTS.values(), strict=True))
    assert max(costs.values()) <= 3

    more()
    more()

    for path in paths:
        number, page = cost(api, path)
        assert (path, number) == (path, costs[path])
        assert len(page["results"]) >= 3


SEARCHES = {
    "articles/?search=story": 2,
    "feed/?search=story+flood+-nothing": 2,
    "feed/?search=%22ada%22+sto*+fl*": 2,
    "feed/?search=story&ordering=-published_at": 2,
    "feed/?search=story&ordering=published_at&section=world&topic=flood": 3,
    "feed/?search=story&section=world&exclude_topic=other&count=exact": 3,
    "articles/?search=story&page=1&count=exact&updated_after=2020-01-01": 2,
    "feed/?search=story&language=en&fields=headline,match": 2,
    "bylines/?search=ada": 3,
    "bylines/?search=ada&ordering=name&count=exact": 3,
    "topics/?search=flo*&count=exact": 3,
    "photos/?search=street&ordering=published_at": 3,
}


def test_searches_cost_as_much_for_many_as_for_one(api, more):
    paths = [f"{path}&page_size=100" for path in SEARCHES]
    api("feed/?search=first")  # of an edition it asks what the whole index is like

    assert {path: cost(api, path)[0] for path in paths} == dict(zip(paths, SEARCHES.values(), strict=True))
    more()
    more()
    assert cost(api, "feed/?search=story")[0] == 3
    for path, most in zip(paths, SEARCHES.values(), strict=True):
        number, page = cost(api, path)
        assert (path, number) == (path, most)
        assert page["results"] != []


def test_following_pages_of_a_search_cost_as_much_as_the_first(api, more):
    for _ in range(2):
        more()
    for path in ("feed/?search=story", "feed/?search=story&ordering=-published_at", "feed/?search=sto*"):
        first = api(f"{path}&page_size=2&count=exact")
        number, second = cost(api, first["next"])
        assert (path, number, second["count"]) == (path, 2, first["count"])
        assert cost(api, f"{path}&page_size=2&page=3")[0] == 2


def test_search_that_finds_nothing_says_how_many_at_no_further_cost(api, more):
    api("feed/?search=first")
    number, page = cost(api, "feed/?search=%221%22&count=exact")
    assert (number, page["count"], page["results"]) == (2, 0, [])


def test_details_cost_little(api, more):
    article, video, photo = more()
    paths = {
        f"articles/{article.slug}/": 2,
        f"articles/{article.slug}/?fields=headline": 2,
        f"videos/{video.slug}/": 2,
        f"photos/{photo.pk}/": 2,
        "bylines/ada/": 2,
        "sections/world/": 3,
        "topics/flood/": 2,
    }

    assert {path: cost(api, path)[0] for path in paths} == paths


def test_updates_of_a_live_story_cost_little(api):
    story = publish(make_article(slug="live", genre="live", topics=[make_topic(type="series")]))
    for number in range(7):
        publish(make_blurb(article=story, is_key=number % 2 == 0, is_pinned=number < 2))
    first = api("articles/live/updates/?page_size=3")
    api("articles/live/")
    paths = {
        "articles/live/": 2,
        "articles/live/updates/?page_size=3": 4,
        first["next"]: 3,
        first["newer"]: 3,
        "blurbs/?about=live": 3,
    }

    assert {path: cost(api, path)[0] for path in paths} == paths


def test_story_with_thirty_photos_costs_as_much_as_one_with_none(api):
    links = [{"link": "photo", "id": str(make_photo(width=40, height=30).pk)} for _ in range(30)]
    gallery = {"id": "g", "type": "gallery", "photos": links}
    full, bare = publish(make_article(body=[gallery])), publish(make_article())

    shown = cost(api, f"articles/{full.slug}/")
    assert len(shown[1]["body"][0]["photos"]) == 30
    assert shown[0] == cost(api, f"articles/{bare.slug}/")[0] == 2


def test_not_modified_costs_one_statement(api, more):
    for path in LISTS:
        tag = api.get(path)["ETag"]
        with CaptureQueriesContext(connection) as queries:
            assert api.get(path, If_None_Match=tag).status_code == 304
        assert (path, len(queries)) == (path, 1)


def test_rendering_again_costs_as_much_for_many_as_for_one(api, more):
    def first_read_after_a_rename(path):
        byline = Byline.objects.get(slug="ada")
        byline.name += "!"
        byline.save()
        assert Publication.objects.filter(rendering="").exists()
        number, page = cost(api, path)
        assert all("!" in row["byline"] for row in page["results"])
        assert cost(api, path)[0] == LISTS[path]  # and it was kept
        return number

    costs = {path: first_read_after_a_rename(path) for path in ("feed/", "articles/", "blurbs/")}
    more()
    more()

    assert {path: first_read_after_a_rename(path) for path in costs} == costs


def test_refused_questions_cost_nothing(api, django_assert_num_queries):
    for path in ("articles/?colour=red", "feed/?page_size=0", "photos/?cursor=x", "articles/x/?page=1", "nothing/"):
        with django_assert_num_queries(0):
            api.get(path)
