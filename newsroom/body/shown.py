"""A body as readers get it."""

from django.conf import settings

from newsroom.body.shapes import in_shape
from newsroom.providers import embed_of


def shown_body(blocks: list[dict]) -> list[dict]:
    """A body as readers get it: the desk's marks and galleries that have lost all their photos go, embeds get HTML."""
    shown = []
    for block in blocks:
        if block["type"] == "paywall" or (block["type"] == "gallery" and not block["photos"]):
            continue
        block = in_shape(block)
        if block["type"] == "embed":
            embed = embed_of(block["url"])
            block = {
                "id": block["id"],
                "type": "embed",
                "provider": embed["provider"] if embed else block["provider"],
                "url": block["url"],
                "html": embed["html"] if embed else None,
                "title": block["title"],
            }
        shown.append(block)
    return shown


def free_blocks(blocks: list[dict]) -> list[dict]:
    """Of a body that is not free for all what is: up to the desk's mark, else the first blocks."""
    mark = next((number for number, block in enumerate(blocks) if block["type"] == "paywall"), settings.FREE_BLOCKS)
    return blocks[:mark]
