"""Things to test with. `make_...` gives what the desk saves; `publish` brings it before readers."""

import io
import itertools
import struct
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from cms.publishing import press, working_copy
from cms.publishing.models import Change, Edition
from media.models import Photo
from media.videos import captions, gate
from newsroom import models
from newsroom.serializers import BlurbSerializer, FrontSerializer

_numbers = itertools.count(1)
_pictures = itertools.count(1)
FILMS = Path(__file__).parent / "corpus" / "videos"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@contextmanager
def numbered_from(number):
    """What is made meanwhile has these numbers, so that it stands in the way of nothing else; pictures too."""
    global _numbers
    former, _numbers = _numbers, itertools.count(number)
    try:
        with pictures_numbered_from(number):
            yield
    finally:
        _numbers = former


@contextmanager
def pictures_numbered_from(number):
    """Pictures that are made meanwhile are these, and afterwards go on as if none had been."""
    global _pictures
    former, _pictures = _pictures, itertools.count(number)
    try:
        yield
    finally:
        _pictures = former


def make_picture(width=160, height=120, colour=None, format="JPEG"):
    """An image file of one colour, in a test another one each time."""
    number = next(_pictures)
    colour = colour or (number * 37 % 256, number * 91 % 256, number * 53 % 256)
    content = io.BytesIO()
    picture = Image.new("RGB", (width, height), colour)
    picture.putpixel((0, 0), (number % 256, number // 256 % 256, (7 + number // 65536) % 256))
    picture.save(content, format, quality=90, comment=f"number {number}".encode())
    return SimpleUploadedFile(f"picture-{number}.{format.lower()}", content.getvalue())


def make_photo(**values):
    values = {"credit_line": "A. Name/Agency", "alt_text": "A street", "caption": "A street in spring", **values}
    file = values.pop("file", None) or make_picture(values.pop("width", 160), values.pop("height", 120))
    photo = Photo(file=file, **values)
    photo.full_clean()
    photo.save()
    return photo


def make_section(name="", **values):
    name = name or f"Section {next(_numbers)}"
    return models.Section.objects.create(**{"name": name, "slug": name.lower().replace(" ", "-"), **values})


def make_topic(name="", **values):
    name = name or f"Topic {next(_numbers)}"
    return models.Topic.objects.create(**{"name": name, "slug": name.lower().replace(" ", "-"), **values})


def make_topics(names):
    """Many topics, made in one act."""
    with press.printing():
        return [make_topic(name) for name in names]


def make_byline(name="", **values):
    name = name or f"Writer {next(_numbers)}"
    return models.Byline.objects.create(**{"name": name, "slug": name.lower().replace(" ", "-"), **values})


def paragraphs(*texts):
    return [{"id": f"p{number}", "type": "paragraph", "html": text} for number, text in enumerate(texts, 1)]


def _saved(item, values):
    """Save with what stands in other tables, and keep the version."""
    topics, bylines = values.pop("topics", []), values.pop("bylines", [])
    item.full_clean()
    item.save()
    item.topics.set(topics)
    for position, byline in enumerate(bylines):
        item.placed_bylines.create(byline=byline, position=position)
    return item


def make_article(**values):
    """A story on the desk. `bylines` and `topics` are lists, `related` and `corrections` too."""
    number = next(_numbers)
    related, corrections = values.pop("related", []), values.pop("corrections", [])
    others = {name: values.pop(name) for name in ("topics", "bylines") if name in values}
    values = {"headline": f"Story {number}", "slug": f"story-{number}", **values}
    values.setdefault("body", paragraphs("It happened.", "Nobody was hurt."))
    article = _saved(models.Article(**values), others)
    for position, other in enumerate(related):
        article.placed_related.create(related=other, position=position)
    for text in corrections:
        article.placed_corrections.create(text=text, published_at=LONG_AGO)
    press.save(article)
    return article


def make_blurb(**values):
    others = {name: values.pop(name) for name in ("topics", "bylines") if name in values}
    blurb = _saved(models.Blurb(**{"text_html": f"<p>Short news {next(_numbers)}.</p>", **values}), others)
    press.save(blurb)
    return blurb


def make_film(name="tiny.mp4", note=""):
    """A stored film, as a video keeps it; with a note in it (an MP4) one of its own."""
    content = (FILMS / name).read_bytes()
    if note:
        content += struct.pack(">I4s", 8 + len(note), b"free") + note.encode()
    return dict(gate.admit(io.BytesIO(content))[0])


def make_video(**values):
    """A video on the desk. `tracks` are dicts with an `url`, or with the `text` of a file of ours."""
    number = next(_numbers)
    others = {name: values.pop(name) for name in ("topics", "bylines") if name in values}
    tracks = values.pop("tracks", [])
    values = {
        "headline": f"Video {number}",
        "slug": f"video-{number}",
        "provider_url": "https://vimeo.com/76979871",
        "credit_line": "A. Name/Agency",
        "duration_seconds": 60,
        **values,
    }
    if "poster" not in values:
        values["poster"] = make_photo()
    video = _saved(models.Video(**values), others)
    for position, track in enumerate(tracks):
        if "text" in track:
            stored, _ = captions.keep_text(captions.check(track["text"]))
            track = {name: value for name, value in track.items() if name != "text"} | {"file": stored["stored"]}
        video.placed_tracks.create(position=position, **{"kind": "captions", "language": "en", **track})
    press.save(video)
    return video


def make_page(**values):
    number = next(_numbers)
    values = {"title": f"Page {number}", "slug": f"page-{number}", "body": paragraphs("What it says."), **values}
    page = models.Page(**values)
    page.full_clean()
    page.save()
    press.save(page)
    return page


def make_site(**values):
    """What the newsroom says of itself, under the names of a line; on the desk."""
    return working_copy.write(models.Site(), values).or_refuse().item


def make_front(**values):
    """A front on the desk; its containers are given as a line of an import has them."""
    number = next(_numbers)
    front = models.Front(**{"name": f"Front {number}", "slug": f"front-{number}", **values})
    front.containers = FrontSerializer.written()["containers"].run_validation(values.get("containers", []))
    front.full_clean()
    front.save()
    press.save(front)
    return front


def publish(item, **values):
    """Bring an item before readers; returns it."""
    press.publish(item, **values)
    return item


def bring(item):
    """Bring an item before readers as an import does, which asks nobody whether its photos' rights still last."""
    with press.printing() as printing:
        press.release(printing, item.kind, [press.Release(item.head)])
    return item


def bring_all(items, published_at=None):
    """Bring items of one kind before readers in one act, as an import does; `published_at` is a date for each."""
    dates = published_at or [None] * len(items)
    with press.printing() as printing:
        releases = [press.Release(item.head, published_at=date) for item, date in zip(items, dates, strict=True)]
        press.release(printing, items[0].kind, releases)
    return items


def make_blurbs(texts, **values):
    """Many short news on the desk, made in one act."""
    blurbs = models.Blurb.objects.bulk_create([models.Blurb(text_html=f"<p>{text}</p>", **values) for text in texts])
    press.keep([(blurb, BlurbSerializer.snapshot(blurb)) for blurb in blurbs])
    return blurbs


def update(item, **values):
    """Change an item on the desk and keep the version; readers see it after `publish`."""
    for name, value in values.items():
        setattr(item, name, value)
    item.save()
    press.save(item)
    return item


def many_changes(number):
    """So many rows of the log, of things that nobody shows."""
    with transaction.atomic():
        last = Edition.objects.select_for_update().get(pk=1)
        rows = [
            Change(
                edition=last.number + n, kind="topic", key=uuid4(), action="updated", slug=f"t-{n}", at=timezone.now()
            )
            for n in range(1, number + 1)
        ]
        Change.objects.bulk_create(rows)
        last.number += number
        last.save(update_fields=["number"])
