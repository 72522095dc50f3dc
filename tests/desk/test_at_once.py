"""Every act beside every other, in the same moment and a minute apart: each text that was acknowledged is kept.

An act is given what somebody opened before. It answers what it has read back, and its text is in the ledger when the
desk said that it was saved.
"""

import itertools
import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms.desk.models import Autosave
from cms.publishing import press
from cms.publishing.models import Version
from cms.transfer.importing import Import
from media.models import Photo
from newsroom.models import Article, Blurb, Byline, Section, Topic, Video
from tests.desk.test_pages_articles import log_in, page_of
from tests.desk.test_pages_shared import at, opened
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_picture,
    make_section,
    make_topic,
    make_video,
    publish,
)
from tests.publishing.processes import faults

# A race that is lost once is a fault.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.programs, pytest.mark.flaky(reruns=0)]
STORIES = "/admin/newsroom/article/"
# One after the other, acts wait for no lock, and leave the same rows in either database whatever their order.
TURNS = [1, pytest.param(-1, marks=pytest.mark.apart)]


def is_taken(response):
    return response.status_code == 302


class Desk:
    """Two people, each in a thread, and what the desk has told them."""

    def __init__(self, folder):
        self.clients = [Client(raise_request_exception=False) for _ in range(2)]
        for number, client in enumerate(self.clients):
            client.user = log_in(client, username=f"user-{number}")
        self.folder = folder
        self.wrong: list[str] = []
        self.numbers = itertools.count(1)
        self.ledger: list[tuple] = []

    def do(self, act, client, thing, page):
        text = f"text {next(self.numbers)} of {act.__name__}"
        try:
            response = act(self, client, thing, page, text)
        except Exception as error:
            self.wrong.append(f"{act.__name__}: {error!r}")
            return
        finally:
            if threading.current_thread() is not threading.main_thread():
                connection.close()
        if response is None:
            return
        if response.status_code >= 500:
            self.wrong.append(f"{act.__name__}: {response.status_code}")
        elif is_taken(response) or response.headers["Content-Type"] == "application/json":
            self.ledger.append((text, SHARED_ROWS.get(act.__name__), thing))
        elif text not in response.content.decode():
            self.wrong.append(f"{act.__name__}: neither saved nor shown again")

    def at_once(self, acts, thing, pages):
        start = threading.Barrier(2)

        def run(number):
            start.wait()
            self.do(acts[number], self.clients[number], thing, pages[number])

        threads = [threading.Thread(target=run, args=[number]) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def lost(self):
        """What was acknowledged and stands nowhere."""
        kept = [json.dumps(version.data) for version in Version.objects.all()]
        kept += [json.dumps([version.data, version.written]) for version in Autosave.objects.all()]
        kept += [
            str(row)
            for model in (Article, Blurb, Video, Byline, Topic, Section, Photo)
            for row in model.objects.values()
        ]
        together = "\n".join(kept).replace("'", '"')
        return [
            text
            for text, kind, things in self.ledger
            if f'{text}"' not in together and not (kind and is_deleted(things[kind]))
        ]


def is_deleted(thing):
    return not type(thing).objects.filter(pk=thing.pk).exists()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


# What is done with a story. Each writes into another field, or all into the one that they would fight for.


def post_story(client, thing, page, button, **values):
    return client.post(f"{STORIES}{thing.pk}/change/", {**page, **values, button: "1"})


def save(desk, client, thing, page, text):
    return post_story(client, thing, page, "_save", standfirst=text)


def publish_it(desk, client, thing, page, text):
    return post_story(client, thing, page, "_publish", standfirst=text)


def submit(desk, client, thing, page, text):
    return post_story(client, thing, page, "_submit", kicker=text)


def send_back(desk, client, thing, page, text):
    return post_story(client, thing, page, "_send_back", kicker=text, send_back_note="Again")


def schedule(desk, client, thing, page, text):
    later = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT12:00")
    return post_story(client, thing, page, "_schedule", dateline=text, schedule_at=later)


def withdraw(desk, client, thing, page, text):
    post_story(client, thing, page, "_withdraw", reason="error")


def note(desk, client, thing, page, text):
    return post_story(client, thing, page, "_save", desk_note=text, **{"initial-desk_note": ""})


def autosave(desk, client, thing, page, text):
    return client.post(f"{STORIES}{thing.pk}/autosave/", {**page, "page": str(uuid.uuid4()), "standfirst": text})


def restore(desk, client, thing, page, text):
    first = Version.objects.filter(key=thing.pk).order_by("pk").first()
    client.post(f"{STORIES}{thing.pk}/history/", {"restore": first.pk, "head": page["base"]})


def breaking(desk, client, thing, page, text):
    client.post(f"{STORIES}{thing.pk}/breaking/", {"on": "1"}, headers={"Accept": "application/json"})


def add_topic(desk, client, thing, page, text):
    topic = Topic.objects.order_by("pk").first()
    chosen = {"_selected_action": thing.pk, "bulk": "1", "topic": topic.pk, "where": "shown"}
    client.post(STORIES, {"action": "add_topic", **chosen})


def assign(desk, client, thing, page, text):
    chosen = {"_selected_action": thing.pk, "bulk": "1", "to": client.user.pk}
    client.post(STORIES, {"action": "assign_selected", **chosen})


def take_over(desk, client, thing, page, text):
    client.post(f"{STORIES}{thing.pk}/presence/", {"page": str(uuid.uuid4()), "take": "1"})


def bring_in(desk, client, thing, page, text):
    path = desk.folder / f"{text}.ndjson"
    path.write_text(json.dumps({"kind": "article", "id": str(thing.pk), "slug": thing.slug, "headline": text}) + "\n")
    run = Import(path)
    run.run()
    desk.wrong += run.report.mistakes
    desk.ledger.append((text, None, thing))


def delete(desk, client, thing, page, text):
    client.post(f"{STORIES}{thing.pk}/delete/", {"post": "yes"})


def make_same_slug(desk, client, thing, page, text):
    """Another new story whose slug is made from the very same headline."""
    values = {**page, "key": str(uuid.uuid4()), "base": "", "slug": "", "headline": "The same headline", "kicker": text}
    return client.post(f"{STORIES}add/", {**values, "_save": "1"})


STORY_ACTS = [save, publish_it, schedule, withdraw, autosave, restore, breaking, bring_in, make_same_slug]
OTHER_ACTS = [submit, send_back, note, add_topic, assign, take_over]  # which do as some of those do


def live_story():
    with press.printing():
        article = make_article()
        Article.objects.filter(pk=article.pk).update(stage="review")
        return publish(article)


def own(page, article):
    return {**page, "base": str(article.head_id), "slug": article.slug, "headline": article.headline}


def test_every_pair_of_acts_on_a_story_in_the_same_moment(desk):
    make_topic("Floods")
    page = page_of(desk.clients[0], live_story())
    for acts in itertools.combinations_with_replacement([*STORY_ACTS, delete], 2):
        article = live_story()
        before = len(desk.wrong)
        desk.at_once(acts, article, [own(page, article)] * 2)
        desk.wrong[before:] = [f"{acts[0].__name__} beside {text}" for text in desk.wrong[before:]]

    assert (desk.wrong, desk.lost(), faults()) == ([], [], [])


@pytest.mark.parametrize("turn", TURNS)
def test_every_pair_of_acts_on_a_story_a_minute_apart(desk, turn):
    """All pages are opened first; then each act is done, so that each meets what all before it have left."""
    make_topic("Floods")
    article = live_story()
    page = page_of(desk.clients[0], article)
    order = [*STORY_ACTS, *OTHER_ACTS][::turn]
    for _time in range(2):
        for number, act in enumerate(order):
            desk.do(act, desk.clients[number % 2], article, own(page, article))
        assert (desk.wrong, desk.lost(), faults()) == ([], [], [])
        post_story(desk.clients[0], article, page, "_withdraw", reason="error")
        Article.objects.get(pk=article.pk).delete()
        desk.ledger.clear()


# Blurbs and videos: what is written alike, by their own pages and doors


def save_other(desk, client, thing, page, text):
    return client.post(at(thing), {**page, "label": text, "_save": "1"})


def publish_other(desk, client, thing, page, text):
    name = "source_name" if thing.kind == "blurb" else "standfirst"
    return client.post(at(thing), {**page, name: text, "_publish": "1"})


def bring_in_other(desk, client, thing, page, text):
    path = desk.folder / f"{text}.ndjson"
    path.write_text(json.dumps({"kind": thing.kind, "id": str(thing.pk), "label": text}) + "\n")
    run = Import(path)
    run.run()
    desk.wrong += run.report.mistakes
    desk.ledger.append((text, None, thing))


def send_quickly(desk, client, thing, page, text):
    """The dialog's text again, as where the answer was lost: of a blurb; a video has none."""
    if thing.kind == "blurb":
        answer = client.post("/admin/newsroom/blurb/quick/", {"key": thing.pk, "text": text, "section": ""})
        desk.wrong += [] if answer.status_code in (200, 400) else [f"send_quickly: {answer.status_code}"]
        if answer.status_code == 200:
            desk.ledger.append((f"{text}</p>", None, thing))


def take_down(desk, client, thing, page, text):
    client.post(at(thing), {**page, "_withdraw": "1", "reason": "error"})


OTHER_KINDS = [save_other, publish_other, bring_in_other, send_quickly, take_down]


@pytest.mark.parametrize("make", [make_blurb, make_video])
def test_every_pair_of_acts_on_a_blurb_or_a_video_in_the_same_moment(desk, make):
    page = page_of(desk.clients[0], publish(make()))
    for acts in itertools.combinations_with_replacement(OTHER_KINDS, 2):
        item = publish(make())
        own = {**page, "base": str(item.head_id), **({"slug": item.slug} if item.kind == "video" else {})}
        before = len(desk.wrong)
        desk.at_once(acts, item, [own] * 2)
        desk.wrong[before:] = [f"{acts[0].__name__} beside {text}" for text in desk.wrong[before:]]

    assert (desk.wrong, desk.lost(), faults()) == ([], [], [])


# What is done with what many share


def post_shared(client, thing, pages, **values):
    return client.post(at(thing), {**pages[thing.kind], **values})


def write_topic(desk, client, things, pages, text):
    return post_shared(client, things["topic"], pages, description=text)


def merge_topic(desk, client, things, pages, text):
    merge(client, things["topic"], things["other_topic"])


def merge_back(desk, client, things, pages, text):
    merge(client, things["other_topic"], things["topic"])


def merge(client, topic, into):
    client.post(
        "/admin/newsroom/topic/", {"action": "merge", "merge": "1", "into": into.pk, "_selected_action": topic.pk}
    )


def write_section(desk, client, things, pages, text):
    return post_shared(client, things["section"], pages, description=text)


def move_section(desk, client, things, pages, text):
    return post_shared(client, things["section"], pages, parent=things["other_section"].pk, description=text)


def move_other_section(desk, client, things, pages, text):
    other = things["other_section"]
    then = {"name": other.name, "slug": other.slug, "position": 0}
    opened_with = json.dumps({**then, "parent": "", "description": ""})
    return client.post(at(other), {**then, "opened": opened_with, "parent": things["section"].pk, "description": text})


def write_byline(desk, client, things, pages, text):
    return post_shared(client, things["byline"], pages, job_title=text)


def write_photo(desk, client, things, pages, text):
    return post_shared(client, things["photo"], pages, caption=text)


def credit_photo(desk, client, things, pages, text):
    return post_shared(client, things["photo"], pages, creator=text)


def complete_photo(desk, client, things, pages, text):
    photo = things["photo"]
    prefix = photo.pk.hex
    then = {name: pages["photo"].get(name, "") for name in ("credit_line", "alt_text", "caption")}
    row = {f"{prefix}-{name}": value for name, value in {**then, "caption": text}.items()}
    address = f"/admin/media/photo/complete/?photos={photo.pk}"
    return client.post(address, {**row, f"{prefix}-opened": json.dumps(then)})


def replace_photo(desk, client, things, pages, text):
    client.post(f"/admin/media/photo/{things['photo'].pk}/replace/", {"file": make_picture(40, 30)})


def write_story(desk, client, things, pages, text):
    page = {**pages["article"], "base": str(things["article"].head_id), "standfirst": text}
    chosen = {"topics": things["topic"].pk, "section": things["section"].pk, "lead_photo": things["photo"].pk}
    page |= {"placed_bylines-TOTAL_FORMS": 1, "placed_bylines-0-byline": things["byline"].pk}
    page |= {"placed_bylines-0-role": "writer", "slug": things["article"].slug}
    return client.post(at(things["article"]), {**page, **chosen, "_save": "1"})


def delete_all(desk, client, things, pages, text):
    for kind in ("topic", "section", "byline", "photo"):
        client.post(at(things[kind]).replace("/change/", "/delete/"), {"post": "yes"})


AROUND = {
    "topic": [write_topic, merge_topic, merge_back, write_story, delete_all],
    "section": [write_section, move_section, move_other_section, write_story, delete_all],
    "photo": [write_photo, credit_photo, complete_photo, write_story, delete_all],
    "byline": [write_byline, write_story, delete_all],
}
SHARED_ROWS = {act.__name__: kind for kind, acts in AROUND.items() for act in acts if act is not write_story}
PAIRS = {pair for near in AROUND.values() for pair in itertools.combinations_with_replacement(near, 2)}
PAIRS |= {(write_photo, replace_photo), (replace_photo, replace_photo)}  # which takes long, for its sizes are made


def shared_things():
    with press.printing():  # all in one act: each pair has its own
        return _shared_things()


def _shared_things():
    things = {"topic": make_topic(), "other_topic": make_topic(), "section": make_section()}
    things |= {"other_section": make_section(), "byline": make_byline(), "article": make_article()}
    photo = Photo(caption="A street", alt_text="A street", credit_line="A. Name", extension="jpg")
    photo.checksum = uuid.uuid4().hex
    photo.file.name = f"originals/{photo.checksum}.jpg"
    Photo.objects.bulk_create([photo])
    return {**things, "photo": photo}


def pages_of(client, things):
    pages = {kind: opened(client, things[kind]) for kind in ("topic", "section", "byline", "photo")}
    return {**pages, "article": page_of(client, things["article"])}


def own_pages(pages, things):
    """The same pages, as they would be of these things."""
    named = {kind: {"name": row.name, "slug": row.slug} for kind, row in things.items() if hasattr(row, "name")}
    return {kind: {**page, **named.get(kind, {})} for kind, page in pages.items()}


def with_opened(pages):
    for kind, page in pages.items():
        if "opened" in page:
            then = {**json.loads(page["opened"]), **{name: page[name] for name in ("name", "slug") if name in page}}
            pages[kind] = {**page, "opened": json.dumps(then)}
    return pages


def rings():
    found = []
    for model, above in ((Section, "parent_id"), (Topic, "merged_into_id")):
        parents = dict(model.objects.values_list("pk", above))
        for key in parents:
            passed, step = {key}, parents[key]
            while step and step not in passed:
                passed.add(step)
                step = parents.get(step)
            if step:
                found.append(f"{model.kind} {key}")
    chained = Topic.objects.filter(merged_into__merged_into__isnull=False)
    return found + [f"chain of {topic}" for topic in chained]


def test_every_pair_of_acts_on_what_is_shared_in_the_same_moment(desk):
    pages = pages_of(desk.clients[0], shared_things())
    for acts in sorted(PAIRS, key=lambda pair: [act.__name__ for act in pair]):
        things = shared_things()
        before = len(desk.wrong)
        desk.at_once(acts, things, [with_opened(own_pages(pages, things))] * 2)
        desk.wrong[before:] = [f"{acts[0].__name__} beside {text}" for text in desk.wrong[before:]]

    assert (desk.wrong, desk.lost(), rings(), faults()) == ([], [], [], [])


@pytest.mark.parametrize("turn", TURNS)
def test_every_pair_of_acts_on_what_is_shared_a_minute_apart(desk, turn):
    things = shared_things()
    pages = pages_of(desk.clients[0], things)
    order = [act for act in dict.fromkeys([*itertools.chain(*AROUND.values()), replace_photo]) if act is not delete_all]
    order = order[::turn]
    for number, act in enumerate([*order, *order, delete_all, *order]):
        desk.do(act, desk.clients[number % 2], things, pages)

    assert (desk.wrong, desk.lost(), rings(), faults()) == ([], [], [], [])


def add_same_topic(desk, client, thing, page, text):
    return client.post("/admin/newsroom/topic/add/", {"name": text, "slug": "floods", "type": "keyword"})


def add_same_picture(desk, client, thing, page, text):
    values = {"credit_line": text, "focal_x": "0.5", "focal_y": "0.5"}
    return client.post("/admin/media/photo/add/", {**values, "file": SimpleUploadedFile("boat.jpg", page)})


def upload_same_picture(desk, client, thing, page, text):
    answer = client.post("/admin/media/photo/upload/", {"file": SimpleUploadedFile("boat.jpg", page)})
    desk.wrong += [text] if answer.status_code not in (201, 409) else []


@pytest.mark.parametrize(
    ("acts", "model"),
    [
        ([add_same_topic, add_same_topic], Topic),
        ([add_same_picture, add_same_picture], Photo),
        ([add_same_picture, upload_same_picture], Photo),
    ],
)
def test_the_same_thing_added_by_two_in_the_same_moment_is_there_once(desk, acts, model):
    content = make_picture(40, 30).read()

    desk.at_once(acts, None, [content, content])

    assert desk.wrong == []
    assert model.objects.count() == 1
