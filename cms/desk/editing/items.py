"""The pages of what is published: its states, its buttons, and saves that lose nothing to each other."""

from collections.abc import Iterator
from functools import partialmethod
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Script

from cms import permissions
from cms.content.publishable import Publishable
from cms.desk.editing.acts import ActsMixin
from cms.desk.editing.autosaving import AutosavingMixin
from cms.desk.editing.checking import ChecksMixin
from cms.desk.editing.duplicating import DuplicatingMixin
from cms.desk.editing.preview_links import PreviewsMixin
from cms.desk.editing.schedule_form import ScheduleForm
from cms.desk.editing.snapshots import snapshot_of
from cms.desk.lists.bulk import BulkMixin
from cms.desk.lists.change_lists import DeskChangeList, TabFilter
from cms.desk.lists.news_rows import NewsRowsMixin
from cms.desk.lists.row_menu import RowMenuMixin, edition_address
from cms.desk.moments import in_brief
from cms.desk.pages.admin import DeskAdmin
from cms.desk.pages.choosing import leave_out_deleted
from cms.desk.pages.page_state import ForTheDesk, page_state
from cms.desk.people.presence import PresenceMixin
from cms.desk.status import Status, statuses
from cms.desk.versions.history import HistoryMixin
from cms.desk.words import author_of, moment_in_words, name_of
from cms.publishing import press, reading, working_copy
from cms.publishing.models import Publication, Stage


class NotWritten(Exception):
    """That a form was right, and the item may not be so all the same; the page's state says why."""


