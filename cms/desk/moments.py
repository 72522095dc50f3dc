"""Days and moments of the newsroom's zone, whose clocks may skip an hour or have one twice."""

from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
WHICH = [
    ("", gettext_lazy("Choose which")),
    ("first", gettext_lazy("the first")),
    ("second", gettext_lazy("the second")),
]


def start_of(day: date) -> datetime:
    """The moment at which a day begins; where the clocks skip midnight, the first that there is."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """When a day begins and ends: 23 or 25 hours where the clocks change."""
    return start_of(day), start_of(day + timedelta(days=1))


def readings(wall: datetime) -> list[datetime]:
    """The moments at which a clock on the wall says this: one, or none where it skips, or two where it repeats."""
    zone = timezone.get_current_timezone()
    moments = []
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall and moment not in moments:
            moments.append(moment)
    return sorted(moments)


def around(wall: datetime) -> list[datetime]:
    """For a time that is skipped: the two moments that it may mean, before the clocks change and after."""
    zone = timezone.get_current_timezone()
    return sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def offset_in_words(moment: datetime) -> str:
    """UTC+3, or UTC+5:30."""
    offset = timezone.localtime(moment).utcoffset() or timedelta()
    minutes = abs(int(offset.total_seconds())) // 60
    text = f"UTC{'-' if offset < timedelta() else '+'}{minutes // 60}"
    return f"{text}:{minutes % 60:02d}" if minutes % 60 else text


def in_full(moment: datetime) -> str:
    """A moment with its year, on the newsroom's clock, for what is kept and compared: 28 Nov 2026, 13:01."""
    return _told(moment, date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def in_words(moment: datetime) -> str:
    """A moment for a sentence, this year's without the year: 28 Nov, 13:01."""
    local = timezone.localtime(moment)
    if local.year != timezone.localdate().year:
        return in_full(moment)
    return _told(moment, f"{date_format(local, 'MONTH_DAY_FORMAT')}, {date_format(local, 'TIME_FORMAT')}")


def in_brief(moment: datetime) -> str:
    """A moment for a list or a line of facts, today's by its hour alone: 13:01."""
    is_today = timezone.localtime(moment).date() == timezone.localdate()
    return time_in_words(moment) if is_today else in_words(moment)


def time_in_words(moment: datetime) -> str:
    return _told(moment, date_format(timezone.localtime(moment), "TIME_FORMAT"))


def day_in_words(day: date) -> str:
    """A day, this year's without the year: 28 Nov."""
    day = timezone.localtime(day).date() if isinstance(day, datetime) else day
    is_this_year = day.year == timezone.localdate().year
    return date_format(day, "MONTH_DAY_FORMAT" if is_this_year else "DATE_FORMAT")


def _told(moment: datetime, text: str) -> str:
    """In an hour that comes twice, which of the two it is."""
    wall = timezone.localtime(moment).replace(tzinfo=None, fold=0, second=0, microsecond=0)
    return f"{text} ({offset_in_words(moment)})" if len(readings(wall)) > 1 else text


class ClockChange(NamedTuple):
    at: datetime
    by: timedelta  # forward, or (less than nothing) back


def clock_changes(since: datetime, until: datetime) -> list[ClockChange]:
    """When the clocks change, to the minute."""
    zone = timezone.get_current_timezone()
    changes = []
    moment = since.astimezone(UTC)
    while moment < until:
        end = min(moment + timedelta(days=1), until)
        if by := offset_of(end, zone) - offset_of(moment, zone):
            minutes = range(1, int((end - moment).total_seconds()) // 60 + 1)
            before = offset_of(moment, zone)
            changed = bisect(minutes, False, key=lambda m: offset_of(moment + timedelta(minutes=m), zone) != before)
            changes.append(ClockChange(moment + timedelta(minutes=minutes[changed]), by))
        moment = end
    return changes


def offset_of(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


class MomentInput(forms.MultiWidget):
    """A date and time on the newsroom's wall clock, and which of the two where the clock shows it twice."""

    template_name = "desk/moment.html"

    def __init__(self, attrs=None):
        widgets = {"": forms.DateTimeInput(attrs={"type": "datetime-local"}), "which": forms.Select(choices=WHICH)}
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list:
        if not isinstance(value, datetime):
            return [value or "", ""]
        local = timezone.localtime(value)
        wall = local.replace(tzinfo=None, fold=0, microsecond=0)
        which = ("second" if local.fold else "first") if len(readings(wall)) > 1 else ""
        return [local.strftime("%Y-%m-%dT%H:%M:%S" if local.second else "%Y-%m-%dT%H:%M"), which]

    def value_from_datadict(self, data, files, name):
        if name not in data and f"{name}_0" in data:  # text that was kept when a moment had two fields
            return [f"{data[f'{name}_0']}T{data.get(f'{name}_1', '')}".removesuffix("T"), ""]
        return super().value_from_datadict(data, files, name)

    def id_for_label(self, id_):
        return id_

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        wall, which = context["widget"]["subwidgets"]
        wall["attrs"]["id"] = context["widget"]["attrs"].get("id", f"id_{name}")
        if str(wall["value"] or "").count(":") > 1:
            wall["attrs"]["step"] = 1  # else a browser takes no seconds
        which["attrs"].update({"id": f"{wall['attrs']['id']}_which", "aria-label": _("Which of the two")})
        context["zone"] = timezone.get_current_timezone_name()
        context["is_asked"] = bool(which["value"] and which["value"] != [""])
        return context


class MomentField(forms.MultiValueField):
    """A moment, asked by the wall clock. One that there is not, or that there is twice, is never guessed."""

    widget = MomentInput

    def __init__(self, **kwargs):
        fields = [
            forms.CharField(required=False),
            forms.ChoiceField(choices=WHICH, required=False),
        ]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, values: list) -> datetime | None:
        text, which = [*values, "", ""][:2]
        if not text:
            return None
        wall = read_wall(text)
        try:
            moments = readings(wall)
            between = moments or around(wall)
        except OverflowError:  # at the ends of the calendar
            raise not_a_date() from None
        if len(moments) == 1:
            return moments[0]
        words = {
            "time": date_format(wall, "H:i"),
            "day": date_format(wall, "DATE_FORMAT"),
            "first": f"{date_format(timezone.localtime(between[0]), 'H:i')} ({offset_in_words(between[0])})",
            "second": f"{date_format(timezone.localtime(between[1]), 'H:i')} ({offset_in_words(between[1])})",
            "zone": timezone.get_current_timezone_name(),
        }
        if not moments:
            text = _(
                "There is no %(time)s on %(day)s: the clocks go forward then (%(zone)s). Write %(first)s or %(second)s."
            )
            raise ValidationError(text % words, code="skipped")
        if not which:
            text = _(
                "%(time)s on %(day)s comes twice, since the clocks go back (%(zone)s). "
                "Choose which of the two: the first, %(first)s, or the second, %(second)s."
            )
            raise ValidationError(text % words, code="twice")
        return moments[0] if which == "first" else moments[1]


def read_wall(text: str) -> datetime:
    for format in FORMATS:
        try:
            return datetime.strptime(text, format)  # noqa: DTZ007 - a wall clock knows no zone
        except ValueError:
            continue
    raise not_a_date()


def not_a_date() -> ValidationError:
    return ValidationError(_("Enter a valid date/time."), code="invalid")


def quick_moments() -> list[tuple[str, str]]:
    """Moments that are chosen often, as (label, what the clock says)."""
    now = timezone.localtime()
    tomorrow = now + timedelta(days=1)
    chosen = [(_("Tomorrow 06:00"), tomorrow, 6), (_("Tomorrow 12:00"), tomorrow, 12)]
    if now.hour < 18:
        chosen.insert(0, (_("Today 18:00"), now, 18))
    return [(label, f"{day:%Y-%m-%d}T{hour:02}:00") for label, day, hour in chosen]
