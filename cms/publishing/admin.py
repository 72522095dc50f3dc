"""The desk's pages for what is published: its states, its buttons, and saves that lose nothing to each other.

It knows no news. An app registers its kinds with PublishableAdmin, and what they share with DeskAdmin.
"""

import html
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.publishing import checks, permissions, press, registry, wire
from cms.publishing.links import key_of, things
from cms.publishing.models import Act, Publication, Stage, Version
from cms.publishing.preview_admin import PreviewsMixin
from cms.publishing.users import DeskUserAdmin  # noqa: F401 - makes itself known before Django's own page does

name_of_site = settings.SITE_NAME
admin.site.site_header = name_of_site if name_of_site == "Galley" else f"{name_of_site} · Galley"
admin.site.site_title = admin.site.site_header
admin.site.site_url = settings.FRONT_URL if settings.FRONT_URL != settings.PUBLIC_URL else None
admin.site.index_title = gettext_lazy("The desk")

FAR = 5000


def moment_in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M Y, H:i")


class BriefPaginator(Paginator):
    """Counts no further than anybody leafs, since counting an archive reads all of it."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:FAR].count()


class Standing:
    """Where an item stands between the desk and the readers, in an editor's words."""

    def __init__(self, publication: Publication | None, head_id: int | None):
        now = timezone.now()
        self.publication = publication
        self.is_live = bool(
            publication and publication.is_live and (publication.live_until is None or publication.live_until > now)
        )
        self.next_at = publication.next_at if publication else None
        self.has_changes = bool(self.is_live and publication and publication.version_id != head_id)
        self.is_later_than_scheduled = bool(self.next_at and publication and publication.next_version_id != head_id)
        self.was_live = bool(publication and publication.version_id and not self.is_live)

    @property
    def name(self) -> str:
        if self.is_live:
            return "live"
        if self.next_at:
            return "scheduled"
        return "withdrawn" if self.was_live else "draft"

    def __str__(self) -> str:
        if self.next_at:
            when = {"when": moment_in_words(self.next_at)}
            text = _("Live, update scheduled for %(when)s") if self.is_live else _("Scheduled for %(when)s")
            return text % when
        if self.is_live:
            return _("Live, with unpublished changes") if self.has_changes else _("Live")
        return _("Withdrawn") if self.was_live else _("Draft")

    @property
    def addresses(self) -> dict[str, str]:
        """Where readers find it: at the front end, and in the API."""
        if not self.is_live or not self.publication:
            return {}
        serializer = registry.serializer_of(self.publication.kind).shared_instance()
        return {
            "web": serializer.get_web_url(self.publication, {}),
            "api": serializer.get_url(self.publication, {}),
        }

    @property
    def details(self) -> Iterable[str]:
        """What the state in one word leaves open."""
        publication = self.publication
        if not publication:
            return
        if self.is_live and publication.published_at:
            yield _("published %(when)s") % {"when": moment_in_words(publication.published_at)}
            if publication.live_until:
                yield _("comes down %(when)s") % {"when": moment_in_words(publication.live_until)}
        if self.is_later_than_scheduled:
            yield _("what is scheduled is an earlier version")
        if self.was_live and not self.next_at and publication.withdrawn_at:
            reason = publication.get_withdrawn_reason_display()
            yield f"{moment_in_words(publication.withdrawn_at)}, {reason.lower()}"


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("draft", _("Draft")),
            ("scheduled", _("Scheduled")),
            ("live", _("Live")),
            ("changed", _("Live, with unpublished changes")),
            ("withdrawn", _("Withdrawn")),
        ]

    def queryset(self, request, queryset):
        mine = Publication.objects.filter(kind=queryset.model.kind, key=OuterRef("pk"))
        now = timezone.now()
        live = mine.visible(now)
        is_over = Q(place=None) | Q(live_until__lte=now)
        found = {
            "draft": ~Exists(mine),
            "scheduled": Exists(mine.filter(next_at__isnull=False)),
            "live": Exists(live),
            "changed": Exists(live.exclude(version=OuterRef("head"))),
            "withdrawn": Exists(mine.filter(is_over, version__isnull=False, next_at=None)),
        }
        return queryset.filter(found[self.value()]) if self.value() in found else queryset


WITHDRAWN_LATELY = timedelta(days=30)


class TabFilter(admin.SimpleListFilter):
    """The tabs over a list. Each is a range of an index, or few rows found by one, however large the archive."""

    title = gettext_lazy("tab")
    parameter_name = "tab"
    template = "publishing/no_filter.html"  # it stands over the list, and not beside it

    def lookups(self, request, model_admin):
        return [
            ("mine", _("Mine") if model_admin.model.kind != "article" else _("My stories")),
            ("review", _("For review")),
            ("scheduled", _("Scheduled")),
            ("live", _("Live now")),
            ("withdrawn", _("Recently withdrawn")),
        ]

    def __init__(self, request, params, model, model_admin):
        self.user = request.user
        super().__init__(request, params, model, model_admin)

    def queryset(self, request, queryset):
        rows = Publication.objects.filter(kind=queryset.model.kind)
        now = timezone.now()
        match self.value():
            case "mine":
                return queryset.filter(pk__in=queryset.model.keys_of(self.user))
            case "review":
                return queryset.filter(stage=Stage.REVIEW)
            case "scheduled":
                return queryset.filter(pk__in=rows.filter(next_at__isnull=False).values("key"))
            case "live":
                return queryset.filter(Exists(rows.visible(now).filter(key=OuterRef("pk"))))
            case "withdrawn":
                gone = rows.filter(withdrawn_at__gt=now - WITHDRAWN_LATELY, withdrawn_at__lte=now)
                return queryset.filter(pk__in=gone.values("key"))
        return queryset

    def tabs(self, changelist):
        """(label, address, whether it is the one that is shown) for each."""
        chosen = self.value() if self.value() in dict(self.lookup_choices) else None
        for value, label in [(None, _("All")), *self.lookup_choices]:
            kept = {"tab": value} if value else {}
            yield label, changelist.get_query_string(kept, ["p", "tab"]), value == chosen


