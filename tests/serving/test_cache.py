"""Kept answers: whoever asks gets what readers see now, whatever was kept before."""

import asyncio
import contextlib
import gzip
import os
import re
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from cms.api.cache import Cache, Kept, question, request
from cms.api.middleware import takes_gzip
from cms.api.shared_answers import SEAL_BYTES, SharedAnswers, packed
from cms.publishing import newest, press
from cms.publishing.models import Edition
from cms.publishing.newest import Newest
from cms.serving.watching import Sight
from tests.factories import make_article, make_byline, make_photo, make_section, publish, update
from tests.serving import Protocol, Scope, run, until

FEED = "/api/v1/feed/"


def slugs(answer):
    return [row["slug"] for row in answer.json()["results"]]


def cache_of(within):
    return within.application.cache


def test_what_is_asked_for_again_is_found_and_not_made(within):
    publish(make_article(slug="one"))
    first, second = within.get(FEED), within.get(FEED)

    assert (cache_of(within).hits, cache_of(within).made) == (1, 1)
    assert second.body == first.body
    assert own(second.headers) == own(first.headers)


def own(headers, *left_out):
    """The headers of an answer, but for those that name this one request."""
    named = {name.lower(): value for name, value in headers.items()}
    return {name: value for name, value in named.items() if name not in {"x-request-id", "content-length", *left_out}}


def test_a_kept_answer_is_what_django_answers(within):
    publish(make_article(slug="one", lead_photo=make_photo(), section=make_section("World")))
    paths = [FEED, "/api/v1/articles/one/", "/api/v1/sections/", "/api/v1/", "/api/v1/changes/?after=0"]
    django = Client(headers={"host": "localhost"})
    for path in paths:
        within.get(path)
        for accepted in ["identity", "gzip"]:
            kept, made = (
                within.get(path, accept_encoding=accepted),
                django.get(path, headers={"accept-encoding": accepted}),
            )
            assert kept.body[10:] == made.content[10:]  # gzip's head tells the time
            assert own(kept.headers) == own(made.headers)
        tag = made.headers["ETag"]
        kept, made = within.get(path, if_none_match=tag), django.get(path, headers={"if-none-match": tag})
        assert (kept.status, kept.body, made.status_code) == (304, b"", 304)
        assert own(kept.headers) == own(made.headers, "content-type")
    assert cache_of(within).made == len(paths)


def test_what_is_published_updated_and_withdrawn_is_seen_by_the_next_reader(within):
    first = publish(make_article(slug="first"))
    seen = [slugs(within.get(FEED))]
    second = publish(make_article(slug="second"))
    seen.append(slugs(within.get(FEED)))
    update(first, headline="Another")
    publish(first)
    headlines = [row["headline"] for row in within.get(FEED).json()["results"]]
    press.withdraw(second)
    seen.append(slugs(within.get(FEED)))

    assert seen == [["first"], ["second", "first"], ["first"]]
    assert "Another" in headlines
    assert within.get("/api/v1/articles/second/").status == 410


def test_a_renamed_byline_is_seen_by_the_next_reader(within):
    byline = make_byline("Old Name")
    publish(make_article(slug="one", bylines=[byline]))
    assert within.get("/api/v1/articles/one/").json()["byline"] == "By Old Name"
    byline.name = "New Name"
    byline.save()

    assert within.get("/api/v1/articles/one/").json()["byline"] == "By New Name"


def test_an_answer_that_shows_the_same_keeps_its_tag_after_a_new_edition(within):
    world, sport = make_section("World"), make_section("Sport")
    publish(make_article(slug="quiet", section=world))
    before = within.get(f"{FEED}?section=world")
    publish(make_article(slug="loud", section=sport))
    after = within.get(f"{FEED}?section=world", if_none_match=before.headers["etag"])

    assert (after.status, after.body) == (304, b"")
    assert after.headers["etag"] == before.headers["etag"]
    assert int(after.headers["x-edition"]) > int(before.headers["x-edition"])


def test_two_spellings_of_a_question_are_one(within):
    publish(make_article(slug="one"))
    spellings = [
        ("feed/?kind=article&page_size=5", "feed?page_size=5&kind=article"),
        ("feed/", "feed"),
        ("feed/", "feed/?"),
        ("feed/?kind=article", "feed/?&kind=article&"),
    ]
    for one, other in spellings:
        tags = {within.get(f"/api/v1/{path}").headers["etag"] for path in (one, other)}
        made = Client(headers={"host": "localhost"}).get(f"/api/v1/{other}").headers["ETag"]
        assert tags == {made}, other
    assert cache_of(within).made == 3


