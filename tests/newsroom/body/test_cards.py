"""What the cards in a story's body ask the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.publishing import press
from newsroom.body import cards
from newsroom.models import Article
from tests.factories import make_article, make_photo, make_section, make_video, publish

pytestmark = pytest.mark.django_db
CARDS = "/admin/newsroom/article/cards"


def log_in(client, *permissions):
    user = User.objects.create_user("writer", is_staff=True, is_superuser=not permissions)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def headlines(response):
    assert response.status_code == 200
    return [row["headline"] for row in response.json()["results"]]


def saved_before(article, days):
    Article.objects.filter(pk=article.pk).update(modified_at=article.modified_at - timedelta(days=days))


def test_story_is_found_by_any_of_its_words_the_newest_first(desk):
    first = publish(make_article(headline="The river rises", slug="river-1", lead_photo=make_photo()))
    make_article(headline="The RIVER falls", slug="river-2")
    make_article(headline="Річка піднялася", slug="річка-піднялася")
    make_article(headline="Something else", slug="else")

    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "river"})) == ["The RIVER falls", "The river rises"]
    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "rises riv"})) == ["The river rises"]
    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "РІЧКА"})) == ["Річка піднялася"]
    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "nowhere"})) == []
    assert len(headlines(desk.get(f"{CARDS}/stories/"))) == 4
    row = desk.get(f"{CARDS}/stories/", {"q": "rises"}).json()["results"][0]
    assert (row["id"], row["state"], row["state_name"]) == (str(first.pk), "Live", "live")
    assert row["picture"].startswith("/media/")
    assert row["address"] == f"/admin/newsroom/article/{first.pk}/change/"


def test_story_is_not_offered_to_itself_and_what_was_withdrawn_not_at_all(desk):
    mine = make_article(headline="The river, mine", slug="mine")
    gone = publish(make_article(headline="The river, gone", slug="gone"))
    press.withdraw(gone)

    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "river", "but": str(mine.pk)})) == []
    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "river", "but": "no id"})) == ["The river, mine"]


def test_old_story_is_found_by_the_beginning_of_its_headline(desk, monkeypatch):
    monkeypatch.setattr(cards, "LATELY", 2)
    old = make_article(headline="Harbour wall collapses", slug="harbour-wall-collapses")
    saved_before(old, days=900)
    for number in range(3):
        saved_before(make_article(headline=f"Harbour {number}", slug=f"new-{number}"), days=number)

    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "harbour wall"})) == ["Harbour wall collapses"]
    assert headlines(desk.get(f"{CARDS}/stories/", {"q": "collapses"})) == []


def test_video_is_found_by_its_headline(desk):
    make_video(headline="The bridge from above")
    make_video(headline="A match")

    assert headlines(desk.get(f"{CARDS}/videos/", {"q": "bridge"})) == ["The bridge from above"]


@pytest.mark.parametrize("asked", ["\x00", "%", "_", "'", '"', "a" * 5000, "\\", "(" * 50, " ".join("abcdefghijklmno")])
def test_nothing_that_is_typed_breaks_a_search(desk, asked):
    assert desk.get(f"{CARDS}/stories/", {"q": asked}).status_code == 200


def test_search_costs_the_same_however_many_are_found(desk):
    costs = []
    for _ in range(2):
        for _ in range(4):
            publish(make_article(headline="The river again", lead_photo=make_photo()))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            desk.get(f"{CARDS}/stories/", {"q": "river"})
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert costs[0] <= 7


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="other databases read a small table from end to end")
def test_search_walks_indexes_only(monkeypatch):
    monkeypatch.setattr(cards, "LATELY", 1)
    for _ in range(3):
        make_article()
    plans = []

    def explain(execute, sql, params, many, context):
        plans.extend(
            row[3] for row in connection.connection.execute(f"EXPLAIN QUERY PLAN {sql.replace('%s', '?')}", params)
        )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        cards.search(Article, "story")
        cards.search(Article, "")
    assert len(plans) == 4
    assert [plan for plan in plans if "INDEX" not in plan] == []


def test_reporter_who_may_not_see_something_is_told_nothing_of_it(client):
    photo = make_photo()
    make_article(headline="The river rises")
    log_in(client, "add_topic")

    for name in ("stories", "videos", "address"):
        assert client.get(f"{CARDS}/{name}/", {"q": "river", "url": "https://youtu.be/abcdefghijk"}).status_code == 403
    assert client.get(f"{CARDS}/photos/", {"ids": str(photo.pk)}).status_code == 403
    client.logout()
    assert client.get(f"{CARDS}/stories/").status_code == 302


def test_who_may_see_stories_alone_finds_no_videos_and_no_photos(client):
    log_in(client, "view_article")

    assert client.get(f"{CARDS}/stories/").status_code == 200
    assert client.get(f"{CARDS}/address/", {"url": "https://youtu.be/abcdefghijk"}).status_code == 200
    assert client.get(f"{CARDS}/videos/").status_code == 403
    assert client.get(f"{CARDS}/photos/").status_code == 403


def test_card_says_what_its_photo_lacks(desk):
    fine, bare = make_photo(caption="A bridge"), make_photo(credit_line="", alt_text="")

    told = desk.get(f"{CARDS}/photos/", {"ids": f"{fine.pk},{bare.pk},junk"}).json()["photos"]

    assert (told[str(fine.pk)]["caption"], told[str(fine.pk)]["lacks"]) == ("A bridge", [])
    assert told[str(bare.pk)]["lacks"] == ["credit_line", "alt_text"]


def test_card_asks_for_a_credit_those_alone_who_may_write_it(client):
    photo = make_photo(credit_line="")
    log_in(client, "view_photo", "view_article")

    told = client.get(f"{CARDS}/photos/", {"ids": str(photo.pk)}).json()["photos"][str(photo.pk)]

    assert (told["lacks"], told["may_mend"]) == (["credit_line"], False)


@pytest.mark.apart
def test_address_of_a_provider_becomes_a_player(desk):
    answer = desk.get(f"{CARDS}/address/", {"url": "youtu.be/abcdefghijk"}).json()

    url = "https://youtu.be/abcdefghijk"
    assert answer["block"] == {"type": "embed", "provider": "youtube", "url": url, "title": None}
    assert answer["shown"]["provider"] == "YouTube"


@pytest.mark.apart
@pytest.mark.parametrize(
    "url", ["https://example.org/film", "javascript:alert(1)", "", "http://[", "a b", "https://" + "a" * 3000]
)
def test_other_address_is_refused_in_words(desk, url):
    answer = desk.get(f"{CARDS}/address/", {"url": url}).json()

    assert set(answer) == {"refusal"}
    assert len(answer["refusal"]) < 500


def test_address_of_a_story_of_ours_becomes_a_related_card(desk, settings):
    settings.FRONT_URL = "https://news.example"
    live = publish(make_article(headline="The river rises", slug="river-rises"))
    draft = make_article(slug="later")

    def led_to(url):
        return desk.get(f"{CARDS}/address/", {"url": url}).json().get("block", {}).get("article", {}).get("id")

    assert led_to("https://news.example/articles/river-rises") == str(live.pk)
    assert led_to("https://news.example/articles/river-rises/?from=mail#top") == str(live.pk)
    assert led_to(f"{settings.PUBLIC_URL}/api/v1/articles/river-rises/") == str(live.pk)
    assert led_to(f"http://testserver/admin/newsroom/article/{draft.pk}/change/") == str(draft.pk)
    assert led_to("https://news.example/articles/nothing-here") is None
    assert led_to("https://elsewhere.example/articles/river-rises") is None


@pytest.mark.apart
@pytest.mark.parametrize(
    ("path", "shown_at"),
    [
        ("/{section}/{yyyy}/{mm}/{slug}", "/energy/2026/02/river-rises"),
        ("/{section}/{yyyy}/{mm}/{slug}", "/energy/2026/02/river-rises/?utm_source=mail#top"),
        ("/{section}/{yyyy}/{mm}/{slug}", "/sport/2019/11/river-rises"),  # it stood elsewhere when the link was copied
        ("/{section}/{yyyy}/{mm}/{slug}", "/2026/02/river-rises"),
        ("/{section}/{yyyy}/{mm}/{slug}", "/articles/river-rises"),  # copied before the setting was changed
        ("/{slug}", "/river-rises"),
        ("/новини/{slug}.html", "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/river-rises.html"),
        ("/{yyyy}/{mm}/{dd}/{slug}-a{id}", "/2026/02/20/river-rises-a{id}"),
        ("/story/{id}/", "/story/{id}"),
        ("/story/{id}/", "/story/{id}/"),
    ],
)
def test_address_of_a_story_is_known_wherever_the_site_shows_stories(desk, settings, path, shown_at):
    settings.FRONT_URL = "https://news.example/en"
    settings.WEB_PATHS = {"article": path}
    story = publish(make_article(slug="river-rises"))
    publish(make_article(slug="another"))

    url = f"https://news.example/en{shown_at}".replace("{id}", str(story.pk))

    answer = desk.get(f"{CARDS}/address/", {"url": url}).json()
    assert answer["block"]["article"]["id"] == str(story.pk)


def test_page_of_the_desk_is_no_story_of_a_site_that_has_them_at_its_root(desk, settings):
    settings.WEB_PATHS = {"article": "/{section}/{slug}"}
    settings.FRONT_URL = settings.PUBLIC_URL
    publish(make_article(slug="admin"))

    answer = desk.get(f"{CARDS}/address/", {"url": f"{settings.PUBLIC_URL}/admin/newsroom/article/"}).json()

    assert set(answer) == {"refusal"}


@pytest.mark.apart
@pytest.mark.parametrize("path", ["/articles/{slug}", "/{section}/{yyyy}/{slug}"])
def test_page_of_a_story_costs_the_same_however_many_cards_it_has(desk, settings, path):
    settings.WEB_PATHS = {"article": path}

    def costs(body):
        article = make_article(body=body)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(f"/admin/newsroom/article/{article.pk}/change/").status_code == 200
        return len(asked)

    def cards_of(many):
        for at in range(many):
            photo = make_photo()
            yield {"id": f"p{at}", "type": "photo", "photo": {"link": "photo", "id": str(photo.pk)}}
            story = publish(make_article(lead_photo=photo, section=make_section()))
            yield {"id": f"r{at}", "type": "related", "article": {"link": "article", "id": str(story.pk)}}
            video = {"link": "video", "id": str(make_video().pk), "whole": True}
            yield {"id": f"v{at}", "type": "video", "video": video}

    costs([])  # the first page looks up what is kept for the next
    assert costs(list(cards_of(4))) == costs(list(cards_of(1)))