# Rows that belong to an item: bylines, related stories


class RowForm(forms.ModelForm):
    """A row of an item, whose place in the order is no content of its own."""

    def has_changed(self):
        return any(name != "position" for name in self.changed_data)


class RowsFormSet(BaseInlineFormSet):
    """Rows in order. What is posted takes the place of what was there.

    Rows are known by what they say and not by their ids, so that a page that is out of date still says all that its
    editor meant.
    """

    def initial_form_count(self):
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if self.is_bound:
            form.fields[self._pk_field.name] = forms.CharField(required=False, disabled=True, widget=forms.HiddenInput)
        if "position" in form.fields:
            form.fields["position"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput(attrs={"class": "row-position"})
            )

    def save(self, commit=True):
        self.new_objects: list = []
        self.changed_objects: list = []
        self.deleted_objects: list = []
        owner = self.fk.name
        rows = [form for form in self.forms if form.has_changed() and not self._should_delete_form(form)]
        rows.sort(key=lambda form: FAR if form.cleaned_data.get("position") is None else form.cleaned_data["position"])
        made: dict = {}
        for form in rows:
            said = tuple((name, str(value)) for name, value in form.cleaned_data.items() if name in self.says)
            made.setdefault(said, form.instance)
        for position, row in enumerate(made.values()):
            setattr(row, owner, self.instance)
            row.position = position
        self.model._default_manager.filter(**{owner: self.instance}).delete()
        return self.model._default_manager.bulk_create(made.values())

    def as_written(self):
        """The rows that saving would make, in order. One that is not right yet is left out."""
        rows = [form for form in self.forms if form.has_changed() and form.is_valid()]
        rows = [form for form in rows if not self._should_delete_form(form)]
        rows.sort(key=lambda form: FAR if form.cleaned_data.get("position") is None else form.cleaned_data["position"])
        return [form.instance for form in rows]

    @property
    def says(self):
        return {field.name for field in self.model._meta.concrete_fields} - {"id", "position", self.fk.name}


def only_add(field: forms.Field | None, editable: Iterable[str] = ()) -> forms.Field | None:
    """A choice beside which something new can be added, without a row of other icons."""
    widget = field.widget if field else None
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_delete_related = widget.can_view_related = False
        widget.can_change_related = widget.can_change_related and widget.rel.field.name in editable
    return field


def goes_with_its_item(inline, request, obj=None):
    """Rows have no permissions of their own: the page asks whether its item may be changed."""
    return True


class RowsInline(admin.TabularInline):
    form = RowForm
    formset = RowsFormSet
    extra = 0
    is_looked_at = True  # whether a check before publishing sees rows that are not saved yet

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = goes_with_its_item

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return only_add(super().formfield_for_dbfield(db_field, request, **kwargs))


class AddedRowsFormSet(BaseInlineFormSet):
    """Rows that are added and never edited. The same words are not added twice."""

    def save_new(self, form, commit=True):
        form.instance = super().save_new(form, commit=False)
        row = form.instance
        said = {name: getattr(row, name) for name in form.changed_data if name not in {self.fk.name, "id"}}
        if not self.model._default_manager.filter(**{self.fk.name: self.instance}, **said).exists():
            row.save()
        return row


# Pages