def test_no_refused_question_is_taken_for_one_that_was_answered(within):
    publish(make_article(slug="one"))
    pairs = [
        ("feed/?page_size=2", "feed/?page_size=2&page_size=2", 400),
        ("feed/?page_size=2", "feed/?page_size=2&sectoin=a", 400),
        ("feed/?section=%25zz", "feed/?section=%zz", 400),
        ("feed/", "feed//", 404),
        ("feed/", "Feed/", 404),
        ("feed/?page_size=2", "feed/?page_size=2;", 400),
        ("feed/?kind=article", "feed/?kind=", 400),
        ("articles/one/", "articles/one/?page=1", 400),
        ("articles/one/", "articles/one/two/", 404),
    ]
    for answered, refused, status in pairs:
        assert within.get(f"/api/v1/{answered}").status == 200
        assert [within.get(f"/api/v1/{refused}").status for _ in range(2)] == [status, status], refused
    assert cache_of(within).made == len({answered for answered, _, _ in pairs})


@pytest.mark.parametrize("path", ["/api/v1/feed?search=a", "/api/v1/feed%3Fsearch=a", "/api/v1/feed /api/v1/feed"])
def test_no_address_passes_for_a_question(path):
    scope = Scope("GET", "", {})
    scope.path, scope.query_string = path, ""
    assert question(request(scope, scope.path, scope.headers, "localhost")) is None
    scope.path, scope.query_string = "/api/v1/feed/", "search=a?"
    assert question(request(scope, scope.path, scope.headers, "localhost")) == " /api/v1/feed?search=a?"


def test_whoever_shows_more_than_a_reader_never_meets_the_cache(within):
    publish(make_article(slug="one"))
    within.get(FEED)
    shown = [
        ({"authorization": "Bearer nobody"}, 401),
        ({"authorization": ""}, 401),
        ({"authorization": "Preview made-up"}, 401),
        ({"accept": "application/json;q=0"}, 406),
        ({"host": "evil.example"}, 400),
        ({"host": "localhost:8000@evil.example"}, 400),
        ({"cookie": "sessionid=1"}, 200),
    ]
    for headers, status in shown:
        assert [within.get(FEED, **headers).status for _ in range(2)] == [status, status], headers
    assert (cache_of(within).made, cache_of(within).hits) == (1, 0)


def test_an_error_is_not_kept(within):
    paths = ["/api/v1/articles/none/", f"{FEED}?oops=1", "/api/v1/none/", f"{FEED}?page=2"]
    statuses = [[within.get(path).status for _ in range(2)] for path in paths]

    assert statuses == [[404, 404], [400, 400], [404, 404], [404, 404]]
    assert cache_of(within).made == 0
    publish(make_article(slug="none"))
    assert within.get(paths[0]).status == 200


def test_head_tells_what_get_would(within):
    publish(make_article(slug="one"))
    head, get = within.ask("HEAD", FEED), within.get(FEED)

    assert (head.status, head.body) == (200, b"")
    assert own(head.headers) == own(get.headers)
    assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("GZIP", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip ; q=0", False),
        ("gzip; Q=0.5", True),
        ("gzip;q=0.001", True),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0, gzip;q=0.5", True),
        ("gzip;q=oops", False),
        ("notgzip", False),
        ("deflate", False),
        ("x-gzip", True),
        ("*", False),
    ],
)
def test_gzip_is_sent_to_whom_it_suits(accepted, is_packed):
    assert takes_gzip(accepted) == is_packed


def test_packed_and_not_it_is_the_same_answer(within):
    for number in range(3):
        publish(make_article(slug=f"story-{number}"))
    plain, packed = within.get(FEED), within.get(FEED, accept_encoding="gzip")

    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(packed.body))
    assert packed.headers["etag"] == plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding, Authorization"
    assert "content-encoding" not in plain.headers


