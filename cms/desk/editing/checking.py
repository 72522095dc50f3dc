"""Before publishing: what stands in the way, said while a page is being written."""

import uuid
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from cms.desk.editing.snapshots import snapshot_of
from cms.desk.pages.choosing import without_deleted
from cms.desk.pages.page_state import page_state
from cms.publishing import checks, kinds


class ChecksMixin:
    """The panel beside a form that tells what publishing would be refused for."""

    def get_urls(self):
        return [
            self.page("add/check/", "check_new", self.check_view),
            self.page("<path:object_id>/check/", "check", self.check_view),
            *super().get_urls(),
        ]

    def check_view(self, request, object_id=None):
        """What stands in the way of publishing a page as it is being written. Nothing of it is saved."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self.get_object(request, unquote(object_id)) if object_id else None
        if object_id and item is None:
            raise Http404
        may = self.has_change_permission(request, item) if item else self.has_add_permission(request)
        if not may:
            raise PermissionDenied
        written, data, problems = self._as_written(request, item)
        draft = self._draft(request, written, data, item, self.status_of(written))
        problems += checks.problems([draft])[0]
        return TemplateResponse(request, "desk/checks.html", {"problems": list(self._in_words(problems))})

    def _as_written(self, request, item, key=None):
        """The item as a page has it, the snapshot that saving would make of it, and what is wrong with its fields."""
        adding = item is None
        known = item or self.model(pk=key or page_state(request).key or uuid.uuid4())
        form_class = self.get_form(request, item, change=not adding)
        form = form_class(request.POST, {}, instance=known)
        gone = without_deleted(self, request) if form.errors else []
        if gone:
            form = form_class(request.POST, {}, instance=known)
        problems = [checks.error(text, name) for name, texts in form.errors.items() for text in texts]
        problems += [checks.warning(text) for text in gone]
        formsets, inlines = self._create_formsets(request, form.instance, change=not adding)
        pairs = zip(formsets, inlines, strict=True)
        data = snapshot_of(form, [formset for formset, inline in pairs if getattr(inline, "is_looked_at", False)])
        return form.instance, data, problems

    def _draft(self, request, item, data, known, status):
        at = max(status.next_at or timezone.now(), timezone.now())
        return checks.Draft(self.model.kind, data, item.pk, at=at, item=known or item, by=request.user)

    def _checks(self, request, item, obj, status, can_save) -> dict[str, Any]:
        """The panel as a page is opened: it has its place from the start. Nobody is scolded for an empty page."""
        if not can_save:
            return {"checks_address": ""}
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_check"
        address = reverse(name, args=[quote(obj.pk)]) if obj else reverse(f"{name}_new")
        is_begun = bool(obj and obj.head)
        data = obj.head.data if is_begun else kinds.publishable_named(self.model.kind).snapshot(item)
        problems = checks.problems([self._draft(request, item, data, obj, status)])[0]
        return {"checks_address": address, "problems": list(self._in_words(problems)), "is_begun": is_begun}

    def _in_words(self, problems):
        for problem in problems:
            page = ""
            if problem.thing:
                kind, key = problem.thing
                page = self.page_of(kinds.named(kind).Meta.model, key)
            yield {"text": problem.text, "is_error": problem.is_error, "field": problem.field, "page": page}
