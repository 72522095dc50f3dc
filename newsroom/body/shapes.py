"""Blocks as they were kept once, in the shape that they have now."""

from newsroom.body.pieces import DEEPEST_LIST

FLOWS = ("<p>", "<ul>", "<ol>", "<ol ")


def in_shape(block: dict) -> dict:
    """A block as it is written today: one that is so already is itself."""
    kind = block["type"]
    changed: dict = {}
    if kind == "list" and not ("start" in block and all(isinstance(item, dict) for item in block["items"])):
        changed = {"ordered": bool(block.get("ordered")), "start": block.get("start") or 1, "items": items_of(block)}
    elif kind in {"quote", "pullquote"}:
        if not block["html"].startswith(FLOWS):
            changed["html"] = f"<p>{block['html']}</p>"
        if not block.get("attribution", ""):
            changed["attribution"] = None
    elif kind in {"embed", "factbox"} and not block.get("title", ""):
        changed["title"] = None
    if all(name in block and block[name] == value for name, value in changed.items()):
        return block
    return {**block, **changed}


def items_of(listing: dict) -> list[dict]:
    return [{"html": item, "list": None} if isinstance(item, str) else item for item in listing["items"]]


def body_in_shape(blocks: list[dict]) -> list[dict]:
    """A body in which every block is as it is written today."""
    return [in_shape(block) for block in blocks]


def flattened(listing: dict, depth: int = 1) -> dict:
    """A list in which nothing stands deeper than a list may; what does follows the item that it stood in."""
    items: list[dict] = []
    for item in listing["items"]:
        inner = flattened(item["list"], depth + 1) if item["list"] else None
        if inner and depth >= DEEPEST_LIST:
            items += [{"html": item["html"], "list": None}, *inner["items"]]
        else:
            items.append({"html": item["html"], "list": inner})
    return {**listing, "items": items}