class ScheduleForm(forms.Form):
    """When an item goes live and comes down, in the site's time zone."""

    schedule_at = forms.DateTimeField(
        label=gettext_lazy("Goes live at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    schedule_until = forms.DateTimeField(
        label=gettext_lazy("Comes down at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args, standing: Standing, **kwargs):
        publication = standing.publication
        initial = {
            "schedule_at": _for_input(standing.next_at),
            "schedule_until": _for_input(publication.asked_until if publication and not standing.was_live else None),
        }
        self.standing = standing
        super().__init__(*args, initial=initial, auto_id="id_%s", **kwargs)
        for field in self.fields.values():
            field.input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

    def clean_schedule_at(self):
        at = self.cleaned_data["schedule_at"]
        if at and at <= timezone.now():
            raise ValidationError(_("That moment has passed; choose a later one, or press Publish."))
        return at

    def clean(self):
        chosen = self.cleaned_data
        if not self.errors and not chosen.get("schedule_at") and not (self.standing.is_live and self.has_changed()):
            raise ValidationError(_("Choose when it goes live."))
        return chosen


def _for_input(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


class Button(NamedTuple):
    name: str
    label: str
    is_primary: bool = False


class DeskAdmin(admin.ModelAdmin):
    """Deletes through the models, which know what must stay, and says what to do instead."""

    change_form_template = "publishing/shared_form.html"
    delete_confirmation_template = "publishing/delete.html"
    delete_selected_confirmation_template = "publishing/delete_selected.html"
    show_full_result_count = False
    paginator = BriefPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER  # each count would read the archive

    editable_related: tuple[str, ...] = ()

    class Media:
        css = {"all": ["publishing/desk.css"]}
        js = ["publishing/desk.js", "publishing/previews.js"]

    def why_not_delete(self, obj: models.Model) -> str:
        """What keeps something from being deleted, in words; empty when nothing does."""
        return ""

    def get_deleted_objects(self, objs, request):
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        kept = [format_html("{}: {}", obj, reason) for obj in objs if (reason := self.why_not_delete(obj))]
        return deleted, counts, lacking, [*kept, *protected]

    def delete_queryset(self, request, queryset):
        with press.printing():
            for obj in queryset:
                obj.delete()

    def delete_view(self, request, object_id, extra_context=None):
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        try:
            with press.printing():
                return super().delete_view(request, object_id, extra_context)
        except models.ProtectedError as error:
            self.message_user(request, str(error.args[0]), messages.ERROR)
            return HttpResponseRedirect(self.address("change", object_id))

    formfield_overrides = {models.URLField: {"widget": forms.URLInput(attrs={"class": "vURLField"})}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return only_add(super().formfield_for_dbfield(db_field, request, **kwargs), self.editable_related)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context.setdefault("show_save_and_add_another", add)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request, extra_context=None):
        title = capfirst(self.opts.verbose_name_plural)
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except models.ProtectedError as error:
            self.message_user(request, str(error.args[0]), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)


class DeskChangeList(ChangeList):
    """A list that knows where each of its rows stands, with one query for all."""

    def get_queryset(self, request, exclude_parameters=None):
        return super().get_queryset(request, exclude_parameters).defer("head__data", *self.model_admin.list_defer)

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.look_up(self.result_list)


class PublishableAdmin(PreviewsMixin, DeskAdmin):
    """An item with its state and its buttons.

    The whole of a save runs inside `press.printing()`: the edition is locked first and the item written after it, in
    the order in which everybody else does. A page carries the version that it started from; one that is out of date
    overwrites nothing, but is kept as a stale version and shown beside the newer one.
    """

    change_form_template = "publishing/change_form.html"
    change_list_template = "publishing/change_list.html"
    object_history_template = "publishing/history.html"
    ordering = ["-modified_at"]
    list_defer: list[str] = []
    only_added: tuple[str, ...] = ()  # rows that no version, however late, takes away
    save_on_top = False

    class Media:
        js = ["publishing/checks.js"]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        compare, check = self.admin_site.admin_view(self.compare_view), self.admin_site.admin_view(self.check_view)
        return [
            path("<path:object_id>/compare/<int:version>/", compare, name=f"{name}_compare"),
            path("add/check/", check, name=f"{name}_check_new"),
            path("<path:object_id>/check/", check, name=f"{name}_check"),
            *super().get_urls(),
        ]

    # Permissions

    def may(self, request: HttpRequest, verb: str, item: models.Model | None = None) -> bool:
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
        wire.now()
        return super().changelist_view(request, extra_context)

    def look_up(self, items: list[models.Model]) -> None:
        """Find where these stand."""
        keys = [item.pk for item in items]
        rows = Publication.objects.filter(kind=self.model.kind, key__in=keys).defer("card", "document")
        found = {row.key: row for row in rows}
        for item in items:
            item.standing = Standing(found.get(item.pk), item.head_id)

    def standing_of(self, item: models.Model) -> Standing:
        self.look_up([item])
        return item.standing

    @admin.display(description=gettext_lazy("state"))
    def state(self, item):
        parts = [format_html('<span class="state state-{}">{}</span>', item.standing.name, item.standing)]
        if item.stage != Stage.WRITING and (item.standing.name != "live" or item.standing.has_changes):
            parts.append(format_html('<span class="stage stage-{}">{}</span>', item.stage, item.get_stage_display()))
        if item.assignee:
            parts.append(format_html('<span class="assignee">{}</span>', name_of(item.assignee)))
        return format_html_join(" ", "{}", ((part,) for part in parts))

    @admin.display(description=gettext_lazy("last saved"), ordering="-modified_at")
    def last_saved(self, item):
        who = name_of(item.head.author) if item.head and item.head.author else ""
        return " ".join(filter(None, [moment_in_words(item.modified_at), who]))

    @admin.display(description=gettext_lazy("printed date"))
    def printed_date(self, item):
        publication = item.standing.publication
        return moment_in_words(publication.published_at) if publication and publication.published_at else "–"

    # The page of one item

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            wire.now()
            return super().changeform_view(request, object_id, form_url, extra_context)
        with press.printing():
            if object_id is None and self.model.objects.filter(pk=posted_key(request)).exists():
                object_id = str(posted_key(request))  # the same new page, sent twice
            item = self._act_at_once(request, object_id)
            if item and not self.has_change_permission(request, item):
                return HttpResponseRedirect(self.address("change", quote(item.pk)))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _act_at_once(self, request, object_id):
        """What must not wait for the rest of the page to be right, nor for a right to write; its item."""
        if not {"_withdraw", "_cancel_schedule"} & request.POST.keys() or object_id is None:
            return None
        item = self.get_object(request, unquote(object_id))
        if item is None or not self.has_view_or_change_permission(request, item):
            return None
        if "_withdraw" in request.POST:
            self._withdraw(request, item)
        else:
            self._cancel_schedule(request, item)
        return item

    def page_of(self, model: type[models.Model], key: Any) -> str:
        """The desk's page of something, where it has one."""
        if not self.admin_site.is_registered(model):
            return ""
        name = f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_change"
        return reverse(name, args=[quote(key)])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        item = obj or self.model()
        standing = self.standing_of(item)
        is_post = request.method == "POST"
        can_save = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        undecided = self._undecided(item) if obj else None
        scheduling = request.POST if is_post and "_schedule" in request.POST else None
        schedule_form = ScheduleForm(scheduling, standing=standing)
        context.update(
            {
                "title": capfirst(self.opts.verbose_name),
                "subtitle": str(obj) if obj else _("New %(kind)s") % {"kind": self.opts.verbose_name},
                "standing": standing,
                "base": request.POST.get("base", "") if is_post else item.head_id or "",
                "key": posted_key(request) if is_post else uuid.uuid4(),
                "buttons": self.buttons(request, standing, item) if can_save else [],
                "schedule_form": schedule_form if can_save and self.may(request, "publish", item) else None,
                "time_zone": timezone.get_current_timezone_name(),
                "can_cancel": can_save and standing.next_at and self.may(request, "publish", item),
                "can_withdraw": standing.is_live and self.may(request, "withdraw", item),
                "reasons": [choice for choice in Publication.Reason.choices if choice[0] != Publication.Reason.EXPIRED],
                **self._checks(request, item, obj, standing, can_save),
                **self._stage(request, item, obj, standing, can_save),
                "undecided": undecided,
                "undecided_by": name_of(undecided.author) if undecided else "",
                **self.preview_context(request, obj),
            }
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _stage(self, request, item, obj, standing, can_save) -> dict[str, Any]:
        """How far it has come through the newsroom, who said so, and whether it can be sent back."""
        moves = [Act.Verb.SUBMITTED, Act.Verb.APPROVED, Act.Verb.SENT_BACK, Act.Verb.REOPENED]
        acts = Act.objects.filter(kind=item.kind, key=item.pk)
        last = next((act for act in acts[:50] if act.verb in moves), None) if obj else None
        is_open = item.stage != Stage.WRITING and (not standing.is_live or standing.has_changes)
        is_back = bool(last and last.verb == Act.Verb.SENT_BACK and item.stage == Stage.WRITING)
        return {
            "stage": item.get_stage_display() if is_open else "",
            "stage_name": item.stage,
            "stage_by": last if is_open and last and last.verb == item.stage_verb else None,
            "sent_back": last if is_back else None,
            "can_send_back": bool(is_open and obj and can_save and self.may(request, "send_back", item)),
        }

    def stage_buttons(self, request: HttpRequest, standing: Standing, item: models.Model) -> list[Button]:
        """The next step on the way to readers, for those who take it."""
        if standing.is_live and not standing.has_changes:
            return []
        if item.stage == Stage.WRITING:
            return [Button("_submit", _("Ready for review"))]
        if item.stage == Stage.REVIEW and self.may(request, "approve", item):
            return [Button("_approve", _("Approve"))]
        return []

    def buttons(self, request: HttpRequest, standing: Standing, item: models.Model) -> list[Button]:
        """What an editor can do, the next step marked. The first is what Enter does, so it shows nobody a thing."""
        stages = self.stage_buttons(request, standing, item)
        shown = self.publishing_buttons(request, standing, item)
        if not self.may(request, "publish", item):
            stages = [button._replace(is_primary=True) for button in stages]
            shown = [button._replace(is_primary=not stages) for button in shown]
        return [*shown, *stages]

    def publishing_buttons(self, request: HttpRequest, standing: Standing, item: models.Model) -> list[Button]:
        save = _("Save without publishing") if standing.is_live else _("Save draft")
        if not self.may(request, "publish", item):
            return [Button("_save", save, is_primary=True)]
        if standing.is_live:
            return [Button("_save", save), Button("_publish", _("Update"), is_primary=True)]
        if standing.next_at:
            return [
                Button("_save", save),
                Button("_publish", _("Publish now")),
                Button("_reschedule", _("Update what is scheduled"), is_primary=True),
            ]
        again = _("Publish again") if standing.was_live else _("Publish")
        return [Button("_save", save), Button("_publish", again, is_primary=True)]

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

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if obj and obj.assignee_id and "assignee" in form.base_fields:
            form.base_fields["assignee"].queryset |= get_user_model().objects.filter(pk=obj.assignee_id)
        return form

    def _set_apart(self, request, obj, form):
        """Keep what is no part of the text out of its saving: it is no part of a version, and never out of date."""
        stored = type(obj).objects.filter(pk=obj.pk).select_related("assignee").first()
        changed = set(form.changed_data)
        request.assigned_to = press.KEEP
        if "assignee" in changed and obj.assignee != (stored and stored.assignee):
            request.assigned_to = obj.assignee
        obj.assignee = stored.assignee if stored else None
        there = stored.desk_note if stored else ""
        request.desk_note = obj.desk_note if "desk_note" in changed else there
        seen = request.POST.get("initial-desk_note", there)
        if "desk_note" in changed and there != seen and there not in obj.desk_note:
            request.desk_note = f"{there}\n\n{obj.desk_note}"  # somebody else has written one meanwhile
        request.is_noted = request.desk_note != there or request.assigned_to is not press.KEEP
        obj.desk_note = request.desk_note

    def _put_back(self, request, item):
        if request.is_noted:
            type(item).objects.filter(pk=item.pk).update(desk_note=request.desk_note)
        if request.assigned_to is not press.KEEP:
            press.assign(item, request.assigned_to, by=request.user)

    # Before publishing

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
        draft, problems = self._as_written(request, item)
        problems += checks.problems([draft])[0]
        return TemplateResponse(request, "publishing/checks.html", {"problems": list(self._in_words(problems))})

    def _as_written(self, request, item):
        """The snapshot that saving a page would make, and what is wrong with its fields."""
        adding = item is None
        known = item or self.model(pk=posted_key(request) or uuid.uuid4())
        form = self.get_form(request, item, change=not adding)(request.POST, {}, instance=known)
        problems = [checks.error(text, name) for name, texts in form.errors.items() for text in texts]
        formsets, inlines = self._create_formsets(request, form.instance, change=not adding)
        rows: dict[str, list] = {}
        for formset, inline in zip(formsets, inlines, strict=True):
            if getattr(inline, "is_looked_at", False):
                rows[formset.fk.remote_field.related_name] = formset.as_written()
        for field in self.model._meta.many_to_many:
            if field.name in form.cleaned_data:
                own = {field.m2m_field_name(): form.instance}
                chosen = form.cleaned_data[field.name]
                through, other = field.remote_field.through, field.m2m_reverse_field_name()
                rows[field.name] = [through(**{**own, other: row}) for row in chosen]
        data = registry.serializer_of(self.model.kind).snapshot(form.instance, rows)
        return self._draft(request, form.instance, data, None if adding else item), problems

    def _draft(self, request, item, data, known):
        standing = self.standing_of(item)
        at = max(standing.next_at or timezone.now(), timezone.now())
        return checks.Draft(self.model.kind, data, item.pk, at=at, item=known or item, by=request.user)

    def _checks(self, request, item, obj, standing, can_save) -> dict[str, Any]:
        """The panel as a page is opened. Nobody is told that an empty page is empty."""
        if not can_save:
            return {"checks_address": ""}
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_check"
        if obj is None or obj.head is None:
            address = reverse(name, args=[quote(obj.pk)]) if obj else reverse(f"{name}_new")
            return {"checks_address": address, "problems": None}
        problems = checks.problems([self._draft(request, item, obj.head.data, obj)])[0]
        return {"checks_address": reverse(name, args=[quote(obj.pk)]), "problems": list(self._in_words(problems))}

    def _in_words(self, problems):
        for problem in problems:
            page = ""
            if problem.thing:
                kind, key = problem.thing
                page = self.page_of(registry.serializer_of(kind).Meta.model, key)
            yield {"text": problem.text, "is_error": problem.is_error, "field": problem.field, "page": page}

    # Saving

    def save_model(self, request, obj, form, change):
        if not change:
            obj.pk = posted_key(request) or uuid.uuid4()
            obj.made_by = request.user
        self._set_apart(request, obj, form)
        request.kept = None
        request.is_stale = str(obj.head_id or "") != request.POST.get("base", "")
        if request.is_stale:
            request.savepoint = transaction.savepoint()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if request.is_stale:
            self._keep_stale(request, form.instance)
        else:
            request.version = press.save(form.instance, by=request.user)
        self._put_back(request, form.instance)

    def _keep_stale(self, request, item):
        """Keep what came from a page that is out of date, unless it has been kept already."""
        data = registry.serializer_of(item.kind).snapshot(item)
        transaction.savepoint_rollback(request.savepoint)
        request.version = None
        item.refresh_from_db(fields=["head"])
        if item.head and item.head.data == data:
            return
        versions = Version.objects.filter(kind=item.kind, key=item.pk)
        base = versions.filter(pk=posted_base(request)).first()
        mine = versions.filter(base=base, author=request.user)
        twins = [version for version in mine if version.data == data]
        request.kept = twins[0] if twins else None
        if not twins:
            request.kept = Version.objects.create(
                kind=item.kind, key=item.pk, data=data, author=request.user, base=base, is_stale=True
            )

    def log_change(self, request, obj, message):
        if not getattr(request, "is_stale", False):
            return super().log_change(request, obj, message)
        return None

    def response_add(self, request, obj, post_url_continue=None):
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._respond(request, obj)

    def response_change(self, request, obj):
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        return self._respond(request, obj)

    def _respond(self, request, item):
        kept = request.kept
        if kept and kept.is_stale and self._is_undecided(kept):
            compare = self.address("compare", quote(item.pk), kept.pk)
            if "_preview" in request.POST:
                return self.preview_saved(item, is_behind=compare)
            return HttpResponseRedirect(compare)
        if "_preview" in request.POST:
            return self.preview_saved(item, is_behind=self.address("change", quote(item.pk)) if kept else "")
        if kept:
            text = _("This was saved already. Somebody has saved a newer version since, which you see here.")
            self.message_user(request, text, messages.WARNING)
        else:
            self._act(request, item)
        if self.has_view_or_change_permission(request, item):
            return HttpResponseRedirect(self.address("change", quote(item.pk)))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:index"))

    def _act(self, request, item):
        """Do what the button asked for. The save stands, whatever comes of it."""
        acts = {
            "_publish": ("publish", self._publish),
            "_schedule": ("publish", self._schedule),
            "_reschedule": ("publish", self._reschedule),
            "_submit": ("change", self._submit),
            "_approve": ("approve", self._approve),
            "_send_back": ("send_back", self._send_back),
        }
        refusals = {
            "publish": _("Saved, but not published: you may not publish. Ask somebody who may."),
            "approve": _("Saved, but not approved: you may not approve. Ask somebody who may."),
            "send_back": _("Saved, but not sent back: you may not review. Ask somebody who may."),
            "change": _("Saved. It is somebody else's now."),
        }
        asked = [act for name, act in acts.items() if name in request.POST]
        if asked and not self.may(request, asked[0][0], item):
            self.message_user(request, refusals[asked[0][0]], messages.ERROR)
        elif asked:
            asked[0][1](request, item)
        elif request.version or request.is_noted:
            self.message_user(request, _("Saved.") + self._readers_see(item), messages.SUCCESS)
        elif not {"_withdraw", "_cancel_schedule"} & request.POST.keys():
            self.message_user(request, _("Nothing has changed since the last save."), messages.INFO)

    def _readers_see(self, item):
        standing = self.standing_of(item)
        if standing.has_changes:
            return " " + _("Readers still see the version before; press Update to show them this one.")
        if standing.is_later_than_scheduled:
            return " " + _('What is scheduled is still the version before; press "Update what is scheduled".')
        return ""

    def _release(self, request, item, **moments):
        """Publish, or say all that stands in the way."""
        try:
            return press.publish(item, by=request.user, **moments)
        except checks.Refused as refusal:
            self.message_user(request, _("Saved, but not published. What is to be done first:"), messages.WARNING)
            for row in self._in_words(refusal.problems):
                link = format_html('{text} <a href="{page}" target="_blank">{mend}</a>', mend=_("Mend it"), **row)
                self.message_user(request, link if row["page"] else row["text"], messages.ERROR)
            return None

    def _submit(self, request, item):
        press.submit(item, by=request.user)
        self.message_user(request, _("Saved, and ready for review."), messages.SUCCESS)

    def _approve(self, request, item):
        press.approve(item, by=request.user)
        self.message_user(request, _("Saved and approved."), messages.SUCCESS)

    def _send_back(self, request, item):
        try:
            press.send_back(item, request.POST.get("send_back_note", ""), by=request.user)
        except ValidationError as error:
            self.message_user(request, _("Saved, but not sent back."), messages.WARNING)
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, _("Sent back to be written on."), messages.SUCCESS)

    def _unapproved(self, item):
        """What is said of something that is published though nobody has approved it."""
        return " " + _("Nobody had approved it.") if item.needs_approval and item.stage != Stage.APPROVED else ""

    def _publish(self, request, item):
        was_live = self.standing_of(item).is_live
        unapproved = self._unapproved(item)
        if self._release(request, item):
            standing = self.standing_of(item)
            self._tell(request, (_("Updated.") if was_live else _("Published.")) + unapproved, standing)

    def _schedule(self, request, item):
        form = ScheduleForm(request.POST, standing=self.standing_of(item))
        if not form.is_valid():
            self.message_user(request, _("Saved, but not scheduled."), messages.WARNING)
            for texts in form.errors.values():
                for text in texts:
                    self.message_user(request, text, messages.ERROR)
            return
        at, until = form.cleaned_data["schedule_at"], form.cleaned_data["schedule_until"]
        unapproved = self._unapproved(item)
        if self._release(request, item, at=at, live_until=until):
            self._tell_schedule(request, item, unapproved)

    def _reschedule(self, request, item):
        at = self.standing_of(item).next_at
        unapproved = self._unapproved(item)
        if self._release(request, item, at=at):
            self._tell_schedule(request, item, unapproved)

    def _tell_schedule(self, request, item, unapproved):
        standing = self.standing_of(item)
        if standing.next_at:
            text = _("This version goes live on %(when)s, %(zone)s time.") % {
                "when": moment_in_words(standing.next_at),
                "zone": timezone.get_current_timezone_name(),
            }
            self.message_user(request, text + unapproved, messages.SUCCESS)
        else:
            self._tell(request, _("Updated.") + unapproved, standing)

    def _withdraw(self, request, item):
        reason = request.POST.get("reason") or Publication.Reason.WITHDRAWN
        if not self.may(request, "withdraw", item):
            self.message_user(request, _("Not withdrawn: you may not withdraw. Ask somebody who may."), messages.ERROR)
        elif reason not in Publication.Reason.values or reason == Publication.Reason.EXPIRED:
            self.message_user(request, _("Not withdrawn: choose a reason."), messages.ERROR)
        elif self.standing_of(item).is_live:
            press.withdraw(item, reason, by=request.user)
            text = _("Withdrawn. Readers no longer see it; its address says that it is gone.")
            self.message_user(request, text, messages.SUCCESS)

    def _cancel_schedule(self, request, item):
        if not self.may(request, "publish", item):
            self.message_user(request, _("Not cancelled: you may not publish. Ask somebody who may."), messages.ERROR)
        elif self.standing_of(item).next_at:
            press.cancel_schedule(item, by=request.user)
            self.message_user(request, _("The schedule is cancelled."), messages.SUCCESS)

    def _tell(self, request, text, standing):
        links = [standing.addresses["web"], standing.addresses["api"]]
        shown = format_html_join(" · ", '<a href="{0}">{0}</a>', ((link,) for link in dict.fromkeys(links)))
        self.message_user(request, format_html("{} {}", text, shown), messages.SUCCESS)

    # Two editors, one item

    def _stale(self, item):
        return Version.objects.filter(kind=item.kind, key=item.pk, is_stale=True)

    def _is_undecided(self, version):
        is_marker = version.base is not None and version.base.is_stale
        return not is_marker and not Version.objects.filter(base=version).exists()

    def _undecided(self, item):
        """The newest save that came too late and that nobody has decided on."""
        decided = Version.objects.filter(base=OuterRef("pk"))
        open_ = self._stale(item).exclude(base__is_stale=True).filter(~Exists(decided))
        return open_.select_related("author").defer("data").order_by("-pk").first()

    def compare_view(self, request, object_id, version):
        """The text that came too late beside the newer one, to choose from. Both stay in the history."""
        if request.method == "POST":
            with press.printing():
                return self._compare(request, object_id, version)
        return self._compare(request, object_id, version)

    def _compare(self, request, object_id, version):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, item):
            raise PermissionDenied
        mine = self._stale(item).select_related("author", "base").filter(pk=version).first()
        if mine is None or item.head_id is None:
            raise Http404
        theirs = Version.objects.select_related("author").get(pk=item.head_id)
        if request.method == "POST" and request.POST.get("head") == str(theirs.pk):
            return self._decide(request, item, mine, theirs)
        if request.method == "POST":
            text = _("Meanwhile somebody saved again; this is the newest text now. Nothing was lost: choose again.")
            self.message_user(request, text, messages.WARNING)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Two versions of one text"),
            "item": item,
            "mine": mine,
            "theirs": theirs,
            "by_me": mine.author == request.user,
            "mine_name": name_of(mine.author),
            "theirs_name": name_of(theirs.author),
            "differences": list(differences(item, mine.data, theirs.data)),
            "back": self.address("change", quote(item.pk)),
            "media": self.media,
        }
        return TemplateResponse(request, "publishing/compare.html", context)

    def _decide(self, request, item, mine, theirs):
        if not self._is_undecided(mine):
            self.message_user(request, _("This was decided already."), messages.INFO)
        elif "use_mine" in request.POST:
            data = without_deleted(mine.data)
            for name in self.only_added:
                data[name] = theirs.data[name] + [row for row in data[name] if row not in theirs.data[name]]
            serializer = registry.serializer_of(item.kind)
            serializer.assign(item, data)
            text = _("The later text is the working copy now. The other one stays in the history.")
            try:
                item.validate_constraints()
            except ValidationError:
                data["slug"] = theirs.data["slug"]
                text += " " + _("Its slug has been taken meanwhile, so it keeps the one that it had.")
            serializer.store([(item, data)])
            press.keep([(item, data)], by=request.user, base=mine)
            self.message_user(request, text + self._readers_see(item), messages.SUCCESS)
        else:
            # A version of what stays, based on the one that was turned down: that is how the decision is recorded.
            Version.objects.create(
                kind=item.kind, key=item.pk, data=theirs.data, author=request.user, base=mine, is_stale=True
            )
            text = _("The text stays as it is. The other one stays in the history.")
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", quote(item.pk)))

    # History and deletion

    def delete_model(self, request, obj):
        obj.delete(by=request.user)

    def delete_queryset(self, request, queryset):
        with press.printing():
            for obj in queryset:
                obj.delete(by=request.user)

    def history_view(self, request, object_id, extra_context=None):
        item = self.get_object(request, unquote(object_id))
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        rows = Version.objects.filter(kind=item.kind, key=item.pk).select_related("author", "base")
        versions = list(rows.defer("data", "base__data").order_by("-pk")[:200])
        for version in versions:
            version.by = name_of(version.author) if version.author else ""
        standing = self.standing_of(item)
        acts = list(Act.objects.filter(kind=item.kind, key=item.pk)[:200])
        for act in acts:
            act.words, act.who = act_in_words(act), act.by_name or _("Galley")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Versions"),
            "item": item,
            "versions": versions,
            "live_version": standing.publication.version_id if standing.is_live else None,
            "acts": acts,
            "next_version": standing.publication.next_version_id if standing.publication else None,
            "back": self.address("change", quote(item.pk)),
            "media": self.media,
        }
        return TemplateResponse(request, self.object_history_template, context)

    def why_not_delete(self, obj):
        return _("It is live. Withdraw it first, then delete it.") if self.standing_of(obj).is_live else ""


class OwnUsersFilter(admin.RelatedFieldListFilter):
    """By those who work at the desk."""

    def field_choices(self, field, request, model_admin):
        users = get_user_model().objects.filter(is_staff=True).order_by("first_name", "last_name", "username")
        return [(user.pk, name_of(user)) for user in users[:500]]


@admin.register(Act)
class ActAdmin(admin.ModelAdmin):
    """Who did what, and when. Nothing of it can be changed or taken away."""

    list_display = ["when", "who", "done", "title_and_page", "note"]
    list_display_links = None
    list_filter = ["verb", ("by", OwnUsersFilter)]
    show_full_result_count = False
    paginator = BriefPaginator
    list_per_page = 100
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Activity log"), **(extra_context or {})})

    class Media:
        css = {"all": ["publishing/desk.css"]}

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("when"), ordering="id")
    def when(self, act):
        return moment_in_words(act.at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, act):
        return act.by_name or _("Galley")

    @admin.display(description=gettext_lazy("what"))
    def done(self, act):
        return act_in_words(act)

    @admin.display(description=gettext_lazy("of what"))
    def title_and_page(self, act):
        opts = registry.serializer_of(act.kind).Meta.model._meta
        title = act.title or _("Untitled")
        if act.verb == Act.Verb.DELETED:
            return title
        address = reverse(f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[act.key])
        return format_html('<a href="{}">{}</a>', address, title)


