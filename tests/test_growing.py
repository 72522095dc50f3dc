"""Large archives for measuring, which are grown by SQL and served as if they had been imported."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection

from bench.archive import APART
from bench.growing import FILE, grow
from cms.publishing.models import Publication
from tests import databases
from tests.factories import bring_all, make_article, make_byline, make_topic, paragraphs

SLUGS = ["newer", "older", "newer-1", "older-1", "newer-2", "older-2"]


@pytest.fixture
def grown(transactional_db, tmp_path):
    """This process asks an archive of six stories, of which two were written by hand."""
    if connection.vendor != "sqlite":
        pytest.skip("other databases are no file that can be copied")
    of_both = {"topics": [make_topic("Grain")], "bylines": [make_byline("Olena")]}
    newer = make_article(slug="newer", body=paragraphs("Tugboats return."), **of_both)
    older = make_article(slug="older", body=paragraphs("Ballast is dear."), related=[newer], **of_both)
    moment = datetime(2025, 12, 31, 18, tzinfo=UTC)
    bring_all([older, newer], published_at=[moment - APART, moment])
    imported, grown, former = tmp_path / "imported", tmp_path / "grown", connection.settings_dict["NAME"]
    imported.mkdir()
    with closing(sqlite3.connect(imported / FILE)) as file:
        connection.connection.backup(file)
    grow(imported, grown, articles=2, size=6)
    databases.use(grown / FILE)
    yield grown
    databases.use(former)


def test_copies_are_listed_behind_what_they_were_copied_from(grown, api):
    assert api.slugs("articles/?page_size=10") == SLUGS
    assert [row["slug"] for row in api.walk("articles/?page_size=1&topic=grain&byline=olena")] == SLUGS
    dates = [datetime.fromisoformat(row["published_at"]) for row in api("articles/")["results"]]
    assert [one - other for one, other in pairwise(dates)] == [APART] * 5


def test_copy_has_all_of_its_story_and_is_related_to_the_copy_beside_it(grown, api):
    story, copied = api("articles/older/"), api("articles/older-2/")
    assert copied["body"] == story["body"]
    assert copied["bylines"] == story["bylines"]
    assert [row["slug"] for row in copied["related"]] == ["newer-2"]
    assert copied["id"] != story["id"]


def test_copies_are_found_by_their_words(grown, api):
    assert api.slugs("articles/?search=tugboat") == SLUGS[::2]
    assert api.slugs("articles/?search=ballast") == SLUGS[1::2]
    assert api.slugs("articles/?search=balla*") == SLUGS[1::2]


def test_file_is_whole(grown):
    with closing(sqlite3.connect(grown / FILE)) as file:
        # 1: beside the rows that were indexed
        file.execute("INSERT INTO search_entry_words(search_entry_words, rank) VALUES ('integrity-check', 1)")
        file.rollback()
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert not list(grown.glob("words*"))


def test_what_is_published_next_is_the_newest_and_found(grown, api):
    bring_all([make_article(slug="newest", body=paragraphs("Tugboats leave."))])
    assert api.slugs("articles/?search=tugboat")[:2] == ["newest", "newer"]
    assert len(set(Publication.objects.values_list("place", flat=True))) == 7
