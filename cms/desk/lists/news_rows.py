"""A row of a list as a line of news: what it is called, and below it, in one line, all else that a list shows of it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import lookup_field
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.words import name_of


class NewsRowsMixin:
    """Of the list of what is published. The first of its columns stays one; the others are the line below it."""

    def get_list_display(self, request):
        first, *others = super().get_list_display(request)

        @admin.display(description=gettext_lazy("about"))
        def about(item):
            return self.line_of(item, others)

        return [first, about]

    def line_of(self, item: Any, columns: list) -> SafeString:
        page: Any = self
        facts = [(name, lookup_field(name, item, page)[2]) for name in columns]
        facts = [(f"field-{name}", value) for name, value in facts if value not in (None, "")]
        if item.assignee:
            words = format_html('<span class="visually-hidden">{} </span>', _("Assigned to"))
            facts.append(("assignee", format_html("{}{}", words, name_of(item.assignee))))
        if open_at := getattr(item, "open_at", ""):
            facts.append(("open-at", open_at))
        return format_html('<p class="row-line">{}</p>', format_html_join("", '<span class="{}">{}</span>', facts))
