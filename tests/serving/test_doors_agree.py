"""One long day of publishing, and every door tells the same of it."""

import ipaddress
import random
import socket
import threading

import pytest

from cms.delivery import sending
from cms.publishing import press
from cms.publishing.models import Publication
from tests import delivery
from tests.delivery import make_endpoint, tell
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_section, make_video, publish
from tests.serving import Listener

ACTS = 150  # each kind of act ten times
REASONS = ["withdrawn", "error", "duplicate"]  # what the law takes out of the log was told before
WORD = "harbour"  # stands in all of it


class Day:
    """A newsroom that publishes, changes and withdraws at random, and always the same."""

    def __init__(self):
        self.dice = random.Random(20260302)
        self.sections = [make_section(name) for name in ("World", "Business", "Culture")]
        self.bylines = [make_byline(name) for name in ("Ada", "Boris", "Cleo")]
        self.photos = [make_photo() for _ in range(3)]
        self.live, self.gone = [], []
        self.names = 0

    def act(self):
        chances = [self.new] * 4 + [self.change] * 6 + [self.move, self.rename, self.credit, self.withdraw, self.again]
        self.dice.choice(chances)()

    def new(self):
        self.names += 1
        shared = {"section": self.dice.choice(self.sections), "bylines": [self.dice.choice(self.bylines)]}
        kind = self.dice.randrange(3)
        if kind == 0:
            related = [item for item in self.live if item.kind == "article"][-1:]
            photo = self.dice.choice(self.photos)
            item = make_article(headline=f"{WORD} {self.names}", lead_photo=photo, related=related, **shared)
        elif kind == 1:
            item = make_blurb(text_html=f"<p>The {WORD}, part {self.names}.</p>", **shared)
        else:
            item = make_video(headline=f"{WORD} film {self.names}", **shared)
        self.live.append(publish(item))

    def change(self):
        if self.live:
            item = self.dice.choice(self.live)
            item.section = self.dice.choice(self.sections)
            press.save(item)
            publish(item)

    def move(self):
        if stories := [item for item in self.live if item.kind != "blurb"]:
            item = self.dice.choice(stories)
            self.names += 1
            item.slug = f"moved-{self.names}"
            press.save(item)
            publish(item)

    def rename(self):
        byline = self.dice.choice(self.bylines)
        self.names += 1
        byline.name = f"Ada {self.names}"
        byline.save()

    def credit(self):
        photo = self.dice.choice(self.photos)
        self.names += 1
        photo.caption = f"The {WORD} at {self.names} o'clock"
        photo.save()

    def withdraw(self):
        if self.live:
            item = self.live.pop(self.dice.randrange(len(self.live)))
            press.withdraw(item, self.dice.choice(REASONS))
            self.gone.append(item)

    def again(self):
        if self.gone:
            item = self.gone.pop(self.dice.randrange(len(self.gone)))
            item.refresh_from_db()
            publish(item)
            self.live.append(item)


@pytest.fixture
def receiver(settings, monkeypatch):
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    monkeypatch.setattr(sending, "SETTLED", 0)
    receiver = delivery.Server()
    yield receiver
    receiver.close()


def listening(listener):
    """Reads a stream all the while, as a browser does; asked for a number of events, ends with them."""
    heard, has_more = [], threading.Condition()

    def listen():
        while event := listener.event():
            with has_more:
                heard.append(event)
                has_more.notify()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()

    def first(number):
        with has_more:
            assert has_more.wait_for(lambda: len(heard) >= number, timeout=120)
        listener.client.sock.shutdown(socket.SHUT_RDWR)
        thread.join(60)
        listener.close()
        return heard

    return first


def walked(server, path):
    """All rows of a list, page by page."""
    rows, address = [], f"/api/v1/{path}"
    while address:
        page = server.get(address).json()
        rows += page["results"]
        address = page["next"] and page["next"].replace("http://localhost:8000", "")
        if not page["results"]:
            break
    return rows


def test_every_door_tells_the_same_of_a_long_day(server, receiver):
    hook, purge = make_endpoint(receiver.url + "/hook"), make_endpoint(receiver.url + "/purge", "purge")
    began = server.get("/api/v1/changes/").json()["edition"]
    streamed = listening(Listener(server, "/api/v1/changes/stream/"))
    day = Day()
    for _ in range(ACTS):
        day.act()

    changes = walked(server, f"changes/?after={began}&page_size=20")
    assert [row["edition"] for row in changes] == list(range(began + 1, began + 1 + len(changes)))
    assert streamed(len(changes)) == changes

    for endpoint in (hook, purge):
        for _ in range(100):
            if tell(endpoint).after >= changes[-1]["edition"]:
                break
    heard = [received.json["data"] for received in receiver.received if received.path == "/hook"]
    assert [{name: data[name] for name in changes[0]} for data in heard] == changes
    purged = {tag for received in receiver.received if received.path == "/purge" for tag in received.json["tags"]}
    items = [row for row in changes if row["kind"] in {"article", "blurb", "video"}]
    assert {row["id"].replace("-", "")[:16] for row in items} <= purged

    live = {str(item.pk) for item in day.live}
    feed = walked(server, "feed/?page_size=20")
    assert {row["id"] for row in feed} == live
    assert {row["id"] for row in walked(server, f"feed/?search={WORD}&page_size=20")} == live
    newest = [f"urn:uuid:{row['id']}" for row in feed[:50]]
    assert [item["id"] for item in server.get("/feeds/latest.json").json()["items"]] == newest
    mirror = {}
    for row in walked(server, f"feed/?changed_after={began}&page_size=20"):
        mirror[row["id"]] = row["edition"]
    assert mirror == {str(row.key): row.edition for row in Publication.objects.filter(place__isnull=False)}
    last = {row["id"]: row["action"] for row in items}
    assert {key for key, action in last.items() if action != "withdrawn"} == live
