"""Autosaves that send what has changed since the one before, and not the whole page every few seconds.

A change is `[name, number, start, end, text]`: the text stands in the place of the characters from start to end of the
field with this name; of more than one such field, of the one of this number.
"""

import json
from datetime import datetime
from typing import Any

from django.http import QueryDict

MOST_CHANGES = 1000


def mark(at: datetime) -> str:
    """What an autosave is known by to the page that sent it."""
    return at.isoformat()


def whole_page(posted: QueryDict, last: Any | None) -> QueryDict | None:
    """The fields of a page that sent only its changes; nothing where they are not changes of what was kept last."""
    if last is None or posted.get("since") != mark(last.created_at):
        return None
    page = QueryDict(mutable=True)
    for name, value in last.written:
        page.appendlist(name, value)
    changes = _changes(posted.get("changes", ""))
    if changes is None or not all(_apply(change, page) for change in changes):
        return None
    for name, values in posted.lists():
        if name not in {"changes", "since"}:
            page.setlist(name, values)
    return page


def _changes(text: str) -> list | None:
    try:
        changes = json.loads(text)
        text.encode()
        json.dumps(changes, ensure_ascii=False).encode()  # half a character is no text
    except (ValueError, RecursionError):
        return None
    return changes if isinstance(changes, list) and len(changes) <= MOST_CHANGES else None


def _apply(change: Any, page: QueryDict) -> bool:
    match change:
        case [str(name), int(number), int(start), int(end), str(text)]:
            values = page.getlist(name)
            if not (0 <= number < len(values) and 0 <= start <= end <= len(values[number])):
                return False
            values[number] = values[number][:start] + text + values[number][end:]
            page.setlist(name, values)
            return True
    return False