def test_who_has_it_is_told_so(within):
    publish(make_article(slug="one"))
    fresh = within.get("/api/v1/articles/one/")
    tag, date = fresh.headers["etag"], fresh.headers["last-modified"]
    old = "Thu, 01 Jan 1970 00:00:00 GMT"

    def status(**headers):
        return within.get("/api/v1/articles/one/", **headers).status

    assert status(if_none_match=tag) == 304
    assert status(if_none_match=tag.removeprefix("W/")) == 304
    assert status(if_none_match=f'"other", {tag}') == 304
    assert status(if_none_match="*") == 304
    assert status(if_none_match='"other"') == 200
    assert status(if_modified_since=date) == 304
    assert status(if_modified_since=old) == 200
    assert status(if_modified_since="yesterday") == 200
    assert status(if_none_match='"other"', if_modified_since=date) == 200
    assert status(if_none_match=tag, if_modified_since=old) == 304


def test_the_first_who_asks_may_have_it_already(within):
    """A cold cache and a front end that revalidates: the answer is made whole and kept, and it gets a 304."""
    publish(make_article(slug="one"))
    tag = Client(headers={"host": "localhost"}).get(FEED).headers["ETag"]

    assert within.get(FEED, if_none_match=tag).status == 304
    assert slugs(within.get(FEED)) == ["one"]
    assert cache_of(within).made == 1


def test_what_ends_is_gone_at_its_second(within):
    now = timezone.now().replace(microsecond=0)
    publish(make_article(slug="ends"), live_until=now + timedelta(minutes=30))
    publish(make_article(slug="stays"))
    with time_machine.travel(now + timedelta(minutes=29, seconds=50), tick=False):
        assert slugs(within.get(FEED)) == ["stays", "ends"]
        assert within.get(FEED).headers["cache-control"] == (
            "public, max-age=10, s-maxage=10, stale-while-revalidate=0, stale-if-error=0"
        )
        assert within.get("/api/v1/articles/ends/").status == 200
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert slugs(within.get(FEED)) == ["stays"]
        assert within.get("/api/v1/articles/ends/").status == 410


def test_ages_go_down_within_a_second_too(within):
    now = timezone.now().replace(microsecond=0)
    publish(make_article(slug="live"))
    publish(make_article(slug="embargoed"), at=now + timedelta(hours=1))
    ages = []
    for left in (70.2, 61.5, 60.9, 60.5, 60.0, 59.9, 59.5, 58.9):
        with time_machine.travel(now + timedelta(hours=1, seconds=-left), tick=False):
            ages.append(re.search(r"s-maxage=(\d+)", within.get(FEED).headers["cache-control"])[1])

    assert ages == ["60", "60", "60", "60", "60", "59", "59", "58"]
    assert cache_of(within).made == 1


def test_what_is_scheduled_comes_at_its_second_and_not_before(within):
    now = timezone.now().replace(microsecond=0)
    publish(make_article(slug="live"))
    assert slugs(within.get(FEED)) == ["live"]
    publish(make_article(slug="embargoed"), at=now + timedelta(hours=1))
    with time_machine.travel(now + timedelta(minutes=59, seconds=55), tick=False):
        kept = within.get(FEED)
        assert slugs(kept) == ["live"]
        assert "max-age=5, s-maxage=5," in kept.headers["cache-control"]
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert slugs(within.get(FEED)) == ["embargoed", "live"]


def test_a_licence_that_ends_takes_the_photo_out_of_what_is_kept(within):
    now = timezone.now().replace(microsecond=0)
    photo = make_photo(credit_line="Ends Soon", usable_until=now + timedelta(minutes=30))
    publish(make_article(slug="one", lead_photo=photo))
    paths = [FEED, "/api/v1/articles/one/", "/api/v1/photos/", f"/api/v1/photos/{photo.pk}/"]
    assert [b"Ends Soon" in within.get(path).body for path in paths] == [True] * 4
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert [b"Ends Soon" in within.get(path).body for path in paths] == [False] * 4


def test_a_restored_database_with_the_same_number_of_editions_is_another_one(within):
    publish(make_article(slug="one"))
    assert slugs(within.get(FEED)) == ["one"]
    press.withdraw(publish(make_article(slug="two")))
    number = Edition.objects.get().number
    call_command("flush", interactive=False, verbosity=0)
    for _ in range(number - 1):
        make_section()
    publish(make_article(slug="other"))

    assert slugs(within.get(FEED)) == ["other"]


