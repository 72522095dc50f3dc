"""A body as readers get it."""

from newsroom.body.shapes import in_shape
from newsroom.providers import embed_of


def shown_body(blocks: list[dict]) -> list[dict]:
    """A body as readers get it: galleries that have lost all their photos go, embeds get their HTML."""
    shown = []
    for block in blocks:
        if block["type"] == "gallery" and not block["photos"]:
            continue
        block = in_shape(block)
        if block["type"] == "embed":
            found = embed_of(block["url"])
            block = {
                "id": block["id"],
                "type": "embed",
                "provider": found["provider"] if found else block["provider"],
                "url": block["url"],
                "html": found["html"] if found else None,
                "title": block["title"],
            }
        shown.append(block)
    return shown