class PublishableAdmin(
    BulkMixin,
    DuplicatingMixin,
    RowMenuMixin,
    NewsRowsMixin,
    HistoryMixin,
    ActsMixin,
    AutosavingMixin,
    ChecksMixin,
    PreviewsMixin,
    PresenceMixin,
    DeskAdmin,
):
    """An item with its state and its buttons.

    The whole of a save runs inside `press.printing()`: the edition is locked first and the item written after it, in
    the order in which everybody else does. A page carries the version that it started from; one that is out of date
    overwrites nothing, but is kept as a stale version and shown beside the newer one.
    """

    change_form_template = "desk/change_form.html"
    change_list_template = "desk/change_list.html"
    object_history_template = "desk/history.html"
    ordering = ["-modified_at"]
    list_defer: list[str] = []
    save_on_top = False

    class Media:
        css = {"all": ["desk/paper.css", "desk/bar.css", "desk/history.css", "desk/presence.css"]}
        js = [
            "desk/word.js",
            "desk/bar.js",
            "desk/checks.js",
            "desk/history.js",
            "desk/presence.js",
            "desk/rows.js",
            Script("desk/copies.js", type="module"),
            Script("desk/saving.js", type="module"),
        ]

    # Permissions

    def may(self, request: HttpRequest, verb: str, item: Publishable | None = None) -> bool:
        if item is None or item._state.adding:
            return permissions.has(request.user, verb, self.model)
        return permissions.may(request.user, verb, item)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.may(request, "change", obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or self.may(request, "delete", obj))

    def has_view_permission(self, request, obj=None):
        """Whoever may change some may see all."""
        return permissions.has(request.user, "view", self.model) or permissions.has(request.user, "change", self.model)

    # Lists

    def get_changelist(self, request, **kwargs):
        return DeskChangeList

    def get_list_select_related(self, request):
        return ["head__author", "assignee", *(self.list_select_related or [])]

    def get_list_filter(self, request):
        return [TabFilter, *super().get_list_filter(request)]

    def changelist_view(self, request, extra_context=None):
        reading.now()
        may_write = self.has_add_permission(request)
        offers = self.offers(request) if may_write and request.method == "GET" else []
        return super().changelist_view(request, {"offers": offers, **(extra_context or {})})

    def look_up(self, items: list) -> None:
        """Find where these stand."""
        for item, status in zip(items, statuses(items), strict=True):
            item.status = status

    def with_facts(self, rows: models.QuerySet) -> models.QuerySet:
        """The rows of a list's page, with what else the same statement can tell of them."""
        return rows

    def look_up_rows(self, items: list[models.Model]) -> None:
        """Find what else a list shows of these."""

    def status_of(self, item: models.Model) -> Status:
        self.look_up([item])
        return item.status

    @admin.display(description=gettext_lazy("state"))
    def state(self, item):
        parts = [format_html('<span class="state state-{}">{}</span>', item.status.name, item.status)]
        if item.stage != Stage.WRITING and (item.status.name != "live" or item.status.has_changes):
            parts.append(format_html('<span class="stage stage-{}">{}</span>', item.stage, item.get_stage_display()))
        return format_html_join(" ", "{}", ((part,) for part in parts))

    @admin.display(description=gettext_lazy("last saved"), ordering="-modified_at")
    def last_saved(self, item):
        """When it was saved last; of what is live as it stands, when readers got it. It leads to all versions."""
        who = author_of(item.head) if item.head and item.head.author else ""
        words = {"when": moment_in_words(item.modified_at), "who": who}
        saved = _("Saved %(when)s by %(who)s") % words if who else _("Saved %(when)s") % words
        publication = item.status.publication
        is_as_printed = publication and item.status.is_live and not item.status.has_changes
        moment = (is_as_printed and publication.published_at) or item.modified_at
        all_versions = _("All versions")
        title = f"{saved}. {all_versions}"
        versions = self.address("history", quote(item.pk))
        return format_html('<a href="{}" title="{}">{}</a>', versions, title, in_brief(moment))

    # The page of one item

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            reading.now()
            if "take_up" in request.GET and (elsewhere := self.take_up(request, object_id)):
                return elsewhere
            return super().changeform_view(request, object_id, form_url, extra_context)
        self.is_still_theirs(request)
        self.get_ready(request, object_id)
        with press.printing():
            if object_id and (gone := self.deleted_key(unquote(object_id))):
                return self.keep_of_deleted(request, gone)
            key = page_state(request).key
            if object_id is None and self.model.objects.filter(pk=key).exists():
                object_id = str(key)  # the same new page, sent twice
            item = self._act_at_once(request, object_id)
            if item and not self.has_change_permission(request, item):
                return self._to(request, self.address("change", quote(item.pk)))
            leave_out_deleted(self, request)
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except NotWritten:  # and nothing else of it either: the page is shown again, with what is wrong
                return super().changeform_view(request, object_id, form_url, extra_context)

    def get_ready(self, request: HttpRequest, object_id: str | None) -> None:
        """What takes its time, before a save has everybody wait: nothing is decided here."""

    def _to(self, request, address, item=None):
        """Where a save leads. A page that saves itself in place is told, and whether it may simply go on."""
        if "X-Saving" not in request.headers:
            return HttpResponseRedirect(address)
        is_here = bool(item and address == self.address("change", quote(item.pk))) and not request.FILES
        is_here = is_here and not page_state(request).is_filled
        is_here = is_here and self.has_change_permission(request, item)
        return JsonResponse({"to": address, "is_here": is_here, "head": item.head_id if item else None})

    def page_of(self, model: type[models.Model], key: Any) -> str:
        """The desk's page of something, where it has one."""
        if not self.admin_site.is_registered(model):
            return ""
        name = f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_change"
        return reverse(name, args=[quote(key)])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        item = obj or self.model()
        status = self.status_of(item)
        is_post = request.method == "POST"
        state = page_state(request)
        can_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        undecided = self._undecided(item) if obj else None
        scheduling = request.POST if is_post and "_schedule" in request.POST else None
        may_end = self.may(request, "withdraw", item)
        schedule_form = ScheduleForm(scheduling, status=status, may_end=may_end)
        context.update(
            {
                "title": capfirst(self.opts.verbose_name),
                "subtitle": str(obj) if obj else _("New %(kind)s") % {"kind": self.opts.verbose_name},
                "status": status,
                "base": state.fields.get("base", item.head_id or ""),
                "key": state.key or self.model().pk,
                "buttons": self.buttons(request, status, item) if can_save else [],
                "schedule_form": schedule_form if can_save and self.may(request, "publish", item) else None,
                "time_zone": timezone.get_current_timezone_name(),
                "can_cancel": can_save and status.next_at and self.may(request, "publish", item),
                "can_withdraw": status.is_live and self.may(request, "withdraw", item),
                "reasons": [choice for choice in Publication.Reason.choices if choice[0] != Publication.Reason.EXPIRED],
                **self._checks(request, item, obj, status, can_save),
                **self._stage(request, item, obj, status, can_save),
                "can_save": can_save,
                "undecided": undecided,
                "undecided_by": author_of(undecided) if undecided else "",
                **self.preview_context(request, obj),
                "edition": status.publication.edition if status.is_live and status.publication else 0,
                "edition_at": edition_address(status.publication.edition) if status.is_live else "",
                "row_acts": [act for act in self.row_acts(request, obj) if "on" in act] if obj else [],
                "page_acts": list(self.page_acts(request, obj, can_save)),
                **self.saving_context(request, obj, can_save),
            }
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def page_acts(self, request: HttpRequest, item: Any | None, can_save: bool) -> Iterator[dict]:
        """What a page's menu offers besides, done by a script that knows the act by its name."""
        if item and self.may_duplicate(request, item):
            address = self.address("duplicate", quote(item.pk))
            yield {"name": "duplicate", "label": _("Duplicate"), "address": address}

    # For the desk alone: whose it is, and a note

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        is_empty = obj is None or not (obj.assignee_id or obj.desk_note)
        own = {"fields": ["assignee", "desk_note"], "classes": ["collapse"] if is_empty else []}
        return [*fieldsets[:2], (gettext_lazy("For the desk"), own), *fieldsets[2:]]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name not in ("assignee", "desk_note"):
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        # What the page was opened with is sent back too: one that is out of date changes only what was changed on it.
        kwargs["show_hidden_initial"] = True
        if db_field.name == "desk_note":
            return super().formfield_for_dbfield(
                db_field, request, widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}), **kwargs
            )
        users = get_user_model().objects.filter(is_active=True, is_staff=True)
        field = db_field.formfield(queryset=users.order_by("first_name", "last_name", "username"), **kwargs)
        field.label_from_instance = name_of
        return field

    def _for_the_desk(self, request, obj, form) -> ForTheDesk:
        """What the page changes that is no part of the text: no version has it, and it is never out of date."""
        stored = type(obj).objects.filter(pk=obj.pk).select_related("assignee").first()
        changed = set(form.changed_data)
        own = ForTheDesk(note=stored.desk_note if stored else "")
        if "assignee" in changed and obj.assignee != (stored and stored.assignee):
            own.assignee = obj.assignee
        if "desk_note" in changed:
            seen = request.POST.get("initial-desk_note", own.note)
            note = both_notes(seen, own.note, obj.desk_note)
            own.is_noted, own.note = note != own.note, note
        return own

    # Saving

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if obj and obj.assignee_id and "assignee" in form.base_fields:
            form.base_fields["assignee"].queryset |= get_user_model().objects.filter(pk=obj.assignee_id)
        if problems := page_state(request).problems:
            form.is_valid = partialmethod(finds_fault, problems)
        return form

    def save_form(self, request, form, change):
        """A new item has the key that its page came with before any of its rows is looked at."""
        if not change:
            form.instance.pk = page_state(request).key or form.instance.pk
        return super().save_form(request, form, change)

    def save_model(self, request, obj, form, change):
        """Nothing is stored yet: the item is written whole, with its rows."""
        page_state(request).for_the_desk = self._for_the_desk(request, obj, form)

    def save_related(self, request, form, formsets, change):
        """Write what the page says. One that is new began from nothing, even where it was there once and is deleted."""
        state = page_state(request)
        base = state.base if change else working_copy.NEWEST
        data, made = snapshot_of(form, formsets), getattr(form, "made", None)
        state.written = working_copy.write(form.instance, data, request.user, base, made=made)
        if state.written.problems:
            state.problems = state.written.problems
            raise NotWritten
        state.for_the_desk.store(form.instance, request.user)
        self.forget_page(request, form.instance)

    def log_change(self, request, obj, message):
        written = page_state(request).written
        return None if written and written.is_late else super().log_change(request, obj, message)

    def response_add(self, request, obj, post_url_continue=None):
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._respond(request, obj)

    def response_change(self, request, obj):
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        return self._respond(request, obj)

    def _respond(self, request, item):
        state = page_state(request)
        kept = state.written.kept_aside
        if kept and kept.is_stale and self._is_undecided(kept):
            return self._to(request, self.address("compare", quote(item.pk), kept.pk), item)
        if kept:
            text = _("This was already saved. Somebody has since saved a newer version, which you see here.")
            self.message_user(request, text, messages.WARNING)
            state.is_filled = True  # with the newer version
        elif "_preview" not in request.POST:  # the preview says itself that it is there
            self._act(request, item)
        if self.has_view_or_change_permission(request, item):
            return self._to(request, self.address("change", quote(item.pk)), item)
        return self._to(request, reverse(f"{self.admin_site.name}:index"))

    # Deletion

    def delete_model(self, request, obj):
        self._own(request).filter(key=obj.pk).delete()
        obj.delete(by=request.user)

    def delete_queryset(self, request, queryset):
        with press.printing():
            for obj in queryset:
                self.delete_model(request, obj)

    def why_not_delete(self, obj):
        return _("It is live. Withdraw it first, then delete it.") if self.status_of(obj).is_live else ""


def both_notes(seen: str, there: str, mine: str) -> str:
    """The note that somebody has written, below the lines that others wrote in theirs meanwhile."""
    lines = {line.strip() for text in (seen, mine) for line in text.splitlines()}
    others = [line for line in there.splitlines() if line.strip() not in lines]
    return "\n\n".join(filter(None, ["\n".join(others).strip(), mine]))


def finds_fault(form: forms.ModelForm, problems: dict[str, Any]) -> bool:
    """Of a form whose item could not be written: why, at the fields that it is about."""
    for name, texts in working_copy.in_words(problems):
        form.add_error(name if name in form.fields else None, texts)
    return False
