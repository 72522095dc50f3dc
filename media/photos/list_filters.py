"""What the photo library can be narrowed down to."""

import re
from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from media.photos.library import SOON, used_at_all, used_in_drafts
from media.photos.models import MADE_BY_MACHINES

YEAR_OR_MONTH = re.compile(r"([12]\d{3})(?:-(0?[1-9]|1[0-2]))?")


class LibraryFilter(admin.SimpleListFilter):
    """A choice among conditions. An unknown one is none."""

    is_text = False
    choices_of: tuple = ()

    def lookups(self, request, model_admin):
        return self.choices_of

    def queryset(self, request, queryset):
        condition = self.condition(self.value()) if self.value() in dict(self.choices_of) else None
        return queryset if condition is None else queryset.filter(condition)

    def condition(self, value: str) -> Q | None:
        raise NotImplementedError


class UseFilter(LibraryFilter):
    title = gettext_lazy("used")
    parameter_name = "use"
    choices_of = (("used", gettext_lazy("used")), ("never", gettext_lazy("never used")))

    def condition(self, value):
        return used_at_all() if value == "used" else ~used_at_all() & ~Q(pk__in=used_in_drafts())


class LackFilter(LibraryFilter):
    title = gettext_lazy("lacks")
    parameter_name = "lacks"
    choices_of = (
        ("credit", gettext_lazy("no credit")),
        ("alt", gettext_lazy("no alt text")),
        ("any", gettext_lazy("no credit or no alt text")),
    )

    def condition(self, value):
        no_credit, no_alt = Q(credit_line=""), Q(alt_text="", is_decorative=False)
        return {"credit": no_credit, "alt": no_alt, "any": no_credit | no_alt}[value]


class RightsFilter(LibraryFilter):
    title = gettext_lazy("rights")
    parameter_name = "rights"
    choices_of = (("ending", gettext_lazy("ending within two weeks")), ("ended", gettext_lazy("ended")))

    def condition(self, value):
        now = timezone.now()
        ended = Q(usable_until__lte=now)
        return ended if value == "ended" else Q(usable_until__gt=now, usable_until__lte=now + SOON)


class ShapeFilter(LibraryFilter):
    title = gettext_lazy("shape")
    parameter_name = "shape"
    choices_of = (
        ("landscape", gettext_lazy("landscape")),
        ("portrait", gettext_lazy("portrait")),
        ("square", gettext_lazy("square")),
    )

    def condition(self, value):
        shapes = {
            "landscape": Q(width__gt=F("height")),
            "portrait": Q(width__lt=F("height")),
            "square": Q(width=F("height")),
        }
        return shapes[value]


class MadeFilter(LibraryFilter):
    title = gettext_lazy("made by")
    parameter_name = "made"
    choices_of = (("ai", gettext_lazy("AI, wholly or in part")), ("people", gettext_lazy("people")))

    def condition(self, value):
        by_machines = Q(digital_source_type__in=MADE_BY_MACHINES)
        return by_machines if value == "ai" else ~by_machines


class UploadedFilter(LibraryFilter):
    title = gettext_lazy("uploaded")
    parameter_name = "uploaded"
    choices_of = (
        ("1", gettext_lazy("today")),
        ("7", gettext_lazy("in the last 7 days")),
        ("31", gettext_lazy("in the last 31 days")),
        ("366", gettext_lazy("in the last year")),
    )

    def condition(self, value):
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return Q(uploaded_at__gte=today - timedelta(days=int(value) - 1))


class TakenFilter(admin.SimpleListFilter):
    """A year, or a month of one, in the newsroom's time zone."""

    title = gettext_lazy("taken")
    parameter_name = "taken"
    is_text = True
    example = gettext_lazy("2026-05")

    def lookups(self, request, model_admin):
        return []

    def has_output(self):
        return True

    def queryset(self, request, queryset):
        span = span_of(self.value() or "")
        return queryset.filter(taken_order__gte=span[0], taken_order__lt=span[1]) if span else queryset


def span_of(text: str) -> tuple[datetime, datetime] | None:
    """From when until when a year or a month lasts."""
    if not (match := YEAR_OR_MONTH.fullmatch(text.strip())):
        return None
    year, month = int(match[1]), int(match[2] or 0)
    months = 1 if month else 12
    here = timezone.get_current_timezone()
    first = datetime(year, month or 1, 1, tzinfo=here)
    later = year * 12 + (month or 1) - 1 + months
    last = datetime(later // 12, later % 12 + 1, 1, tzinfo=here)
    return first, last
