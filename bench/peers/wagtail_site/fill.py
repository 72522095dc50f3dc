"""Fills Wagtail from the files that Galley imports: python -m bench.peers.wagtail_site.fill FOLDER IDS.

IDS is a file to write: the numbers of sections and stories by their slugs, by which the API asks for them.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import django

BATCH = 500


def main(folder: Path, ids: Path) -> None:
    django.setup()
    from django.core.management import call_command
    from wagtail.signal_handlers import disable_reference_index_auto_update

    call_command("migrate", verbosity=0)
    with disable_reference_index_auto_update():  # it says where pages are used, which is not asked for here
        shared = keep_shared(folder)
        articles = keep_articles(folder, shared)
    sections = {slug: row.pk for slug, row in shared["section"].items()}
    ids.write_text(json.dumps({**sections, **articles}))


def lines(path: Path) -> Iterator[dict]:
    with path.open() as file:
        for line in file:
            yield json.loads(line)


def keep_shared(folder: Path) -> dict[str, dict]:
    from django.core.files.images import ImageFile
    from wagtail.images.models import Image

    from bench.peers.wagtail_site.models import Byline, Section, Topic

    rows: dict[str, dict] = {"section": {}, "topic": {}, "byline": {}, "photo": {}}
    for line in lines(folder / "shared.ndjson"):
        kind, name = line["kind"], line.get("name")
        if kind == "photo":
            file = ImageFile(BytesIO((folder / line["file"]).read_bytes()), name=Path(line["file"]).name)
            image = Image.objects.create(title=line["credit_line"], description=line["alt_text"], file=file)
            image.get_rendition("fill-800x450")
            rows[kind][line["id"]] = image
        elif kind == "topic":
            rows[kind][line["slug"]] = Topic.objects.create(slug=line["slug"], name=name, type=line["type"])
        else:
            model = Section if kind == "section" else Byline
            rows[kind][line["slug"]] = model.objects.create(slug=line["slug"], name=name)
    return rows


def keep_articles(folder: Path, shared: dict[str, dict]) -> dict[str, int]:
    from django.db import connection, transaction
    from wagtail.models import Page, Site

    root = Page.objects.get(depth=1)
    home = root.add_child(instance=Page(title="News", slug="news"))
    Site.objects.all().delete()
    Site.objects.create(hostname="news.example.org", root_page=home, is_default_site=True)
    ids = {}
    transaction.set_autocommit(False)
    for number, line in enumerate(lines(folder / "articles.ndjson")):
        ids[line["slug"]] = keep(home, line, shared)
        if number % BATCH == 0:
            transaction.commit()
    transaction.commit()
    transaction.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ids


def keep(home, line: dict, shared: dict[str, dict]) -> int:
    from bench.peers.wagtail_site.models import ArticlePage, Contribution

    at = datetime.fromisoformat(line["published_at"])
    lead = line["lead_photo"] or {}
    page = ArticlePage(
        title=line["headline"],
        published_at=at,
        first_published_at=at,
        last_published_at=at,
        section=shared["section"][line["section"]],
        lead_photo=shared["photo"][lead["photo"]] if lead else None,
        photo_caption=lead.get("caption", ""),
        body=json.dumps([{"type": "paragraph", "value": f"<p>{block['html']}</p>"} for block in line["body"]]),
        **{name: line[name] for name in ("slug", "kicker", "standfirst", "genre", "language", "breaking")},
    )
    page.topics = [shared["topic"][slug] for slug in line["topics"]]
    page.contributions = [
        Contribution(byline=shared["byline"][placed["byline"]], role=placed["role"], sort_order=position)
        for position, placed in enumerate(line["bylines"])
    ]
    home.add_child(instance=page)
    return page.pk


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