def test_a_burst_on_a_cold_address_is_made_once(within):
    publish(make_article(slug="one"))
    answers = within.at_once(*[FEED] * 40, *["/api/v1/articles/one/"] * 40)

    assert {answer.status for answer in answers} == {200}
    assert cache_of(within).made == 2


def test_a_burst_on_what_is_not_there_is_answered_all_the_same(within):
    assert {answer.status for answer in within.at_once(*["/api/v1/articles/none/"] * 40)} == {404}


def kept(name, size, edition=1):
    return Kept(edition, None, None, False, f'W/"{name}"', 0, [], [], b"x" * size, b"")


def sight(edition=1, next_change_at=None, age=0.0):
    return Sight(Newest(edition, None, next_change_at), age, timezone.now())


def test_no_more_is_kept_than_there_is_room_for_and_what_is_used_stays():
    cache = Cache(100_000)
    for number in range(200):
        cache.keep(f"question-{number}", kept(number, 5000))
        assert cache.find("question-0", sight())
        assert cache.bytes <= 100_000
    assert cache.find("question-199", sight())
    assert cache.find("question-1", sight()) is None
    cache.keep("too large", kept("large", 60_000))
    assert cache.find("too large", sight()) is None
    cache.keep("question-0", kept("again", 1000))
    assert cache.bytes <= 100_000


def test_what_was_given_up_is_given_to_nobody():
    cache = Cache(100_000)
    asked = [("GET", f"/api/v1/articles/{number}", "", "localhost", "", "", None, None) for number in range(50)]
    first, seen = asked[0], sight()
    for number, words in enumerate(asked):
        cache.keep(question(words), kept(number, 5000))
        assert cache.answer(words, seen).headers[1:] == [("content-length", "5000")]
        if number < 5:
            assert cache.answer(first, seen) is cache.answer(first, seen)
    assert cache.answer(first, seen) is None
    assert cache.answer(asked[-1], sight(edition=2)) is None
    assert cache.answer(asked[-1], seen).status == 200


def test_another_process_publishes_and_readers_see_it_at_once(server):
    seen = []
    for number in range(5):
        publish(make_article(slug=f"story-{number}"))
        if connection.vendor == "postgresql":  # a tenth of a second, as the docs tell, and more on a busy machine
            until(lambda: len(slugs(server.get(FEED))), number + 1)
        seen.append(len(slugs(server.get(FEED))))

    assert seen == [1, 2, 3, 4, 5]


def test_readers_see_what_was_acknowledged_while_others_publish(server):
    """No reader ever gets an edition older than one that another reader has got."""
    publish(make_article(slug="begin"))
    editions, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            editions.append(int(server.get(FEED).headers["x-edition"]))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(20):
        publish(make_article(slug=f"story-{number}"))
    stop.set()
    reader.join()

    assert editions == sorted(editions)


def test_who_asks_after_a_publication_sees_it_however_many_are_answered_by_one_look(within):
    def publish_one(number):
        publish(make_article(slug=f"story-{number}"))
        connections.close_all()

    async def ask():
        protocol = Protocol()
        await within.application.__rsgi__(Scope("GET", FEED, {}), protocol)
        return len(slugs(protocol))

    async def ask_between_publications():
        seen = []
        for number in range(3):
            await asyncio.to_thread(publish_one, number)
            seen.append([await ask(), *await asyncio.gather(ask(), ask(), ask())])
        return seen

    assert run(ask_between_publications()) == [[1] * 4, [2] * 4, [3] * 4]
    assert (cache_of(within).made, cache_of(within).hits) == (3, 9)


def test_who_asked_before_an_act_and_is_answered_after_it_hides_nothing_from_others(within):
    publish(make_article(slug="one"))
    assert [slugs(within.get(path)) for path in (FEED, "/api/v1/articles/", FEED)] == [["one"]] * 3
    before = newest.ask()
    publish(make_article(slug="two"))
    assert [slugs(within.get("/api/v1/articles/")) for _ in range(2)] == [["two", "one"]] * 2
    newest.note(before, time.monotonic())  # by a thread that asked, and was held up before and after

    assert slugs(within.get(FEED)) == ["two", "one"]


