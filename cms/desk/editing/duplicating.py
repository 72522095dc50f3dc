"""A copy of an item, to begin another one from."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _

from cms.publishing import kinds, press, working_copy


class DuplicatingMixin:
    """Makes a draft that says what another item says, and has an address of its own."""

    def get_urls(self):
        return [
            self.page("<path:object_id>/duplicate/", "duplicate", self.duplicate_view),
            *super().get_urls(),
        ]

    def may_duplicate(self, request: HttpRequest, item: Any) -> bool:
        """Whoever may see an item and write one of its kind."""
        is_copied = kinds.publishable_named(item.kind).is_copied
        return is_copied and self.has_view_or_change_permission(request, item) and self.has_add_permission(request)

    def row_acts(self, request: HttpRequest, item: Any) -> Iterator[dict]:
        yield from super().row_acts(request, item)
        if self.may_duplicate(request, item):
            address = self.address("duplicate", quote(item.pk))
            yield {"label": _("Duplicate"), "post": address, "is_followed": True}

    def duplicate_view(self, request, object_id):
        """Copy what was saved last, and lead to the copy."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        with press.printing():
            item = self.get_object(request, unquote(object_id))
            if item is None:
                raise Http404
            if not self.may_duplicate(request, item):
                raise PermissionDenied
            copy = self._duplicate(request, item)
        self.message_user(request, _("This is a copy, and a draft. Readers do not see it."), messages.SUCCESS)
        address = self.address("change", quote(copy.pk))
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"address": address})
        return HttpResponseRedirect(address)

    def _duplicate(self, request: HttpRequest, item: Any) -> Any:
        serializer = kinds.publishable_named(item.kind)
        copy = self.model()
        saved = item.head.data if item.head else serializer.snapshot(item)
        data = working_copy.without_deleted({**serializer.blank(), **serializer.copied(saved)})
        serializer.complete(copy.pk, data)
        return working_copy.write(copy, data, request.user).or_refuse().item
