"""Webhooks as whoever receives them sees them: what they say, in which order, and what becomes of those not taken."""

import random
import time
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from cms.delivery import sending
from cms.delivery.models import Endpoint, Resend
from cms.delivery.seals import opened
from cms.publishing import press
from cms.publishing.models import Change, Publication, Version
from tests.delivery import make_endpoint, tell, verified
from tests.factories import make_article, make_blurb, make_photo, make_section, publish

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


# What a message says


def test_message_tells_what_changes_tells_and_where_readers_find_it(server, api):
    endpoint = make_endpoint(server.url)
    article = publish(make_article(slug="flood-vote", section=make_section("World")))
    tell(endpoint)

    rows = api(f"changes/?after={endpoint.after - len(server.received)}")["results"]
    assert [{name: event["data"][name] for name in row} for event, row in zip(server.events, rows, strict=True)] == rows
    event = server.events[-1]
    assert (event["type"], event["timestamp"]) == ("publication.published", event["data"]["at"])
    assert event["data"]["id"] == str(article.pk)
    assert event["data"]["web_url"] == api("articles/flood-vote/")["web_url"]
    assert set(event["data"]) == {*rows[0], "web_url", "tags", "tags_cut"}


def test_message_is_signed_as_the_standard_has_it(server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    tell(endpoint)

    received = server.received[-1]
    assert verified(received, opened(endpoint.secret)) == received.json
    assert received.headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        verified(received._replace(body=received.body.replace(b"published", b"withdrawn")), opened(endpoint.secret))


def test_draft_says_nothing_in_a_webhook(server):
    endpoint = make_endpoint(server.url)
    live = publish(make_article(headline="Live", slug="live"))
    live.headline, live.slug = "Embargoed words", "embargoed-slug"
    press.save(live)
    make_article(headline="A secret", slug="secret")
    press.publish(make_article(slug="scheduled"), at=timezone.now() + timedelta(hours=1))
    tell(endpoint)

    sent = b" ".join(received.body for received in server.received)
    assert [event["data"]["slug"] for event in server.events if event["data"]["kind"] == "article"] == ["live"]
    assert [word for word in (b"mbargoed", b"secret", b"scheduled") if word in sent] == []


def test_messages_come_in_the_order_of_the_log(server):
    endpoint = make_endpoint(server.url)
    articles = [publish(make_article()) for _ in range(3)]
    press.withdraw(articles[0])
    tell(endpoint)

    assert server.editions == list(Change.objects.order_by("edition").values_list("edition", flat=True))
    assert server.events[-1]["type"] == "publication.withdrawn"
    assert len({received.headers["webhook-id"] for received in server.received}) == len(server.received)


def test_new_slug_tells_the_former_one(server):
    endpoint = make_endpoint(server.url)
    article = publish(make_article(slug="before"))
    article.slug = "after"
    press.save(article)
    publish(article)
    tell(endpoint)

    assert [(event["data"]["slug"], event["data"]["previous_slug"]) for event in server.events] == [
        ("before", None),
        ("after", "before"),
    ]


def test_what_the_law_takes_down_is_not_named_nor_is_it_in_what_was_not_delivered_yet(server):
    endpoint = make_endpoint(server.url)
    article = publish(make_article(slug="libel"))
    press.withdraw(article, reason=Publication.Reason.LEGAL)
    tell(endpoint)

    assert [event["type"] for event in server.events] == ["publication.published", "publication.withdrawn"]
    assert b"libel" not in b" ".join(received.body for received in server.received)
    assert {event["data"]["web_url"] for event in server.events} == {None}


def test_message_that_was_not_taken_loses_the_slug_when_the_law_wants_it(server, noon):
    endpoint = make_endpoint(server.url)
    article = publish(make_article(slug="libel"))
    server.answers = [(500, {}, b"")]
    tell(endpoint)
    press.withdraw(article, reason=Publication.Reason.LEGAL)
    noon.shift(5)
    tell(endpoint)

    assert [b"libel" in received.body for received in server.received] == [True, False, False]


# Who is told of what


def test_endpoint_is_told_of_the_events_and_kinds_that_it_asks_for(server):
    withdrawn = make_endpoint(server.url, events=["publication.withdrawn"])
    blurbs = make_endpoint(server.url, kinds=["blurb"], events=["publication.published"])
    sections = make_endpoint(server.url, events=["section.changed"])
    article = publish(make_article())
    publish(make_blurb())
    press.withdraw(article)
    make_section("Rain")

    seen = []
    for endpoint in (withdrawn, blurbs, sections):
        server.received.clear()
        tell(endpoint)
        seen.append([(event["type"], event["data"]["kind"]) for event in server.events])
    assert seen == [
        [("publication.withdrawn", "article")],
        [("publication.published", "blurb")],
        [("section.changed", "section")],
    ]
    newest = Change.objects.latest("edition").edition
    assert {endpoint.after for endpoint in (withdrawn, blurbs, sections)} == {newest}


def test_endpoint_of_a_section_is_told_of_those_below_it_and_of_what_leaves_it(server):
    world, sport = make_section("World"), make_section("Sport")
    europe = make_section("Europe", parent=world)
    photo, other = make_photo(), make_photo()
    endpoint = make_endpoint(server.url, only=[["section", str(world.pk)]])
    inside = publish(make_article(slug="inside", section=europe, lead_photo=photo))
    publish(make_article(slug="outside", section=sport, lead_photo=other))
    tell(endpoint)
    inside.section = sport
    press.save(inside)
    publish(inside)
    photo.caption = other.caption = "Another"
    photo.save()
    other.save()
    europe.description = "All of it"
    europe.save()
    tell(endpoint)

    told = [(event["data"]["kind"], event["data"]["slug"], event["data"]["action"]) for event in server.events]
    assert told == [
        ("article", "inside", "published"),
        ("photo", None, "published"),
        ("article", "inside", "updated"),
        ("section", "europe", "updated"),
    ]


# What is not taken


@pytest.mark.parametrize("status", [301, 307, 400, 404, 429, 500, 503])
def test_what_is_not_taken_is_sent_again_as_the_standard_has_it(server, noon, status):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    publish(make_article())
    server.answers = [(status, {"Location": "/elsewhere"}, b"no")] * 2

    tell(endpoint)
    tell(endpoint)
    assert len(server.received) == 1
    noon.shift(5)
    tell(endpoint)
    assert len(server.received) == 2
    noon.shift(299)
    tell(endpoint)
    assert len(server.received) == 2
    noon.shift(1)
    tell(endpoint)

    first, second = list(Change.objects.filter(kind="article").order_by("edition").values_list("edition", flat=True))
    assert server.editions == [first, first, first, second]
    assert len({received.headers["webhook-id"] for received in server.received[:3]}) == 1
    assert [received.path for received in server.received] == ["/"] * 4
    assert (endpoint.tries, endpoint.next_try_at, endpoint.after >= second) == (0, None, True)


def test_tries_follow_the_whole_schedule_and_the_last_turns_the_endpoint_off(server, noon, caplog):
    endpoint = make_endpoint(server.url)
    publish(make_article(slug="one"))
    server.answers = [(500, {}, b"")] * 99
    waits = []
    while tell(endpoint).is_on:
        waits.append((endpoint.next_try_at - timezone.now()).total_seconds())
        noon.move_to(endpoint.next_try_at)

    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert len(server.received) == 10
    assert (endpoint.off_reason, endpoint.off_at) == ("failed", timezone.now())
    assert "The webhook 'Front end' was turned off" in caplog.text
    publish(make_article(slug="two"))
    noon.shift(timedelta(days=2))
    tell(endpoint)
    assert len(server.received) == 10

    Endpoint.objects.update(is_on=True, tries=0, off_reason="")
    server.answers.clear()
    tell(endpoint)
    slugs = [event["data"]["slug"] for event in server.events[10:] if event["data"]["kind"] == "article"]
    assert slugs == ["one", "two"]


def test_receiver_that_is_gone_is_told_no_more(server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    server.answers = [(410, {}, b"")]
    tell(endpoint)

    assert (endpoint.is_on, endpoint.off_reason, len(server.received)) == (False, "gone", 1)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        ("1", 5),  # no sooner than without it
        ("Mon, 02 Mar 2026 12:10:00 GMT", 600),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 5),
        ("99999999999999999999", 86_400),
        ("-5", 5),
        ("soon", 5),
        ("²", 5),
    ],
)
def test_retry_after_is_honoured(server, noon, retry_after, seconds):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    server.answers = [lambda handler: answer_raw(handler, f"Retry-After: {retry_after}")]
    tell(endpoint)

    assert endpoint.next_try_at == NOON + timedelta(seconds=seconds)


