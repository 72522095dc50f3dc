"""What is known of an item's page while it is opened, written on and saved: what it carries, and what became of it."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from cms.desk.ids import as_uuid
from cms.desk.models import Autosave
from cms.publishing import press
from cms.publishing.working_copy import Written


@dataclass
class ForTheDesk:
    """What a page changes besides the text, which no version has and no late save loses: a note, and whose it is."""

    note: str = ""
    is_noted: bool = False
    assignee: Any = press.KEEP  # KEEP: whose it was

    @property
    def is_changed(self) -> bool:
        return self.is_noted or self.assignee is not press.KEEP

    def store(self, item: Any, by: Any) -> None:
        if self.is_noted:
            type(item)._default_manager.filter(pk=item.pk).update(desk_note=self.note)
        if self.assignee is not press.KEEP:
            press.assign(item, self.assignee, by=by)


@dataclass
class PageState:
    """One request for the page of an item."""

    request: HttpRequest
    taken_up: Autosave | None = None  # the autosave that the page shows, as if it had just been typed
    is_shown_only: bool = False  # what was sent is shown where it can still be saved, and is not saved
    is_filled: bool = False  # with what the page, as the browser has it, does not know
    for_the_desk: ForTheDesk = field(default_factory=ForTheDesk)
    written: Written | None = None  # what became of the text, once it is saved
    problems: dict[str, Any] = field(default_factory=dict)  # why it was not

    @property
    def fields(self) -> QueryDict:
        """What stands in the page: as it was sent, or as it was written and is taken up again."""
        return self.taken_up.fields if self.taken_up else self.request.POST

    @property
    def key(self) -> uuid.UUID | None:
        """The id that a page for a new item came with, so that sending it twice makes one."""
        return as_uuid(self.fields.get("key", ""))

    @property
    def page(self) -> uuid.UUID | None:
        """Which opened page it is: of two tabs with one story, one."""
        return as_uuid(self.fields.get("page", ""))

    @property
    def base(self) -> int | None:
        """The version that a page started from."""
        base = self.fields.get("base", "")
        return int(base) if base.isascii() and base.isdigit() and len(base) < 19 else None


def page_state(request: HttpRequest) -> PageState:
    """What is known of the page that a request is for: one object, as long as the request lasts."""
    if not hasattr(request, "page_state"):
        request.page_state = PageState(request)
    state: PageState = request.page_state
    return state
