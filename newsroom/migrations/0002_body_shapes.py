"""Bodies in the shape that they have now: items of lists with the list in them, quotes that flow, null for nothing.

What reads a body copes with both (newsroom/body/shapes.py), so that the desk may go on while this runs.
"""

from collections.abc import Iterable
from typing import Any

from django.db import migrations

from newsroom.body.shapes import in_shape

BATCH = 500


def bodies_in_shape(apps, schema_editor):
    database = schema_editor.connection.alias
    articles = apps.get_model("newsroom", "Article").objects.using(database).order_by("pk")
    for batch in batches(articles.only("pk", "body")):
        changed = [article for article in batch if put_in_shape(article.body)]
        articles.model.objects.using(database).bulk_update(changed, ["body"])
    versions = apps.get_model("publishing", "Version")._base_manager.using(database).filter(kind="article")
    for batch in batches(versions.only("pk", "data").order_by("pk")):
        changed = [version for version in batch if put_in_shape((version.data or {}).get("body"))]
        versions.model._base_manager.using(database).bulk_update(changed, ["data"])
    # Readers' JSON is made again from them.
    apps.get_model("publishing", "Publication").objects.using(database).exclude(rendering="").update(
        card="", document="", rendering="", shows_until=None
    )


def batches(rows: Any) -> Iterable[list]:
    after = None
    while batch := list((rows if after is None else rows.filter(pk__gt=after))[:BATCH]):
        yield batch
        after = batch[-1].pk


def put_in_shape(blocks: Any) -> bool:
    """Put a body in shape where it stands; whether that changed it."""
    if not isinstance(blocks, list):
        return False
    before = list(blocks)
    blocks[:] = [in_shape(block) if is_whole(block) else block for block in blocks]
    return any(block is not was for block, was in zip(blocks, before, strict=True))


def is_whole(block: Any) -> bool:
    """Whether a block has what its shape is made of; one that lacks it is left for `check_content` to name."""
    if not isinstance(block, dict):
        return False
    kind = block.get("type")
    if kind == "list":
        return isinstance(block.get("items"), list)
    return isinstance(kind, str) and (kind not in {"quote", "pullquote"} or isinstance(block.get("html"), str))


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_initial"), ("publishing", "0001_initial")]

    operations = [migrations.RunPython(bodies_in_shape, migrations.RunPython.noop, elidable=True)]
