"""What has a body of blocks, written in the editor."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.utils.translation import gettext_lazy

from newsroom.body.form_field import converted, converting_once, with_untouched
from newsroom.body.reading_copy import reading_copy


class BodyMixin:
    """A page with a body, which is converted once and before anybody has to wait for a lock."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with converting_once():
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_ready(self, request, object_id):
        """Convert the body, which takes longer than all else of a save."""
        item = self.get_object(request, unquote(object_id)) if object_id else None
        with_untouched(converted(request.POST.get("body", "")), item.body if item else [])

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = [name if name != "body" else "text" for name in fieldsets[0][1]["fields"]]
        return [(None, {"fields": shown}), *fieldsets[1:-1]]

    @admin.display(description=gettext_lazy("body"))
    def text(self, item):
        return reading_copy(item.body)
