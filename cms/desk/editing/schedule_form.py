"""When an item goes live and comes down, asked and checked."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.moments import MomentField, quick_moments
from cms.desk.status import Status
from cms.publishing.press import KEEP


def to_the_minute(moment: datetime | None) -> str:
    """A moment as far as a page shows it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if moment else ""


class ScheduleForm(forms.Form):
    """When an item goes live and comes down, in the site's time zone."""

    schedule_at = MomentField(label=gettext_lazy("Goes live at"), required=False)
    schedule_until = MomentField(label=gettext_lazy("Comes down at"), required=False)
    schedule_until_was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, status: Status, may_end: bool = True, **kwargs):
        publication = status.publication
        until = publication.asked_until if publication and not status.was_live else None
        initial = {
            "schedule_at": status.next_at,
            "schedule_until": until,
            "schedule_until_was": to_the_minute(until),
        }
        self.status = status
        super().__init__(*args, initial=initial, auto_id="id_%s", **kwargs)
        if status.is_live and not may_end:
            del self.fields["schedule_until"], self.fields["schedule_until_was"]

    @property
    def until(self) -> Any:
        """When it is to come down; KEEP where the page says what it said as it was opened."""
        if "schedule_until" not in self.fields:
            return KEEP
        until = self.cleaned_data["schedule_until"]
        was = self.cleaned_data["schedule_until_was"]
        return KEEP if was == to_the_minute(until) else until

    @property
    def is_end_alone(self) -> bool:
        """Whether nothing but the end of what is live is asked for, which publishes nothing."""
        return self.status.is_live and not self.cleaned_data["schedule_at"]

    @property
    def quick(self):
        return quick_moments()

    def clean_schedule_at(self):
        at = self.cleaned_data["schedule_at"]
        if at and at <= timezone.now():
            raise ValidationError(_("That time has passed. Choose a later one, or press Publish."))
        return at

    def clean(self):
        chosen = self.cleaned_data
        if self.errors or chosen.get("schedule_at"):
            return chosen
        if not self.status.is_live:
            raise ValidationError(_("Choose when it goes live."))
        if self.status.next_at:
            raise ValidationError(_('To drop the scheduled update, press "Cancel schedule".'))
        if "schedule_until" not in self.fields:
            raise ValidationError(_("Choose when the update goes live."))
        if self.until is KEEP:
            raise ValidationError(_("Choose when the update goes live, or when it comes down."))
        return chosen
