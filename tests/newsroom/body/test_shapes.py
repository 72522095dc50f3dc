"""Bodies that were written when blocks had another shape."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from cms.publishing.models import Publication, Version
from newsroom.models import Article
from tests.factories import make_article, publish

pytestmark = pytest.mark.django_db

OLD = [
    {"id": "l", "type": "list", "ordered": True, "items": ["a", "<em>b</em>"]},
    {"id": "q", "type": "quote", "html": "Never.", "attribution": ""},
    {"id": "f", "type": "factbox", "title": "", "html": "<p>x</p>"},
    {"id": "g", "type": "embed", "provider": "youtube", "url": "https://youtu.be/GaLLeyHrb04", "title": ""},
]
NEW = [
    {
        "id": "l",
        "type": "list",
        "ordered": True,
        "start": 1,
        "items": [{"html": "a", "list": None}, {"html": "<em>b</em>", "list": None}],
    },
    {"id": "q", "type": "quote", "html": "<p>Never.</p>", "attribution": None},
    {"id": "f", "type": "factbox", "title": None, "html": "<p>x</p>"},
]


def test_readers_get_an_old_body_in_the_shape_of_today(api):
    publish(make_article(slug="old", body=OLD))

    story = api("articles/old/")

    assert story["body"][:3] == NEW
    assert story["body"][3].keys() == {"id", "type", "provider", "url", "html", "title"}
    assert story["body"][3]["title"] is None
    assert story["body_html"].startswith("<ol><li>a</li><li><em>b</em></li></ol><blockquote><p>Never.</p></blockquote>")
    assert story["word_count"] == 4


def test_old_bodies_are_put_in_shape_by_the_migration(api):
    article = publish(make_article(slug="old", body=OLD))
    broken = make_article(slug="broken", body=[{"id": "x", "type": "list"}, {"id": "q", "type": "quote"}])
    shown = api("articles/old/")["body"]
    migration = import_module("newsroom.migrations.0002_body_shapes")

    migration.bodies_in_shape(apps, SimpleNamespace(connection=connection))

    assert Article.objects.get(pk=article.pk).body[:3] == NEW
    assert [version.data["body"][:3] for version in Version.objects.filter(key=article.pk)] == [NEW]
    assert Article.objects.get(pk=broken.pk).body == [{"id": "x", "type": "list"}, {"id": "q", "type": "quote"}]
    assert Publication.objects.get(key=article.pk).rendering == ""
    assert api("articles/old/")["body"] == shown
