"""What test_processes has others do, in a process and on a database of their own."""

import itertools
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from datetime import timedelta

from django.db import connections

ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT


def kill_publishers(rounds=12):
    """Let a process publish until it is killed, again and again. Returns what it had acknowledged."""
    acknowledged = []
    for name in range(rounds):
        reader, pid = fork(lambda say, name=name: publish_for_ever(f"round-{name}", say))
        acknowledged += [reader.readline() for _ in range(random.randrange(1, 6))]
        time.sleep(random.uniform(0, 0.03))  # somewhere in the midst of the next act
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        acknowledged += [line for line in reader if line.endswith("\n")]
    return {"acknowledged": [line.split() for line in acknowledged]}


def kill_imports(rounds=5, stories=200):
    """Kill an import in its midst, again and again, and let one come to its end. Returns what stood after each."""
    from django.core.management import call_command

    from cms.transfer import batches
    from newsroom.models import Article

    batches.BATCH = 10
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        for number in range(stories):
            body = [{"type": "paragraph", "html": "It rained."}]
            story = {"kind": "article", "slug": f"story-{number}", "headline": "Flood vote", "body": body}
            story |= {"section": "europe", "bylines": ["a-writer"], "related": [f"story-{number * 7 % stories}"]}
            file.write(json.dumps({**story, "status": "published", "published_at": "2026-02-20T11:30:00Z"}) + "\n")
        file.flush()
        stood = []
        for _ in range(rounds):
            before = Article.objects.count()
            _, pid = fork(lambda say: call_command("import_content", file.name))
            while Article.objects.count() == before and not os.waitid(os.P_PID, pid, ENDED):
                time.sleep(0.005)
            time.sleep(random.uniform(0, 0.2))  # somewhere in a batch, or between two
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            stood.append(whole_stories())
        _, pid = fork(lambda say: call_command("import_content", file.name))
        return {"exit": os.waitpid(pid, 0)[1], "stood": [*stood, whole_stories()]}


def whole_stories():
    """How many stories there are, by each of the tables that must agree, and what does not in the others."""
    from cms.publishing.models import Change, Publication, Version
    from newsroom.models import Article, RelatedArticle

    live = Publication.objects.filter(kind="article", place__isnull=False)
    counts = [rows.count() for rows in (Article.objects, live, Version.objects, Change.objects.filter(kind="article"))]
    heads = set(Article.objects.values_list("head", flat=True)) == set(live.values_list("version", flat=True))
    return {"counts": counts, "heads": heads, "related": RelatedArticle.objects.count(), "faults": faults()}


def publish_together(processes=3, stories=12):
    """Several processes publish at once. Returns what each acknowledged."""
    running = [fork(lambda say, name=name: publish_some(f"process-{name}", stories, say)) for name in range(processes)]
    found = [[line.split() for line in reader] for reader, _ in running]
    exits = [os.waitpid(pid, 0)[1] for _, pid in running]
    return {"exits": exits, "acknowledged": found}


def turn_together(processes=4):
    """Several processes read just after something fell due."""
    import time_machine
    from django.utils import timezone

    from cms.publishing import press, reading
    from tests.factories import make_article

    later = timezone.now() + timedelta(hours=1)
    for number in range(5):
        press.publish(make_article(slug=f"due-{number}"), at=later)

    def turn(say):
        with time_machine.travel(later, tick=False):
            for _ in range(2000):  # on a busy machine whoever turns it may take a while
                moment = reading.now()
                if moment.is_current:
                    return say(moment.edition)
                time.sleep(0.02)
            return say("never")

    running = [fork(turn) for _ in range(processes)]
    found = [reader.read().split() for reader, _ in running]
    for _, pid in running:
        os.waitpid(pid, 0)
    return {"editions": found}


def read_while_locked():
    """Read while another connection holds the lock that publishing needs, with things due and JSON to be made."""
    import time_machine
    from django.db import connection, transaction
    from django.test import Client
    from django.utils import timezone

    from cms.publishing import press, reading
    from cms.publishing.models import Edition
    from newsroom.models import Byline
    from tests.factories import make_article

    now = timezone.now().replace(microsecond=0)
    inner = make_article(slug="ends")
    press.publish(inner, live_until=now + timedelta(hours=1))
    press.publish(make_article(slug="outer", related=[inner], bylines=[Byline.objects.get()]))
    press.publish(make_article(slug="due"), at=now + timedelta(hours=1))
    tag = Client(headers={"host": "localhost"}).get("/api/v1/feed/").headers["ETag"]
    reading.clear_all()
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Edition.objects.select_for_update())
            held.set()
            done.wait()
        connection.close()

    def read():
        client = Client(headers={"host": "localhost", "if-none-match": tag})
        feed, outer, ends = (client.get(f"/api/v1/{path}/") for path in ("feed", "articles/outer", "articles/ends"))
        return {
            "statuses": [feed.status_code, outer.status_code, ends.status_code],
            "feed": [card["slug"] for card in feed.json()["results"]],
            "related": [card["slug"] for card in outer.json()["related"]],
            "others": [
                client.get(f"/api/v1/{path}").status_code
                for path in ("", "articles/?count=exact", "bylines/", "sections/", "topics/", "photos/", "changes/")
            ],
        }

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        locked = read()
        done.set()
        thread.join()
    with time_machine.travel(now + timedelta(hours=1, seconds=1), tick=False):
        return {"locked": locked, "free": read()}