def test_kept_answers_are_served_while_the_database_is_gone(start):
    if connection.vendor != "sqlite":
        pytest.skip("The file of SQLite is taken away; other databases: see the next test.")
    publish(make_article(slug="one"))
    server = start()
    assert slugs(server.get(FEED)) == ["one"]
    name = Path(connection.settings_dict["NAME"])
    away = name.with_suffix(".away")
    os.rename(name, away)
    try:
        until(lambda: "age" in server.get(FEED).headers, True)
        stale = server.get(FEED)
        assert stale.status == 200
        assert slugs(stale) == ["one"]
        assert 1 <= int(stale.headers["age"]) < 60
        assert "stale-if-error=86400" in stale.headers["cache-control"]
        assert server.get(FEED, if_none_match=stale.headers["etag"]).status == 304
    finally:
        os.rename(away, name)
    publish(make_article(slug="two"))
    until(lambda: slugs(server.get(FEED)), ["two", "one"])
    assert "age" not in server.get(FEED).headers


def test_kept_answers_are_served_while_the_database_hangs(start):
    if connection.vendor != "postgresql":
        pytest.skip("No lock of SQLite keeps readers waiting; other databases: PostgreSQL's does.")
    publish(make_article(slug="one"))
    server = start()
    assert slugs(server.get(FEED)) == ["one"]
    with connection.copy().cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE publishing_edition IN ACCESS EXCLUSIVE MODE")
        until(lambda: "age" in server.get(FEED).headers, True)
        waits = []
        for _ in range(20):
            begun = time.perf_counter()
            stale = server.get(FEED)
            waits.append(time.perf_counter() - begun)
        assert slugs(stale) == ["one"]
        assert 1 <= int(stale.headers["age"]) < 60
        assert sorted(waits)[10] < 1  # who waited for the database would do so for longer
        cursor.execute("ROLLBACK")
        cursor.connection.close()
    publish(make_article(slug="two"))
    until(lambda: slugs(server.get(FEED)), ["two", "one"])


def test_what_has_ended_is_not_served_from_what_is_kept_though_the_database_be_gone():
    ends = timezone.now() + timedelta(minutes=30)
    cache = Cache(100_000)
    cache.keep("question", kept("a", 10)._replace(until=ends))
    assert cache.find("question", sight(next_change_at=ends, age=3600.0))
    with time_machine.travel(ends, tick=False):
        assert cache.find("question", sight(next_change_at=ends, age=3600.0)) is None


def test_what_another_edition_showed_is_not_served_though_the_database_be_gone():
    cache = Cache(100_000)
    cache.keep("question", kept("a", 10, edition=1))

    assert cache.find("question", sight(edition=2, age=30.0)) is None
    assert cache.find("question", sight(age=90_000.0)) is None
    assert cache.find("question", Sight(None, 30.0, timezone.now())) is None


