"""How answers travel: caches, validators, other sites' scripts, compression, and errors of every kind."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
import time_machine

from cms.api import caching
from cms.publishing import press
from cms.publishing.models import Change, Edition, Publication, Version
from tests.factories import (
    bring,
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_topics,
    make_video,
    publish,
    update,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LISTS = ["feed", "articles", "blurbs", "videos", "photos", "bylines", "sections", "topics", "changes"]
FULL = "public, max-age=15, s-maxage=60, stale-while-revalidate=30, stale-if-error=86400"
POLL = "public, max-age=15, s-maxage=60, stale-if-error=86400"

pytestmark = pytest.mark.django_db


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def addresses(noon, once):
    return once(make_addresses)


def make_addresses():
    """Every kind of address that answers 200."""
    photo = make_photo()
    section, topic, byline = make_section("World"), make_topic("Flood"), make_byline("Ada")
    common = {"section": section, "topics": [topic], "bylines": [byline]}
    publish(make_article(slug="vote", lead_photo=photo, **common))
    blurb = publish(make_blurb(**common))
    publish(make_video(slug="barrier", poster=photo, **common))
    details = ["articles/vote/", f"blurbs/{blurb.pk}/", "videos/barrier/", f"photos/{photo.pk}/"]
    return [
        "",
        *(f"{name}/" for name in LISTS),
        *details,
        "bylines/ada/",
        "sections/world/",
        "topics/flood/",
        "schema/",
    ]


# Validators


def test_every_answer_has_a_tag_of_its_own_and_is_not_sent_twice(api, addresses, django_assert_max_num_queries):
    tags = set()
    for path in addresses:
        response = api.get(path)
        assert (path, response.status_code) == (path, 200)
        assert response["ETag"].startswith('W/"')
        tag = response["ETag"].removeprefix("W/")
        assert tag.endswith('"')
        tags.add(tag)
        for held in (tag, f"W/{tag}", f'"other", {tag}', f'W/"x",W/{tag} , "y"', "*"):
            with django_assert_max_num_queries(4 if held == "*" else 2):  # is there anything? must be looked up
                unchanged = api.get(path, If_None_Match=held)
            assert (path, held, unchanged.status_code, unchanged.content) == (path, held, 304, b"")
            assert "Content-Type" not in unchanged.headers or path == "schema/"
            assert unchanged["Access-Control-Allow-Origin"] == "*"
        for other in ('"other"', tag[:-2] + '"', tag.strip('"'), "", "é", "x" * 5000, f'{tag[:-1]}-00"', '"-"'):
            assert (path, api.get(path, If_None_Match=other).status_code) == (path, 200)
    assert len(tags) == len(addresses)


def test_not_modified_says_how_long_it_may_be_kept(api, addresses):
    for path in addresses:
        response = api.get(path)
        unchanged = api.get(path, If_None_Match=response["ETag"])
        for name in ("ETag", "Cache-Control", "Vary"):
            assert (path, name, unchanged[name]) == (path, name, response[name])


def test_tag_changes_with_what_readers_see_and_with_the_question(api, noon):
    article = publish(make_article(slug="vote", headline="Before"))
    first = api.get("articles/vote/")

    update(article, headline="After")
    assert api.get("articles/vote/")["ETag"] == first["ETag"]  # saved at the desk, not published

    noon.move_to(after(60))
    publish(article)
    changed = api.get("articles/vote/", If_None_Match=first["ETag"])
    assert (changed.status_code, changed.json()["headline"]) == (200, "After")
    assert int(changed["X-Edition"]) > int(first["X-Edition"])
    assert api.get("articles/vote/?fields=slug", If_None_Match=changed["ETag"]).status_code == 200


def test_another_byline_name_changes_the_tag_of_the_stories_it_is_on(api, noon):
    ada = make_byline("Ada")
    publish(make_article(slug="vote", bylines=[ada]))
    held = api.get("articles/vote/")["ETag"]

    ada.name = "Ada L."
    ada.save()

    response = api.get("articles/vote/", If_None_Match=held)
    assert (response.status_code, response.json()["byline"]) == (200, "By Ada L.")


def test_tags_stay_while_others_publish_elsewhere(api, noon):
    world, sport = make_section("World"), make_section("Sport")
    publish(make_article(slug="a", section=world))
    publish(make_article(slug="b", section=sport))
    same = ["articles/a/", "videos/", "sections/world/"]
    of_world = ["articles/?section=world", "articles/?section=world&count=exact"]
    of_all = ["articles/", "feed/", "changes/"]
    tags = {path: api.get(path)["ETag"] for path in [*same, *of_world, *of_all]}

    def statuses(paths):
        return [api.get(path, If_None_Match=tags[path]).status_code for path in paths]

    noon.move_to(after(5))
    publish(make_article(slug="c", section=sport))
    assert statuses(same + of_world) == [304] * 5
    assert statuses(of_all) == [200] * 3
    edition = Edition.objects.get().number
    assert int(api.get("videos/", If_None_Match=tags["videos/"])["X-Edition"]) == edition

    noon.move_to(after(10))
    publish(make_article(slug="d", section=world))
    assert statuses(same) == [304] * 3
    assert statuses(of_world + of_all) == [200] * 5


def test_tag_of_a_list_tells_whether_there_is_more(api):
    publish(make_article(slug="a"))
    only = api.get("articles/?page_size=1")
    publish(make_article(slug="older"), published_at=datetime(2020, 1, 1, tzinfo=UTC))

    more = api.get("articles/?page_size=1", If_None_Match=only["ETag"])

    assert (only.json()["results"], only.json()["next"]) == (more.json()["results"], None)
    assert more.json()["next"]


def test_every_process_gives_an_answer_the_same_tag(api, addresses):
    tags = {path: api.get(path)["ETag"] for path in addresses}

    for path, tag in tags.items():
        caching._known.clear()  # as in another process
        assert (path, api.get(path, If_None_Match=tag).status_code) == (path, 304)
        caching._known.clear()
        assert (path, api.get(path)["ETag"]) == (path, tag)


def test_not_modified_costs_one_statement(api, addresses, django_assert_num_queries):
    for path in addresses:
        tag = api.get(path)["ETag"]
        with django_assert_num_queries(0 if path == "schema/" else 1):
            assert (path, api.get(path, If_None_Match=tag).status_code) == (path, 304)


def test_edition_of_a_restored_backup_is_not_the_one_of_its_number_that_was_lost(api):
    publish(make_article(slug="a"))
    edition, empty = Edition.objects.get().number, api.get("videos/")["ETag"]
    publish(make_article(slug="lost", lead_photo=make_photo()))
    assert api.get("videos/", If_None_Match=empty).status_code == 304

    Change.objects.filter(edition__gt=edition).delete()  # restored, and gone on from there
    Publication.objects.filter(slug="lost").delete()
    Edition.objects.update(number=edition)
    bring(make_video(slug="film"))

    assert Edition.objects.get().number == edition + 2  # as many as were lost
    assert api.get("videos/", If_None_Match=empty).status_code == 200


def test_details_are_not_sent_again_to_who_has_them_since(api, addresses, noon):
    later, earlier = (format_datetime(after(seconds), usegmt=True) for seconds in (3600, -1))
    noon.move_to(after(60))
    for path in [path for path in addresses if path.count("/") == 2]:
        changed = api.get(path)["Last-Modified"]
        unchanged = api.get(path, If_Modified_Since=changed)
        assert (path, unchanged.status_code, unchanged.content) == (path, 304, b"")
        assert (unchanged["ETag"], unchanged["Last-Modified"]) == (api.get(path)["ETag"], changed)
        assert api.get(path, If_Modified_Since=later).status_code == 304
        for other in (earlier, "", "yesterday", "1772452800", "x" * 5000):
            assert (path, other, api.get(path, If_Modified_Since=other).status_code) == (path, other, 200)
        # The tag counts before the date.
        assert api.get(path, If_Modified_Since=later, If_None_Match='"other"').status_code == 200
        assert api.get(path, If_Modified_Since=earlier, If_None_Match=unchanged["ETag"]).status_code == 304
    for path in ("articles/", "feed/", "changes/", "", "schema/"):
        assert (path, api.get(path, If_Modified_Since=later).status_code) == (path, 200)
    assert api.get("articles/nothing/", If_Modified_Since=later).status_code == 404


def test_date_of_a_detail_moves_with_everything_that_it_shows(api, noon):
    portrait, lead = make_photo(usable_until=after(4000)), make_photo()
    ada = make_byline("Ada", portrait=portrait)
    world, sport = make_section("World"), make_section("Sport")
    europe = make_section("Europe", parent=world)
    related = publish(make_article(slug="related"))
    publish(make_article(slug="vote", bylines=[ada], lead_photo=lead, section=europe, related=[related]))

    def changed_by(act, moment, *paths):
        before = [api.get(path) for path in paths]
        noon.move_to(after(moment))
        act()
        now = [api.get(path, If_Modified_Since=old["Last-Modified"]) for path, old in zip(paths, before, strict=True)]
        same = [path for path, old, new in zip(paths, before, now, strict=True) if old.content == new.content]
        return [response.status_code for response in now], same

    def saved(thing, **values):
        def act():
            for name, value in values.items():
                setattr(thing, name, value)
            thing.save()

        return act

    sections = ["sections/world/", "sections/europe/"]
    assert changed_by(saved(portrait, caption="Ada in Lviv"), 100, "bylines/ada/") == ([200], [])
    assert changed_by(saved(europe, name="All Europe"), 200, *sections, "articles/vote/") == ([200] * 3, [])
    assert changed_by(saved(europe, parent=sport), 300, *sections, "sections/sport/") == ([200] * 3, [])
    assert changed_by(saved(lead, credit_line="B"), 400, "articles/vote/", f"photos/{lead.pk}/") == ([200] * 2, [])
    assert changed_by(lambda: press.withdraw(related), 500, "articles/vote/") == ([200], [])
    assert changed_by(lambda: None, 4000, "bylines/ada/") == ([200], [])  # the rights to the portrait have ended


def test_details_say_when_they_last_changed(api, addresses, noon):
    for path in ("articles/vote/", "videos/barrier/", "bylines/ada/", "sections/world/", "topics/flood/"):
        assert (path, parsedate_to_datetime(api.get(path)["Last-Modified"])) == (path, NOON)
    assert "Last-Modified" not in api.get("articles/").headers


def test_last_change_of_a_story_is_also_that_of_what_it_shows(api, noon):
    ada = make_byline("Ada")
    publish(make_article(slug="vote", bylines=[ada]))
    noon.move_to(after(3600))
    ada.name = "Ada L."
    ada.save()

    assert parsedate_to_datetime(api.get("articles/vote/")["Last-Modified"]) == after(3600)
    assert parsedate_to_datetime(api.get("bylines/ada/")["Last-Modified"]) == after(3600)


# How long answers may be kept


def test_every_list_and_detail_may_be_kept_alike_and_a_poll_is_never_stale(api, addresses):
    for path in addresses:
        assert (path, api.get(path)["Cache-Control"]) == (path, FULL)
    for name in ("feed", "articles", "blurbs", "videos"):
        newer = api(f"{name}/")["newer"]
        assert (name, api.get(newer)["Cache-Control"]) == (name, POLL)
        tag = api.get(newer)["ETag"]
        assert (name, api.get(newer, If_None_Match=tag)["Cache-Control"]) == (name, POLL)
    assert api.get("changes/?after=1")["Cache-Control"] == POLL


def test_fresh_ages_end_when_a_story_goes_live(api, noon):
    publish(make_article(slug="live"))
    publish(make_article(slug="secret"), at=after(40))
    tail = "stale-while-revalidate=30, stale-if-error=86400"

    for path in ("articles/", "feed/", "articles/live/", "changes/", "photos/", "sections/", ""):
        assert (path, api.get(path)["Cache-Control"]) == (path, f"public, max-age=15, s-maxage=40, {tail}")
    noon.move_to(after(33))
    assert api.get("articles/")["Cache-Control"] == f"public, max-age=7, s-maxage=7, {tail}"
    noon.move_to(after(39.5))
    assert api.get("articles/")["Cache-Control"] == f"public, max-age=0, s-maxage=0, {tail}"
    noon.move_to(after(40))
    response = api.get("articles/")
    assert response["Cache-Control"] == FULL
    assert [row["slug"] for row in response.json()["results"]] == ["secret", "live"]


def test_nothing_tells_of_an_embargo_more_than_a_minute_ahead(api, addresses):
    def told():
        for path in addresses:
            tag = api.get(path)["ETag"]
            for held in (tag, "*", '"other"'):
                response = api.get(path, If_None_Match=held)
                yield (
                    path,
                    held == "*",
                    response["Cache-Control"],
                    response.status_code,
                    response["Content-Length"] if response.has_header("Content-Length") else None,
                )

    before = list(told())
    publish(make_article(slug="secret"), at=after(3600))
    update_of_live = publish(make_article(slug="known"))
    edition = Edition.objects.get().number
    press.withdraw(update_of_live)
    assert Edition.objects.get().number > edition

    assert [row[:4] for row in told()] == [row[:4] for row in before]


@pytest.mark.parametrize("path", ["articles/", "articles/soon-over/", "feed/", "articles/points-there/"])
def test_all_ages_end_with_what_the_answer_shows(api, noon, path):
    over = publish(make_article(slug="soon-over"), live_until=after(100))
    publish(make_article(slug="points-there", related=[over]))

    response = api.get(path)

    assert response["Cache-Control"] == "public, max-age=15, s-maxage=60, stale-while-revalidate=30, stale-if-error=40"
    unchanged = api.get(path, If_None_Match=response["ETag"])
    assert (unchanged.status_code, unchanged["Cache-Control"]) == (304, response["Cache-Control"])
    noon.move_to(after(80))
    later = "public, max-age=15, s-maxage=20, stale-while-revalidate=0, stale-if-error=0"
    assert api.get(path)["Cache-Control"] == later
    assert api.get(path, If_None_Match=response["ETag"])["Cache-Control"] == later
    noon.move_to(after(100))
    assert api.get(path, If_None_Match=response["ETag"]).status_code in {200, 410}
    assert "soon-over" not in str(api.get(path).json().get("results", ""))


def test_no_cache_keeps_a_photo_beyond_its_rights(api, noon):
    photo = make_photo(usable_until=after(100))
    ada = make_byline("Ada", portrait=photo)
    publish(make_article(slug="vote", lead_photo=photo, bylines=[ada]))
    blurb = publish(make_blurb(article=make_article_live(api)))

    for path in ("articles/", "articles/vote/", f"photos/{photo.pk}/", "photos/", "bylines/ada/", "bylines/"):
        response = api.get(path)
        ages = dict(part.strip().split("=") for part in response["Cache-Control"].split(",")[1:])
        longest = int(ages["s-maxage"]) + max(int(ages["stale-while-revalidate"]), int(ages["stale-if-error"]))
        assert (path, longest) == (path, 100)
    assert api.get(f"blurbs/{blurb.pk}/")["Cache-Control"] == FULL

    noon.move_to(after(100))
    assert api("articles/vote/")["lead_photo"] is None
    assert api("bylines/ada/")["portrait"] is None
    assert api.get(f"photos/{photo.pk}/").status_code == 404
    assert api("photos/")["results"] == []


def make_article_live(api):
    return publish(make_article(slug="other"))


def test_no_cache_keeps_what_is_seen_only_through_a_story_beyond_its_end(api, noon):
    photo, ada, flood = make_photo(), make_byline("Ada"), make_topic("Flood")
    publish(make_article(lead_photo=photo, bylines=[ada], topics=[flood]), live_until=after(400))
    publish(make_article(bylines=[ada]), live_until=after(1000))

    ends = {f"photos/{photo.pk}/": 400, "photos/": 400, "topics/flood/": 400, "topics/": 400, "bylines/ada/": 1000}
    for path, end in ends.items():
        ages = dict(part.strip().split("=") for part in api.get(path)["Cache-Control"].split(",")[1:])
        assert (path, int(ages["s-maxage"]) + int(ages["stale-if-error"])) == (path, end)
    publish(make_article(lead_photo=photo))
    assert api.get(f"photos/{photo.pk}/")["Cache-Control"] == FULL


def test_scheduled_update_leaves_the_story_up_and_the_caches_short(api, noon):
    article = publish(make_article(slug="vote", headline="Before"))
    update(article, headline="After")
    publish(article, at=after(10))

    response = api.get("articles/vote/")
    assert response.json()["headline"] == "Before"
    assert response["Cache-Control"].startswith("public, max-age=10, s-maxage=10,")
    noon.move_to(after(10))
    assert api.get("articles/vote/", If_None_Match=response["ETag"]).json()["headline"] == "After"


# Purging


def test_answers_name_what_they_show_for_a_purge(api, addresses):
    publication = Publication.objects.get(slug="vote")

    tag = publication.key.hex[:16]
    assert api.get("articles/vote/")["Surrogate-Key"] == tag
    assert api.get("articles/")["Surrogate-Key"] == f"articles {tag}"
    assert len(api.get("feed/")["Surrogate-Key"].split()) == 4


def test_tags_stand_in_the_header_of_the_site_s_cdn(api, settings):
    publish(make_article(topics=make_topics(f"T {number}" for number in range(100))))
    headers = {"Surrogate-Key": " ", "xkey": " ", "Cache-Tag": ",", "Edge-Cache-Tag": ","}

    for header, separator in headers.items():
        settings.CACHE_TAG_HEADER = header
        for path in ("articles/", "topics/?page_size=100"):
            response = api.get(path)
            assert headers.keys() & set(response.headers) == {header}
            assert len(response[header]) <= 4096
            assert len(response[header].split(separator)) == len(response.json()["results"]) + 1


# Other sites' scripts, cookies, compression, HEAD


def test_any_site_may_read(api, addresses):
    for path in addresses:
        response = api.get(path, Origin="https://news.example.org")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Access-Control-Expose-Headers"] == "ETag, X-Edition, Retry-After"
        assert "Access-Control-Allow-Credentials" not in response.headers
    for path in ("nothing/", "articles/nothing/", "articles/?x=1"):
        assert api.get(path)["Access-Control-Allow-Origin"] == "*"


def test_preflight_is_answered_without_the_database(api, django_assert_num_queries):
    for path in ("articles/", "articles/vote/", ""):
        with django_assert_num_queries(0):
            response = api.client.options(
                f"/api/v1/{path}",
                headers={
                    "Origin": "https://news.example.org",
                    "Access-Control-Request-Method": "GET",
                    "Access-Control-Request-Headers": "if-none-match",
                },
            )
        assert (response.status_code, response.content) == (204, b"")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        allowed = "Authorization, Content-Type, If-None-Match, If-Match"
        assert response["Access-Control-Allow-Headers"] == allowed
        assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_no_cookies_and_nothing_that_varies_by_them(api, addresses, client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("chief", password="x"))
    for path in [*addresses, "nothing/", "articles/?x=1"]:
        response = client.get(f"/api/v1/{path}", headers={"Accept-Language": "uk"})
        assert "Set-Cookie" not in response.headers
        assert not response.cookies
        is_one = path.count("/") == 2 and path != "nothing/"  # of which there are other formats that Accept may ask for
        assert response["Vary"] == f"{'Accept, ' if is_one else ''}Accept-Encoding, Authorization"
        assert without_id(response) == without_id(api.get(path))


def without_id(response):
    """What was answered, but for what tells the request from others."""
    return response.content.replace(response["X-Request-ID"].encode(), b"")


def test_compressed_when_asked(api):
    for _ in range(8):
        publish(make_article())
    plain = api.get("articles/")
    assert not plain.has_header("Content-Encoding")

    for accepted in ("gzip", "br, gzip;q=0.5", "deflate, GZIP"):
        response = api.get("articles/", Accept_Encoding=accepted)
        assert response["Content-Encoding"] == "gzip"
        assert gzip.decompress(response.content) == plain.content
        assert response["ETag"] == plain["ETag"]
        assert int(response["Content-Length"]) == len(response.content)
        assert api.get("articles/", Accept_Encoding=accepted, If_None_Match=response["ETag"]).status_code == 304
    for refused in ("", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0"):
        assert not api.get("articles/", Accept_Encoding=refused).has_header("Content-Encoding")


def test_head_is_get_without_the_body(api, addresses):
    for path in [*addresses, "articles/nothing/", "nothing/", "articles/?x=1"]:
        for encoding in ("", "gzip"):
            got = api.get(path, Accept_Encoding=encoding)
            head = api.client.head(f"/api/v1/{path}", headers={"Accept-Encoding": encoding})
            assert (path, head.status_code, head.content) == (path, got.status_code, b"")
            headers = dict(got.headers) | {"Content-Length": str(len(got.content))}
            if "Last-Modified" not in headers or path:
                assert {**head.headers, "X-Request-ID": headers["X-Request-ID"]} == headers


def test_answers_say_of_which_edition_they_are(api, addresses):
    number = str(Edition.objects.get().number)
    for path in addresses:
        if path != "schema/":
            assert (path, api.get(path)["X-Edition"]) == (path, number)


# Errors


def test_credentials_are_never_taken_for_nothing(api, addresses):
    for path in [*addresses, "articles/nothing/", "sections/nothing/"]:
        for word in ("Bearer x", "Preview x", "Basic eDp5", "Token", "x" * 5000, "", "é"):
            response = api.get(path, Authorization=word)
            assert (path, response.status_code) == (path, 401)
            assert response["Content-Type"] == "application/problem+json"
            assert response["WWW-Authenticate"].startswith("Preview")
            assert response["Cache-Control"] == "no-store"
            assert response.json()["type"] == "/problems/unauthorized"
            assert "xxxx" not in response.content.decode()


def test_what_is_not_there_may_be_forgotten_in_ten_seconds_and_other_errors_at_once(api):
    publish(make_article())
    for path in ("nothing/", "articles/nothing/", "sections/nothing/", "photos/x/", "articles/?page=2"):
        response = api.get(path)
        assert (path, response.status_code, response["Cache-Control"]) == (path, 404, "public, max-age=10")
    for path in ("articles/?x=1", "articles/?page_size=0", "articles/?a=%00", "articles/?cursor=x"):
        assert (path, api.get(path)["Cache-Control"]) == (path, "no-store")


@pytest.mark.parametrize("reason", ["withdrawn", "error", "duplicate", "legal"])
def test_withdrawn_is_gone_with_its_reason(api, noon, reason):
    items = {
        "articles/vote/": publish(make_article(slug="vote")),
        "videos/barrier/": publish(make_video(slug="barrier")),
    }
    blurb = publish(make_blurb())
    items[f"blurbs/{blurb.pk}/"] = blurb
    noon.move_to(after(60))
    for path, item in items.items():
        assert api.get(path).status_code == 200
        press.withdraw(item, reason)

        response = api.get(path)

        assert (response.status_code, response["Cache-Control"]) == (410, "public, max-age=10")
        problem = response.json()
        assert (problem["type"], problem["status"]) == ("/problems/gone", 410)
        assert (problem["reason"], problem["withdrawn_at"]) == (reason, "2026-03-02T12:01:00Z")
        assert api.client.head(f"/api/v1/{path}").status_code == 410


def test_expired_is_gone_and_the_never_published_was_never_there(api, noon):
    publish(make_article(slug="over"), live_until=after(50))
    publish(make_article(slug="to-come"), at=after(1000))
    make_article(slug="draft")
    noon.move_to(after(60))

    gone = api.get("articles/over/").json()
    assert (gone["reason"], gone["withdrawn_at"]) == ("expired", "2026-03-02T12:00:50Z")
    answers = []
    for slug in ("to-come", "draft", "nothing"):
        response = api.get(f"articles/{slug}/")
        answers.append(
            (response.status_code, {**response.json(), "instance": "", "request_id": ""}, dict(response.headers))
        )
    assert answers[0][:2] == answers[1][:2] == answers[2][:2]
    assert answers[0][2]["Cache-Control"] == "public, max-age=10"


def test_new_story_may_take_the_slug_of_a_withdrawn_one(api):
    old = publish(make_article(slug="vote", headline="Old"))
    press.withdraw(old)
    new = make_article(slug="vote", headline="New")
    assert api.get("articles/vote/").status_code == 410

    publish(new)

    assert api("articles/vote/")["headline"] == "New"


def test_old_slug_leads_to_the_new_one_with_its_question(api):
    article = publish(make_article(slug="old"))
    update(article, slug="повінь")
    publish(article)
    topic = make_topic("Flood")
    publish(make_article(topics=[topic]))
    topic.slug = "floods"
    topic.save()

    for end in ("", "/"):
        response = api.get(f"articles/old{end}?fields=slug,headline&format=json")
        assert response.status_code == 308
        address = "/api/v1/articles/%D0%BF%D0%BE%D0%B2%D1%96%D0%BD%D1%8C/?fields=slug,headline&format=json"
        assert response["Location"].endswith(address)
        assert response["Location"].startswith("http://localhost:")
        assert api.get(f"topics/flood{end}")["Location"].endswith("/api/v1/topics/floods/")
    assert api.client.get(address).json()["slug"] == "повінь"


def test_nothing_else_redirects(api, addresses):
    for path in addresses:
        assert api.get(path).content == api.get(path.rstrip("/")).content
        assert api.get(f"{path.rstrip('/')}//").status_code in {404, 200 if not path else 404}


def break_live(slug):
    """Leave nonsense in a live version, as no way through the press could."""
    publication = Publication.objects.get(slug=slug)
    Version.objects.filter(pk=publication.version_id).update(data={"headline": 5, "bylines": [{"link": "secret-word"}]})
    Publication.objects.update(rendering="", card="", document="")


def test_story_that_cannot_be_shown_is_not_there(api):
    publish(make_article(slug="broken"))
    break_live("broken")

    for path in ("articles/broken/", "articles/broken/?fields=slug"):
        response = api.get(path)
        assert (response.status_code, response["Cache-Control"]) == (404, "public, max-age=10")
        assert "secret-word" not in str(response.json())


def test_fault_of_ours_is_a_problem_without_details(api):
    Edition.objects.all().delete()

    for path in ("articles/", "articles/?fields=slug"):
        response = api.get(path, Accept="text/html")
        assert response.status_code == 500
        assert response["Content-Type"] == "application/problem+json"
        assert response["Cache-Control"] == "no-store"
        problem = response.json()
        assert problem["type"] == "/problems/internal-error"
        assert "list index" not in str(problem)
        assert "Error" not in problem["detail"]
        assert response["Access-Control-Allow-Origin"] == "*"
