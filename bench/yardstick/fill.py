"""Fills the yardstick's database from the same files that Galley imports: python -m bench.yardstick.fill FOLDER.

photos.json there is Galley's own answer to photos/, so that both show the same sizes under the same addresses.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

import django

BATCH = 500


def main(folder: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.yardstick.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    fill(folder)


def fill(folder: Path) -> None:
    from django.db import connection, transaction

    with transaction.atomic():
        keep_shared(lines(folder / "shared.ndjson"))
        keep_photos(json.loads((folder / "photos.json").read_text()))
    found = lines(folder / "articles.ndjson")
    while batch := list(islice(found, BATCH)):
        with transaction.atomic():
            keep_articles(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lines(path: Path) -> Iterator[dict]:
    with path.open() as file:
        for line in file:
            yield json.loads(line)


def keep_shared(found: Iterable[dict]) -> None:
    from bench.yardstick.models import Byline, Section, Topic

    sections: dict[str, Section] = {}
    topics, bylines = [], []
    for line in found:
        named = {name: line.get(name) for name in ("slug", "name")}
        if line["kind"] == "section":
            sections[line["slug"]] = Section.objects.create(**named, parent=sections.get(line["parent"]))
        elif line["kind"] == "topic":
            topics.append(Topic(**named, type=line["type"]))
        elif line["kind"] == "byline":
            bylines.append(Byline(**named))
    Topic.objects.bulk_create(topics)
    Byline.objects.bulk_create(bylines)


def keep_photos(photos: list[dict]) -> None:
    from bench.yardstick.models import Photo

    columns = {field.name for field in Photo._meta.fields} - {"id", "uuid", "focal_x", "focal_y"}
    for line in photos:
        point = line["focal_point"]
        values = {name: line[name] for name in columns}
        Photo.objects.create(uuid=line["id"], focal_x=point["x"], focal_y=point["y"], **values)


class Keys:
    """Primary keys by slug, read once."""

    known: dict[str, dict] = {}

    @classmethod
    def of(cls, model: type, name: str) -> dict:
        if model.__name__ not in cls.known:
            cls.known[model.__name__] = {str(key): pk for key, pk in model.objects.values_list(name, "pk")}
        return cls.known[model.__name__]


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.count = 0

    def handle_data(self, data):
        self.count += len(data.split())


def keep_articles(batch: list[dict]) -> None:
    from bench.yardstick.models import Article, Byline, Contribution, Photo, Section, Topic

    sections, topics = Keys.of(Section, "slug"), Keys.of(Topic, "slug")
    bylines, photos = Keys.of(Byline, "slug"), Keys.of(Photo, "uuid")
    articles = [make(line, sections, photos) for line in batch]
    Article.objects.bulk_create(articles)
    pairs = list(zip(articles, batch, strict=True))
    Contribution.objects.bulk_create(
        Contribution(article=article, byline_id=bylines[placed["byline"]], role=placed["role"], position=position)
        for article, line in pairs
        for position, placed in enumerate(line["bylines"])
    )
    mention = Article.topics.through
    mention.objects.bulk_create(
        mention(article=article, topic_id=topics[slug]) for article, line in pairs for slug in line["topics"]
    )
    slugs = [slug for line in batch for slug in line["related"]]
    near = dict(Article.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    relation = Article.related.through
    relation.objects.bulk_create(
        relation(from_article=article, to_article_id=near[slug]) for article, line in pairs for slug in line["related"]
    )


def make(line: dict, sections: dict, photos: dict):
    from bench.yardstick.models import Article

    at = datetime.fromisoformat(line["published_at"])
    html = "\n".join(f"<p>{block['html']}</p>" for block in line["body"])
    words = Words()
    words.feed(html)
    lead = line["lead_photo"] or {}
    return Article(
        uuid=line["id"],
        is_published=True,
        published_at=at,
        updated_at=at,
        section_id=sections[line["section"]],
        lead_photo_id=photos[lead["photo"]] if lead else None,
        lead_photo_caption=lead.get("caption", ""),
        word_count=words.count,
        body=[{"id": f"b{number}", **block} for number, block in enumerate(line["body"])],
        body_html=html,
        **{name: line[name] for name in ("slug", "headline", "kicker", "standfirst", "genre", "language", "breaking")},
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