@pytest.mark.apart
def test_lists_of_a_hundred_leave_a_process_its_size(start):
    """Each thread had a page cache of 64 MB, and with lists of a hundred filled it: 473 MB."""
    body = [{"type": "paragraph", "html": "It rained all day and the river rose. " * 40}]
    for number in range(120):
        publish(make_article(slug=f"story-{number}", body=body, standfirst="s" * 900))
    server = start(THREADS="4")
    for number in range(60):
        path = f"{FEED}?page_size={100 - number % 20}&exclude_slug=none-{number}"
        asking = [threading.Thread(target=server.get, args=[f"{path}-{thread}"]) for thread in range(4)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()

    assert server.memory() < 200


REDIS = "/usr/bin/redis-server"
WAITED_FOR = "socket_timeout=30&socket_connect_timeout=30"  # in an address, which is asked before our own patience


@pytest.fixture
def redis(tmp_path):
    """A Redis of the test's own, which is waited for on a busy machine; a newsroom does without one that is slow."""
    if "TEST_REDIS_URL" in os.environ:
        yield f"{os.environ['TEST_REDIS_URL']}?{WAITED_FOR}"
        return
    if not Path(REDIS).exists():
        pytest.skip("There is no redis-server.")
    address = tmp_path / "redis.sock"
    process = subprocess.Popen(
        [REDIS, "--port", "0", "--unixsocket", str(address), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    while not address.exists():
        time.sleep(0.05)
    yield f"unix://{address}?{WAITED_FOR}"
    process.terminate()
    process.wait()


@pytest.mark.apart
def test_what_one_process_made_all_serve(start, redis):
    from redis import Redis

    publish(make_article(slug="one"))
    first, second = start(CACHE_URL=redis), start(CACHE_URL=redis)
    assert [first.get("/api/v1/articles/none/").status for _ in range(3)] == [404] * 3
    made = first.get(FEED)
    store = Redis.from_url(redis)
    [key] = [key for key in store.keys("galley:*") if store.strlen(key) > 100]
    # Marked, so that it can be told who made what the other one answers.
    ours, asked = SharedAnswers(redis), f" {FEED.rstrip('/')}?"
    value = store.get(key)[SEAL_BYTES:].replace(b'"slug":"one"', b'"slug":"ONE"')
    store.set(key, ours.sealed(asked, value))

    assert slugs(second.get(FEED)) == ["ONE"]
    assert second.get(FEED, if_none_match=made.headers["etag"]).status == 304
    publish(make_article(slug="two"))
    until(lambda: [slugs(server.get(FEED)) for server in (first, second)], [["two", "one"]] * 2)


@pytest.mark.apart
def test_what_stands_in_redis_and_is_none_of_ours_is_passed_over(start, redis):
    from redis import Redis

    publish(make_article(slug="one"))
    first = start(CACHE_URL=redis)
    first.get(FEED)
    store = Redis.from_url(redis)
    for key in store.keys("galley:*"):
        value = store.get(key)
        store.set(key, value.replace(b'"slug":"one"', b'"slug":"two"'))
    second = start(CACHE_URL=redis, SECRET_KEY="another-newsroom-" * 3)
    third = start(CACHE_URL=redis)

    assert [slugs(server.get(FEED)) for server in (second, third)] == [["one"], ["one"]]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: b"",
        lambda value: value[: len(value) // 2],
        lambda value: value + b"x",
        lambda value: value[SEAL_BYTES:],
        lambda value: b"\0" * SEAL_BYTES + value[SEAL_BYTES:],
    ],
)
def test_what_others_have_written_into_redis_is_no_answer(spoil, settings):
    shared = SharedAnswers("redis://127.0.0.1:1")
    value = shared.sealed("question", packed(kept("answer", 50)))

    assert shared.opened("question", value) == kept("answer", 50)
    assert shared.opened("another question", value) is None
    assert shared.opened("question", spoil(value)) is None


def test_ten_processes_have_one_make_an_answer_and_nobody_waits_for_what_is_not_kept(redis, transactional_db):
    """Each with its own way to Redis, all at once."""
    publish(make_article(slug="one"))
    current = newest.ask()
    answer = kept("answer", 5000)._replace(edition=current.edition, changed=current.changed)
    made = []

    async def process(asked, makes):
        shared = SharedAnswers(redis)
        found = await shared.find_or_claim(asked)
        if found is None:
            made.append(asked)
            await asyncio.sleep(0.1)
            await shared.keep(asked, makes)
        await shared.redis.aclose()
        return found or makes

    async def all_of(asked, makes):
        return await asyncio.gather(*(process(asked, makes) for _ in range(10)))

    assert run(all_of("question", answer)) == [answer] * 10
    assert made == ["question"]
    begun = time.perf_counter()
    run(process("nothing", None))
    run(process("nothing", None))
    assert time.perf_counter() - begun < 1.5


@pytest.mark.parametrize(
    "said", [b":7\r\n", b"*2\r\n:1\r\n:2\r\n", b"\0\xff HTTP/1.1 400\r\n", b"-NOAUTH\r\n", b"$-1\r\n", b""]
)
def test_what_speaks_nonsense_in_place_of_redis_is_done_without(said):
    async def speak(reader, writer):
        with contextlib.closing(writer):
            while said and await reader.read(1000):
                writer.write(said)

    async def ask():
        async with await asyncio.start_server(speak, "127.0.0.1", 0) as nonsense:
            shared = SharedAnswers(f"redis://127.0.0.1:{nonsense.sockets[0].getsockname()[1]}")
            found = await shared.find_or_claim("question")
            await shared.keep("question", kept("answer", 50))
            await shared.redis.aclose()
            return found

    begun = time.perf_counter()
    assert run(ask()) is None
    assert time.perf_counter() - begun < 4


@pytest.mark.apart
def test_redis_that_is_gone_is_done_without(start, tmp_path):
    publish(make_article(slug="one"))
    server = start(CACHE_URL=f"unix://{tmp_path}/nobody.sock")

    assert [slugs(server.get(FEED)) for _ in range(3)] == [["one"]] * 3
    assert len(re.findall("Redis does not answer", server.said())) == 1
