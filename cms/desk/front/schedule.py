"""The schedule: what goes live, is updated or comes down, by the day, the week and the month."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cms.desk import menu
from cms.desk.front.calendar import MOST, Happening, happenings
from cms.desk.front.dashboard import HAPPENS, Desk, key_of, word_for
from cms.desk.moments import clock_changes, day_bounds, offset_in_words, start_of, time_in_words
from cms.publishing import reading

VIEWS = {"day": gettext_lazy("Day"), "week": gettext_lazy("Week"), "month": gettext_lazy("Month")}


class Span(NamedTuple):
    """The days that one page shows, and where the pages beside it begin."""

    first: date
    days: int
    before: date
    after: date


class Entry(NamedTuple):
    time: str
    what: str
    words: str
    kind: str
    title: str
    address: str


class Day(NamedTuple):
    date: date
    is_today: bool
    is_past: bool
    note: str
    entries: list[Entry]


def span_of(view: str, day: date) -> Span:
    if view == "day":
        return Span(day, 1, day - timedelta(days=1), day + timedelta(days=1))
    monday = day - timedelta(days=day.weekday())
    if view == "week":
        return Span(monday, 7, monday - timedelta(days=7), monday + timedelta(days=7))
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return Span(first, (after - first).days, (first - timedelta(days=1)).replace(day=1), after)


def asked_day(request: HttpRequest) -> date:
    """The day that an address names, if it can be one that is worked with."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()
    return day if 1971 <= day.year <= 9990 else timezone.localdate()


def note_of(day: date) -> str:
    """That the clocks change on a day, and how long it is."""
    since, until = day_bounds(day)
    for change in clock_changes(since, until):
        moment = timezone.localtime(change.at)
        before = timezone.localtime(change.at - timedelta(minutes=1)).replace(tzinfo=None) + timedelta(minutes=1)
        words = {
            "before": date_format(before, "H:i"),
            "after": date_format(moment, "H:i"),
            "hours": f"{(until - since).total_seconds() / 3600:g}",
        }
        if change.by > timedelta():
            return _("Clocks go forward from %(before)s to %(after)s: a day of %(hours)s hours.") % words
        return _("Clocks go back from %(before)s to %(after)s: a day of %(hours)s hours.") % words
    return ""


def schedule_view(request: HttpRequest) -> TemplateResponse:
    """What is to come, for whoever may see any of it."""
    desk = Desk(request)
    if not desk.models:
        raise PermissionDenied
    reading.now()
    view = request.GET.get("view", "week")
    view = view if view in VIEWS else "week"
    day = asked_day(request)
    span = span_of(view, day)
    coming = happenings(desk.models, start_of(span.first), start_of(span.first + timedelta(days=span.days)), MOST + 1)
    days = _days(span, _entries(desk, coming[:MOST]))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": pgettext("the calendar", "Schedule"),
        "span_title": title_of(view, span),
        "view": view,
        "days": days,
        "blanks": range(span.first.weekday()) if view == "month" else [],
        "views": [(name, label, _address(name, day)) for name, label in VIEWS.items()],
        "before": _address(view, span.before),
        "after": _address(view, span.after),
        "now": _address(view, None),
        "zone": timezone.get_current_timezone_name(),
        "offset": offset_in_words(timezone.now()),
        "number": sum(len(day.entries) for day in days),
        "is_cut": len(coming) > MOST,
        "most": MOST,
    }
    return TemplateResponse(request, "desk/schedule.html", context)


def _entries(desk: Desk, coming: list[Happening]) -> dict[date, list[Entry]]:
    """What happens on each day, with the items that it happens to."""
    items = desk.items([happening.publication for happening in coming])
    entries: dict[date, list[Entry]] = {}
    for happening in coming:
        if item := items.get(key_of(happening.publication)):
            entries.setdefault(timezone.localtime(happening.at).date(), []).append(
                Entry(
                    time_in_words(happening.at),
                    HAPPENS[happening.what],
                    word_for(happening.what),
                    str(menu.one_of(type(item))),
                    str(item),
                    desk.page(item.kind, item.pk),
                )
            )
    return entries


def _days(span: Span, entries: dict[date, list[Entry]]) -> list[Day]:
    today = timezone.localdate()
    dates = [span.first + timedelta(days=number) for number in range(span.days)]
    return [Day(at, at == today, at < today, note_of(at), entries.get(at, [])) for at in dates]


def _address(view: str, day: date | None) -> str:
    return f"{reverse('desk-schedule')}?view={view}" + (f"&day={day.isoformat()}" if day else "")


def title_of(view: str, span: Span) -> str:
    last = span.first + timedelta(days=span.days - 1)
    if view == "day":
        return date_format(span.first, "l, j E Y")
    if view == "month":
        return date_format(span.first, "F Y")
    return f"{date_format(span.first, 'MONTH_DAY_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"
