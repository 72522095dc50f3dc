"""A row's menu: what can be done with an item without opening it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def edition_address(edition: int) -> str:
    """Where the API tells of one edition."""
    return f"{reverse('changes')}?after={max(edition - 1, 0)}&page_size=1"


class RowMenuMixin:
    """Of the list of what is published."""

    def get_list_display(self, request):
        """The menu stands last, for whoever asks for the list."""

        @admin.display(description=gettext_lazy("more"))
        def row_menu(item):
            acts = list(self.row_acts(request, item))
            context = {"item": item, "acts": acts, "links": list(self.row_links(item))}
            context["withdraw"] = item.status.is_live and self.may(request, "withdraw", item)
            return render_to_string("desk/row_menu.html", context)

        return [*super().get_list_display(request), row_menu]

    def row_links(self, item: Any) -> Iterator[tuple[str, str]]:
        yield _("Open"), self.address("change", quote(item.pk))
        if addresses := item.status.addresses:
            yield _("Public page"), addresses["web"]
            yield _("JSON"), addresses["api"]
            edition = item.status.publication.edition
            yield _("Edition %(number)d") % {"number": edition}, edition_address(edition)

    def row_acts(self, request: HttpRequest, item: Any) -> Iterator[dict]:
        yield {"label": _("Preview"), "post": self.address("preview", quote(item.pk)), "is_preview": True}