def test_date_that_no_calendar_has_is_no_reason_to_send_again_what_was_taken(server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    server.answers = [(200, {"Retry-After": "Thu, 1 Jan 999999999997999 0:0:0 GMT"}, b"")]
    tell(endpoint)

    assert list(endpoint.attempts.values_list("is_taken", "status")) == [(True, 200)]


def answer_raw(handler, header):
    handler.wfile.write(f"HTTP/1.1 503 No\r\n{header}\r\nContent-Length: 0\r\n\r\n".encode())


def test_failing_endpoint_holds_up_no_other(server, noon):
    failing, well = make_endpoint(f"{server.url}/failing"), make_endpoint(f"{server.url}/well")
    publish(make_article())
    server.answers = [(500, {}, b"")]
    tell(failing)
    tell(well)

    assert well.after == Change.objects.latest("edition").edition
    assert failing.tries == 1


# Receivers that behave badly


def log_of(endpoint):
    return [(row.is_taken, row.status, row.answer, row.problem) for row in endpoint.attempts.order_by("pk")]


def test_address_within_our_walls_is_not_asked_unless_it_is_named(server, settings):
    settings.OUTBOUND_NETWORKS = []
    endpoint = make_endpoint(server.url)
    publish(make_article())
    tell(endpoint)

    assert server.received == []
    assert log_of(endpoint) == [(False, None, "", "127.0.0.1 is not on the public internet")]
    assert endpoint.is_on


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost:1/",
        "ftp://example.org/",
        "http://user:password@example.org/",
    ],
)
def test_such_addresses_are_never_asked(url):
    endpoint = make_endpoint(url)
    publish(make_article())
    tell(endpoint)

    assert [row[:2] for row in log_of(endpoint)] == [(False, None)]