def publish_for_ever(name, say):
    for number in itertools.count():
        publish_one(f"{name}-{number}", say, number)


def publish_some(name, stories, say):
    for number in range(stories):
        publish_one(f"{name}-{number}", say)


def publish_one(slug, say, number=0):
    from cms.publishing import press
    from newsroom.models import Byline, Section, Topic
    from tests.factories import make_article, update

    first, second = Topic.objects.order_by("slug")
    article = make_article(
        slug=slug,
        section=Section.objects.get(slug="europe"),
        topics=[first if number % 2 else second],
        bylines=[Byline.objects.get()],
    )
    say("published", slug, press.publish(article).edition)
    if number % 3 == 1:
        update(article, headline="Updated")
        say("updated", slug, press.publish(article).edition)
    if number % 3 == 2:
        say("withdrawn", slug, press.withdraw(article).edition)


def fork(act):
    """Run `act(say)` in a child. Returns the end of the pipe that it says its lines into, and its id."""
    connections.close_all()  # two processes must never talk through one connection
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return os.fdopen(reading), pid
    code = 1
    try:
        act(lambda *words: os.write(writing, f"{' '.join(map(str, words))}\n".encode()))
        code = 0
    finally:
        os._exit(code)


def faults():
    """What does not agree in the database, in words."""
    from cms.publishing.models import Address, Change, Edition, Publication, Reference
    from cms.publishing.press import mentions
    from media.models import Photo
    from newsroom.models import Byline, Topic

    found = []
    changes = list(Change.objects.order_by("edition"))
    number = Edition.objects.get().number
    if [change.edition for change in changes] != list(range(1, number + 1)):
        found.append(f"the log has gaps, or does not end at {number}")
    last = {(change.kind, change.key): change for change in changes}
    publications = list(Publication.objects.select_related("version"))
    implied = mentions.implied_by(publications)
    for publication in publications:
        change = last.pop((publication.kind, publication.key), None)
        if change is None or publication.is_live == (change.action == "withdrawn"):
            found.append(f"{publication}: the last change is {change}")
        references = list(Reference.objects.filter(publication=publication, is_direct=True).values_list("kind", "key"))
        expected = mentions.mentioned_by(publication, implied) if publication.is_live else set()
        if set(references) != expected:
            found.append(f"{publication}: the references differ")
        leading = Address.objects.filter(kind=publication.kind, slug=publication.slug, key=publication.key)
        if publication.slug and not leading.exists():
            found.append(f"{publication}: its address leads elsewhere")
    from django.utils import timezone

    for model in (Byline, Photo, Topic):
        public = set(model.objects.public(timezone.now()).values_list("pk", flat=True))
        for row in model.objects.all():
            change = last.pop((model.kind, row.pk), None)
            if (row.pk in public) != (change is not None and change.action != "withdrawn"):
                found.append(f"{row}: the last change is {change}")
    found += [f"{change} has nothing that it is of" for change in last.values() if change.kind != "section"]
    return found


def prepare():
    from tests.factories import make_byline, make_section, make_topic

    make_section("Europe", parent=make_section("World"))
    make_topic("First")
    make_topic("Second")
    make_byline("A Writer")


def main(act):
    prepare()
    acts = {"kill": kill_publishers, "import": kill_imports, "publish": publish_together, "turn": turn_together}
    result = {**acts, "read": read_while_locked}[act]()
    from cms.publishing.models import Change, Publication

    states = {
        publication.slug: [publication.edition, publication.is_live, publication.version.data["headline"]]
        for publication in Publication.objects.select_related("version")
    }
    actions = Counter(Change.objects.filter(kind="article").values_list("action", flat=True))
    result |= {"faults": faults(), "states": states, "actions": actions}
    print(json.dumps(result))  # noqa: T201 - this is how it answers