def act_in_words(act: Act) -> str:
    """What was done, with the moment that it was done for."""
    words = {"what": act.get_verb_display(), "when": moment_in_words(act.for_moment) if act.for_moment else ""}
    return _("%(what)s for %(when)s") % words if act.for_moment else words["what"]


def name_of(user: Any) -> str:
    return press.name_of(user) or _("Somebody")


def posted_key(request: HttpRequest) -> uuid.UUID | None:
    """The id that a page for a new item came with, so that sending it twice makes one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def posted_base(request: HttpRequest) -> int | None:
    """The version that a page started from."""
    base = request.POST.get("base", "")
    return int(base) if base.isascii() and base.isdigit() and len(base) < 19 else None


def differences(item: models.Model, mine: dict, theirs: dict) -> Iterable[dict]:
    """The fields of two versions that differ, each in words for an editor."""
    names = names_of_things([mine, theirs])
    for name in registry.serializer_of(item.kind).written():
        if mine.get(name) != theirs.get(name):
            try:
                label = str(item._meta.get_field(name).verbose_name)
            except FieldDoesNotExist:
                label = name.replace("_", " ")
            pair = mine.get(name), theirs.get(name)
            if all(isinstance(value, list) for value in pair):
                shown = only_changed(*([in_words(row, names) for row in value] for value in pair))
            else:
                shown = in_words(pair[0], names), in_words(pair[1], names)
            yield {"label": label, "mine": shown[0], "theirs": shown[1]}


def without_deleted(data: dict) -> dict:
    """A version without what it pointed at and what is there no more. Cards in a body stay, and say it themselves."""
    names = names_of_things(data)

    def stands(value: Any) -> bool:
        is_link = isinstance(value, dict) and "link" in value
        return not is_link or (value["link"], key_of(value)) in names

    return {
        name: [row for row in value if stands(row)] if isinstance(value, list) else value if stands(value) else None
        for name, value in data.items()
    }


def only_changed(mine: list[str], theirs: list[str]) -> tuple[str, str]:
    """Two lists of paragraphs, what both have alike left out between those that differ."""
    shown: tuple[list, list] = ([], [])
    for change, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if change == "equal":
            for side in shown:
                side.append("…")
        else:
            shown[0].extend(mine[a:b])
            shown[1].extend(theirs[c:d])
    return "\n\n".join(shown[0]) or "–", "\n\n".join(shown[1]) or "–"


def names_of_things(data: Any) -> dict:
    """What the links in some data point at, by (kind, key), as the desk calls it."""
    by_kind: dict[str, set] = {}
    for kind, key in things(data):
        by_kind.setdefault(kind, set()).add(key)
    return {
        (kind, key): str(row)
        for kind, keys in by_kind.items()
        for key, row in registry.serializer_of(kind).Meta.model.objects.in_bulk(list(keys)).items()
    }


def in_words(value: Any, names: dict) -> str:
    """A value of a version as lines of plain text."""
    if isinstance(value, dict) and "link" in value:
        placed = [text for key, text in value.items() if key not in {"link", "id", "whole"} and text]
        return ", ".join([names.get((value["link"], key_of(value))) or _("something deleted"), *placed])
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key != "id" and inner not in (None, "", [], {})}
        if "html" in kept and kept.get("type") == "paragraph":
            return in_words(kept["html"], names)
        return "\n".join(f"{key}: {in_words(inner, names)}" for key, inner in kept.items())
    if isinstance(value, list):
        return "\n\n".join(in_words(inner, names) for inner in value)
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return plain_text(str(value))


def plain_text(text: str) -> str:
    """HTML of a version without its tags."""
    return html.unescape(strip_tags(text.replace("</p>", "\n").replace("<br>", "\n"))).strip()
