"""When an item goes live and comes down, asked and checked."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.publishing.admin.local import MomentField
from cms.publishing.admin.standing import Standing


class ScheduleForm(forms.Form):
    """When an item goes live and comes down, in the site's time zone."""

    schedule_at = MomentField(label=gettext_lazy("Goes live at"), required=False)
    schedule_until = MomentField(label=gettext_lazy("Comes down at"), required=False)

    def __init__(self, *args, standing: Standing, **kwargs):
        publication = standing.publication
        initial = {
            "schedule_at": standing.next_at,
            "schedule_until": publication.asked_until if publication and not standing.was_live else None,
        }
        self.standing = standing
        super().__init__(*args, initial=initial, auto_id="id_%s", **kwargs)

    @property
    def quick(self):
        """Moments that are chosen often, as (label, value)."""
        now = timezone.localtime()
        tomorrow = now + timedelta(days=1)
        chosen = [(_("Tomorrow 06:00"), tomorrow, 6), (_("Tomorrow 12:00"), tomorrow, 12)]
        if now.hour < 18:
            chosen.insert(0, (_("Today 18:00"), now, 18))
        return [(label, f"{day:%Y-%m-%d}T{hour:02}:00") for label, day, hour in chosen]

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
