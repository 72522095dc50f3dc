"""Bylines on an item, in their order."""

from cms.desk.pages.rows import RowsInline


class BylineInline(RowsInline):
    fields = ["byline", "role", "position"]
    autocomplete_fields = ["byline"]