def test_redirect_is_not_followed_to_where_nobody_may_go(server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    server.answers = [(302, {"Location": "http://169.254.169.254/"}, b"")]
    tell(endpoint)

    assert log_of(endpoint) == [(False, 302, "", "")]


def test_receiver_that_does_not_answer_is_given_up(server, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    endpoint = make_endpoint(server.url)
    publish(make_article())
    server.answers = [lambda handler: time.sleep(2)]
    tell(endpoint)

    assert log_of(endpoint) == [(False, None, "", "127.0.0.1 did not answer within 0.3 seconds")]


def test_receiver_that_hangs_in_the_middle_of_its_answer_has_taken_it(server, monkeypatch):
    monkeypatch.setattr("cms.outbound.SECONDS_FOR_WORDS", 0.2)
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    server.answers = [hang_in_the_middle]
    tell(endpoint)

    assert log_of(endpoint) == [(True, 200, "begun", "")]


def hang_in_the_middle(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nbegun")
    handler.wfile.flush()
    time.sleep(2)


def test_of_a_huge_answer_the_beginning_is_read(server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    server.answers = [(200, {}, b"word " * 10_000_000)]
    tell(endpoint)

    assert log_of(endpoint) == [(True, 200, ("word " * 60).strip(), "")]


def test_compressed_answer_is_an_answer(server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    server.answers = [(204, {"Content-Encoding": "gzip"}, b"")]
    tell(endpoint)

    assert [row[:2] for row in log_of(endpoint)] == [(True, 204)]


def test_server_that_speaks_no_tls_is_no_receiver(server):
    endpoint = make_endpoint(server.url.replace("http:", "https:"))
    publish(make_article())
    tell(endpoint)

    assert [row[:2] for row in log_of(endpoint)] == [(False, None)]
    assert "127.0.0.1" in endpoint.attempts.get().problem


def test_log_holds_no_secret_that_a_receiver_echoes(server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    secret = opened(endpoint.secret)
    server.answers = [(500, {}, f"<b>bad</b> {secret}\n and {secret.removeprefix('whsec_')}\x00 ok".encode())]
    tell(endpoint)

    assert endpoint.attempts.get().answer == "<b>bad</b> ••• and ••• ok"


# Secrets


def test_after_a_rotation_both_secrets_verify_for_a_day(server, noon):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    former = opened(endpoint.secret)
    new = endpoint.rotate()
    publish(make_article())
    tell(endpoint)
    received = server.received[0]
    assert len(received.headers["webhook-signature"].split(" ")) == 2
    assert verified(received, former) == verified(received, new) == received.json

    noon.shift(timedelta(hours=24, seconds=1))
    publish(make_article())
    tell(endpoint)
    assert verified(server.received[1], new) == server.received[1].json
    with pytest.raises(WebhookVerificationError):
        verified(server.received[1], former)


def test_database_alone_does_not_tell_the_secret(server):
    endpoint = make_endpoint(server.url, token="cdn-token")
    secret = opened(endpoint.secret)
    stored = orjson.dumps([str(value) for value in Endpoint.objects.values_list().get()]).decode()
    assert [word for word in (secret, secret.removeprefix("whsec_"), "cdn-token") if word in stored] == []


def test_another_secret_key_turns_an_endpoint_off_and_says_why(server, settings):
    endpoint = make_endpoint(server.url)
    settings.SECRET_KEY = "another one, as after a move to another machine"
    publish(make_article())
    tell(endpoint)

    assert (server.received, endpoint.is_on, endpoint.off_reason) == ([], False, "unreadable")


# Tests and replays


def test_test_is_sent_to_one_that_is_off_too_and_moves_nothing(server):
    endpoint = make_endpoint(server.url, is_on=False)
    publish(make_article())
    Resend.objects.create(endpoint=endpoint)
    before = endpoint.after
    tell(endpoint)

    assert [event["type"] for event in server.events] == ["test"]
    assert verified(server.received[0], opened(endpoint.secret)) == server.received[0].json
    assert (endpoint.after, endpoint.is_on, endpoint.resends.count()) == (before, False, 0)
    assert endpoint.attempts.get().what == "test"


def test_message_sent_again_has_its_id_and_its_failure_puts_off_nothing(server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    tell(endpoint)
    server.answers = [(500, {}, b"")]
    Resend.objects.create(endpoint=endpoint, edition=server.editions[0])
    tell(endpoint)

    assert [received.headers["webhook-id"] for received in server.received] == [
        server.received[0].headers["webhook-id"]
    ] * 2
    assert (endpoint.tries, endpoint.next_try_at, endpoint.resends.count()) == (0, None, 0)
    assert [row.is_taken for row in endpoint.attempts.order_by("pk")] == [True, False]


def test_log_of_attempts_keeps_the_newest(server, monkeypatch):
    monkeypatch.setattr(sending, "KEPT_ATTEMPTS", 3)
    monkeypatch.setattr(sending, "PRUNED_EVERY", 1)
    endpoint = make_endpoint(server.url, events=["publication.published"])
    for _ in range(5):
        publish(make_article())
    tell(endpoint)

    assert len(server.received) == 5
    assert list(endpoint.attempts.order_by("pk").values_list("first_edition", flat=True)) == server.editions[-3:]


def test_log_of_attempts_stays_short_for_each_of_those_that_take_turns(server, monkeypatch):
    """Each writes every second line, so that one of them never writes that at which it is looked."""
    monkeypatch.setattr(sending, "KEPT_ATTEMPTS", 3)
    monkeypatch.setattr(sending, "PRUNED_EVERY", 2)
    endpoints = [make_endpoint(server.url, events=["publication.published"]) for _ in range(2)]
    for _ in range(6):
        publish(make_article())
        for endpoint in endpoints:
            tell(endpoint)

    assert len(server.received) == 12
    assert [endpoint.attempts.count() <= 4 for endpoint in endpoints] == [True, True]


def test_those_that_failed_at_once_are_not_tried_again_at_once(server, noon, monkeypatch):
    monkeypatch.setattr(sending, "JITTER", 0.1)
    endpoints = [make_endpoint(server.url, events=["publication.published"]) for _ in range(8)]
    publish(make_article())
    server.answers = [(503, {}, b"")] * 8
    waits = [(tell(endpoint).next_try_at - NOON).total_seconds() for endpoint in endpoints]

    assert min(waits) >= 5
    assert max(waits) <= 5.5
    assert len(set(waits)) > 1


# Hands


def test_two_never_tell_one_endpoint_at_once(server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    claim = sending.Claim(endpoint.pk)
    assert claim.take()
    sending.tell(endpoint.pk)
    assert server.received == []
    claim.give_back()
    sending.tell(endpoint.pk)
    assert len(server.received) > 0


def test_endpoint_of_a_killed_worker_is_taken_over_and_nothing_is_lost(server, noon):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    killed = sending.Claim(endpoint.pk)
    assert killed.take()
    noon.shift(29)
    tell(endpoint)
    assert server.received == []
    noon.shift(2)
    tell(endpoint)
    assert len(server.received) == 1
    assert killed.mine.first() is None


def test_who_lost_the_claim_while_sending_notes_nothing(server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    publish(make_article())
    waiting = sending.Claim(endpoint.pk)
    assert waiting.take()
    row = waiting.mine.get()
    Endpoint.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # it stood still for too long
    tell(endpoint)
    with pytest.raises(sending.Lost):
        waiting._note(row, after=row.after + 1, mark="")

    endpoint.refresh_from_db()
    assert len(server.received) == 2
    assert endpoint.after == Change.objects.latest("edition").edition


def test_claim_is_held_while_it_is_looked_up_whom_an_import_concerns(server, noon, monkeypatch):
    """Of a narrowed endpoint that takes more than it lasts: else another would begin anew, and so on for ever."""
    monkeypatch.setattr(sending, "LOOKED_UP_AT_ONCE", 2)
    section = make_section("World")
    endpoint = make_endpoint(server.url, receiver="rebuild", only=[["section", str(section.pk)]])
    for _ in range(5):
        publish(make_article(section=section))
    claim = sending.Claim(endpoint.pk)
    assert claim.take()
    row, held = claim.mine.get(), []

    def go_on():
        noon.shift(20)
        claim._extend(row)
        held.append(claim.mine.get().claimed_until > timezone.now() + timedelta(seconds=29))

    piece = sending.next_piece(row, 10_000, go_on)
    assert (len(piece.changes), held) == (5, [True] * 3)


def test_message_that_cannot_be_written_is_put_off_and_said_so(server, caplog):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    article = publish(make_article())
    Version.objects.filter(pk=article.head_id).update(data={"topics": [{"link": "topic", "id": "no id"}]})
    tell(endpoint)

    assert (server.received, endpoint.tries, endpoint.is_on) == ([], 1, True)
    assert log_of(endpoint) == [(False, None, "", "It could not be written. The newsroom's log says why.")]
    assert "could not be written" in caplog.text


# Beside the log


def test_whatever_happens_webhooks_purges_and_changes_tell_the_same(server, api):
    """Forty acts in any order, delivered now and then, some of them in vain at first."""
    chance = random.Random(1605)
    world, sport = make_section("World"), make_section("Sport")
    photos = [make_photo(), make_photo()]
    endpoint, purge = make_endpoint(f"{server.url}/hook"), make_endpoint(f"{server.url}/purge", "purge")
    began = endpoint.after
    articles = [make_article(section=world, lead_photo=chance.choice(photos)) for _ in range(6)]
    for number in range(40):
        article = chance.choice(articles)
        act = chance.choice(["publish", "publish", "withdraw", "legal", "move", "photo"])
        if act == "publish":
            article.headline = f"Act {number}"
            press.save(article)
            publish(article)
        elif act == "move":
            article.section, article.slug = chance.choice([world, sport]), f"moved-{number}"
            press.save(article)
        elif act == "photo":
            photo = chance.choice(photos)
            photo.caption = f"Caption {number}"
            photo.save()
        else:
            press.withdraw(article, reason=Publication.Reason.LEGAL if act == "legal" else Publication.Reason.ERROR)
        if chance.random() < 0.2:
            server.answers = [(503, {}, b"")] * chance.randrange(2)
            Endpoint.objects.update(next_try_at=None)
            tell(endpoint)
            tell(purge)
    server.answers = []
    Endpoint.objects.update(next_try_at=None)
    tell(endpoint)
    tell(purge)

    taken = {}
    for received in server.received:
        if received.path == "/hook":
            taken.setdefault(received.json["data"]["edition"], set()).add(received.headers["webhook-id"])
    rows = api(f"changes/?after={began}&page_size=1000")["results"]
    assert list(taken) == [row["edition"] for row in rows]
    assert {len(ids) for ids in taken.values()} == {1}
    purged = {tag for received in server.received if received.path == "/purge" for tag in received.json["tags"]}
    assert {row["id"].replace("-", "")[:16] for row in rows if row["kind"] == "article"} <= purged
