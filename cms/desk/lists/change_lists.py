"""Lists at the desk: their tabs and filters, and what keeps them cheap in a large archive."""

from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk import menu
from cms.desk.ids import is_key
from cms.desk.words import name_of
from cms.publishing.models import Publication, Stage

FAR = 5000


class BriefPaginator(Paginator):
    """Counts no further than anybody leafs, since counting an archive reads all of it."""

    @cached_property
    def first_keys(self) -> list:
        return list(self.object_list.values_list("pk", flat=True)[: self.per_page])

    @cached_property
    def count(self):
        """What stands on one page is counted by reading it."""
        is_one_page = len(self.first_keys) < self.per_page
        return len(self.first_keys) if is_one_page else self.object_list.order_by()[:FAR].count()


WITHDRAWN_LATELY = timedelta(days=30)


class TabFilter(admin.SimpleListFilter):
    """The tabs over a list. Each is a range of an index, or few rows found by one, however large the archive."""

    title = gettext_lazy("tab")
    parameter_name = "tab"
    template = "desk/no_filter.html"  # it stands over the list, and not beside it

    def lookups(self, request, model_admin):
        return [
            ("mine", menu.mine_of(model_admin.model)),
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


class SearchedFilter(admin.RelatedFieldListFilter):
    """By something that there may be thousands of: the first few stand there, and the others are searched for."""

    MOST = 50
    template = "desk/searched_filter.html"

    def field_choices(self, field, request, model_admin):
        model = field.remote_field.model
        theirs = model_admin.admin_site.get_model_admin(model)
        rows, _may_repeat = theirs.get_search_results(request, model._default_manager.all(), "")
        if ordering := self.field_admin_ordering(field, request, model_admin):
            rows = rows.order_by(*ordering)
        first = list(rows[: self.MOST + 1])
        self.is_searched = len(first) > self.MOST
        first = first[: self.MOST]
        here = {str(row.pk) for row in first}
        chosen = [key for key in self.lookup_val or [] if key not in here and is_key(key, model)]
        if chosen:
            first += rows.filter(pk__in=chosen)
        note = getattr(theirs, "noted_in_choices", lambda _row: "")
        times = Counter(str(row) for row in first)
        notes = {row.pk: note(row) for row in first if times[str(row)] > 1}
        return [(row.pk, f"{row} ({notes[row.pk]})" if notes.get(row.pk) else str(row)) for row in first]

    def choices(self, changelist):
        """The first few; and for the page where to search, and the address of the list by one that is found."""
        opts = self.field.model._meta
        asked = {"app_label": opts.app_label, "model_name": opts.model_name, "field_name": self.field.name}
        address = reverse(f"{changelist.model_admin.admin_site.name}:autocomplete")
        self.search = {
            "address": f"{address}?{urlencode(asked)}",
            "here": changelist.get_query_string(remove=[self.lookup_kwarg, self.lookup_kwarg_isnull, "p"]),
            "name": self.lookup_kwarg,
        }
        yield from super().choices(changelist)


class DeskChangeList(ChangeList):
    """A list that knows where each of its rows stands, with one query for all."""

    def __init__(self, request, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        chosen = [name for name in self.get_filters_params() if name != TabFilter.parameter_name]
        self.has_active_filters = bool(chosen)
        self.clear_all_filters_qs = self.get_query_string(remove=[*chosen, "p"])  # the tab is no filter

    def get_queryset(self, request, exclude_parameters=None):
        return super().get_queryset(request, exclude_parameters).defer("head__data", *self.model_admin.list_defer)

    def get_results(self, request):
        """Which items stand on the page is read from an index; the items are read by their keys then, and no others."""
        super().get_results(request)
        start = (self.page_num - 1) * self.list_per_page if self.multi_page else 0  # whatever page was asked for
        is_first = start == 0 and self.paginator.per_page == self.list_per_page
        keys = self.queryset.values_list("pk", flat=True)[start : start + self.list_per_page]
        keys = self.paginator.first_keys if is_first else list(keys)
        rows = self.model_admin.with_facts(self.queryset.order_by().filter(pk__in=keys))
        rows = {row.pk: row for row in rows}
        self.result_list = [rows[key] for key in keys if key in rows]
        self.model_admin.look_up(self.result_list)
        self.model_admin.look_who_is_there(request, self.result_list)
        self.model_admin.look_up_rows(self.result_list)


class OwnUsersFilter(admin.RelatedFieldListFilter):
    """By those who work at the desk."""

    def field_choices(self, field, request, model_admin):
        users = get_user_model().objects.filter(is_staff=True).order_by("first_name", "last_name", "username")
        return [(user.pk, name_of(user)) for user in users[:500]]
