"""The archive's rows, by SQL, into the tables that Directus has made."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

COLUMNS = ["slug", "headline", "kicker", "standfirst", "genre", "language", "breaking"]


def insert(folder: Path, database: Path, uploads: Path) -> None:
    with sqlite3.connect(database) as connection:
        numbers = keep_shared(connection, folder, uploads)
        for number, line in enumerate(lines(folder / "articles.ndjson"), start=1):
            keep_article(connection, number, line, numbers)
    connection.execute("ANALYZE")
    connection.close()


def lines(path: Path) -> Iterator[dict]:
    with path.open() as file:
        yield from map(json.loads, file)


def keep_shared(connection: sqlite3.Connection, folder: Path, uploads: Path) -> dict[str, int]:
    """The numbers of sections, topics and bylines by slug; slugs of different kinds differ."""
    numbers: dict[str, int] = {}
    for number, line in enumerate(lines(folder / "shared.ndjson"), start=1):
        if line["kind"] == "photo":
            keep_photo(connection, line, folder / line["file"], uploads)
            continue
        numbers[line["slug"]] = number
        row = {"id": number, "slug": line["slug"], "name": line["name"], "type": line.get("type")}
        keep(connection, f"{line['kind']}s", row)
    return numbers


def keep_photo(connection: sqlite3.Connection, line: dict, file: Path, uploads: Path) -> None:
    stored = f"{line['id']}.jpg"
    shutil.copy(file, uploads / stored)
    row = {
        "id": line["id"],
        "storage": "local",
        "filename_disk": stored,
        "filename_download": file.name,
        "title": line["credit_line"],
        "description": line["alt_text"],
        "type": "image/jpeg",
        "filesize": file.stat().st_size,
        "width": 1600,
        "height": 1067,
    }
    keep(connection, "directus_files", row)


def keep_article(connection: sqlite3.Connection, number: int, line: dict, numbers: dict[str, int]) -> None:
    lead = line["lead_photo"] or {}
    row = {name: line[name] for name in COLUMNS} | {
        "id": number,
        "status": "published",
        "published_at": int(datetime.fromisoformat(line["published_at"]).timestamp() * 1000),
        "section": numbers[line["section"]],
        "lead_photo": lead.get("photo"),
        "photo_caption": lead.get("caption", ""),
        "body": "".join(f"<p>{block['html']}</p>" for block in line["body"]),
    }
    keep(connection, "articles", row)
    for sort, slug in enumerate(line["topics"], start=1):
        keep(connection, "articles_topics", {"articles_id": number, "topics_id": numbers[slug], "sort": sort})
    for sort, placed in enumerate(line["bylines"], start=1):
        row = {"articles_id": number, "bylines_id": numbers[placed["byline"]], "sort": sort, "role": placed["role"]}
        keep(connection, "articles_bylines", row)


def keep(connection: sqlite3.Connection, table: str, row: dict) -> None:
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))
