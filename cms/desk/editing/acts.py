"""The buttons of an item's page, and what they do."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from cms.desk.editing.schedule_form import ScheduleForm
from cms.desk.pages.page_state import page_state
from cms.desk.status import Status
from cms.desk.words import moment_in_words
from cms.publishing import checks, press
from cms.publishing.models import Act, Publication, Stage


class Button(NamedTuple):
    name: str
    label: str
    is_primary: bool = False


class ActsMixin:
    """What an editor can do with an item: its stages, and its way to the readers and back."""

    def _stage(self, request, item, obj, status, can_save) -> dict[str, Any]:
        """How far it has come through the newsroom, who said so, and whether it can be sent back."""
        moves = [Act.Verb.SUBMITTED, Act.Verb.APPROVED, Act.Verb.SENT_BACK, Act.Verb.REOPENED]
        acts = Act.objects.filter(kind=item.kind, key=item.pk)
        last = next((act for act in acts[:50] if act.verb in moves), None) if obj else None
        is_open = item.stage != Stage.WRITING and (not status.is_live or status.has_changes)
        is_back = bool(last and last.verb == Act.Verb.SENT_BACK and item.stage == Stage.WRITING)
        return {
            "stage": item.get_stage_display() if is_open else "",
            "stage_name": item.stage,
            "stage_by": last if is_open and last and last.verb == item.stage_verb else None,
            "sent_back": last if is_back else None,
            "can_send_back": bool(is_open and obj and can_save and self.may(request, "send_back", item)),
        }

    def stage_buttons(self, request: HttpRequest, status: Status, item: models.Model) -> list[Button]:
        """The next step on the way to readers, for those who take it."""
        if status.is_live and not status.has_changes:
            return []
        if item.stage == Stage.WRITING:
            return [Button("_submit", _("Ready for review"))]
        if item.stage == Stage.REVIEW and self.may(request, "approve", item):
            return [Button("_approve", _("Approve"))]
        return []

    def buttons(self, request: HttpRequest, status: Status, item: models.Model) -> list[Button]:
        """What an editor can do, the next step marked. The first is what Enter does, so it shows nobody a thing."""
        stages = self.stage_buttons(request, status, item)
        shown = self.publishing_buttons(request, status, item)
        if not self.may(request, "publish", item):
            stages = [button._replace(is_primary=True) for button in stages]
            shown = [button._replace(is_primary=not stages) for button in shown]
        return [*shown, *stages]

    def publishing_buttons(self, request: HttpRequest, status: Status, item: models.Model) -> list[Button]:
        save = _("Save without publishing") if status.is_live else _("Save draft")
        if not self.may(request, "publish", item):
            return [Button("_save", save, is_primary=True)]
        if status.is_live:
            return [Button("_save", save), Button("_publish", _("Update"), is_primary=True)]
        if status.next_at:
            return [
                Button("_save", save),
                Button("_publish", _("Publish now")),
                Button("_reschedule", _("Update what is scheduled"), is_primary=True),
            ]
        again = _("Publish again") if status.was_live else _("Publish")
        return [Button("_save", save), Button("_publish", again, is_primary=True)]

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
        elif self._is_saved(request):
            self.message_user(request, _("Saved.") + self._readers_see(item), messages.SUCCESS)
        elif not {"_withdraw", "_cancel_schedule"} & request.POST.keys():
            self.message_user(request, _("Nothing has changed since the last save."), messages.INFO)

    def _is_saved(self, request):
        state = page_state(request)
        return bool(state.written and state.written.version) or state.for_the_desk.is_changed

    def _readers_see(self, item):
        status = self.status_of(item)
        if status.has_changes:
            return " " + _("Readers still see the previous version. Press Update to show them this one.")
        if status.is_later_than_scheduled:
            return " " + _('The previous version is still the one scheduled. Press "Update what is scheduled".')
        return ""

    def _release(self, request, item, **moments):
        """Publish, or say all that stands in the way."""
        try:
            return press.publish(item, by=request.user, **moments)
        except checks.Refused as refusal:
            self.message_user(request, _("Saved, but not published. To do first:"), messages.WARNING)
            for row in self._in_words(refusal.problems):
                link = format_html('{text} <a href="{page}" target="_blank">{mend}</a>', mend=_("Fix it"), **row)
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
            self.message_user(request, _("Sent back for more work."), messages.SUCCESS)

    def _unapproved(self, item):
        """What is said of something that is published though nobody has approved it."""
        return " " + _("Nobody had approved it.") if item.needs_approval and item.stage != Stage.APPROVED else ""

    def _publish(self, request, item):
        was_live = self.status_of(item).is_live
        unapproved = self._unapproved(item)
        if self._release(request, item):
            status = self.status_of(item)
            self._tell(request, (_("Updated.") if was_live else _("Published.")) + unapproved, status)

    def _schedule(self, request, item):
        status = self.status_of(item)
        may_end = self.may(request, "withdraw", item)
        if status.is_live and not may_end and request.POST.get("schedule_until"):
            text = _("You may not say when it comes down: that is a withdrawal. Ask somebody who may.")
            self._refuse_schedule(request, [text])
            return
        form = ScheduleForm(request.POST, status=status, may_end=may_end)
        if not form.is_valid():
            self._refuse_schedule(request, [text for texts in form.errors.values() for text in texts])
            return
        if form.is_end_alone:
            self._end(request, item, form.until)
            return
        unapproved = self._unapproved(item)
        if self._release(request, item, at=form.cleaned_data["schedule_at"], live_until=form.until):
            self._tell_schedule(request, item, unapproved)

    def _refuse_schedule(self, request, texts):
        self.message_user(request, _("Saved, but not scheduled."), messages.WARNING)
        for text in texts:
            self.message_user(request, text, messages.ERROR)

    def _end(self, request, item, until):
        """Say until when readers have what is live. What else was changed on the page waits for Update."""
        try:
            press.end(item, until, by=request.user)
        except ValidationError as error:
            self._refuse_schedule(request, error.messages)
            return
        words = {"when": moment_in_words(until) if until else "", "zone": timezone.get_current_timezone_name()}
        text = _("It comes down on %(when)s, %(zone)s time.") if until else _("It is no longer set to come down.")
        self.message_user(request, text % words + self._readers_see(item), messages.SUCCESS)

    def _reschedule(self, request, item):
        at = self.status_of(item).next_at
        unapproved = self._unapproved(item)
        if self._release(request, item, at=at):
            self._tell_schedule(request, item, unapproved)

    def _tell_schedule(self, request, item, unapproved):
        status = self.status_of(item)
        if status.next_at:
            text = _("This version goes live on %(when)s, %(zone)s time.") % {
                "when": moment_in_words(status.next_at),
                "zone": timezone.get_current_timezone_name(),
            }
            self.message_user(request, text + unapproved, messages.SUCCESS)
        else:
            self._tell(request, _("Updated.") + unapproved, status)

    def _withdraw(self, request, item):
        reason = request.POST.get("reason") or Publication.Reason.WITHDRAWN
        if not self.may(request, "withdraw", item):
            self.message_user(request, _("Not withdrawn: you may not withdraw. Ask somebody who may."), messages.ERROR)
        elif reason not in Publication.Reason.values or reason == Publication.Reason.EXPIRED:
            self.message_user(request, _("Not withdrawn: choose a reason."), messages.ERROR)
        elif self.status_of(item).is_live:
            press.withdraw(item, reason, by=request.user)
            text = _("Withdrawn. Readers no longer see it; its address says that it is gone.")
            self.message_user(request, text, messages.SUCCESS)

    def _cancel_schedule(self, request, item):
        if not self.may(request, "publish", item):
            self.message_user(request, _("Not cancelled: you may not publish. Ask somebody who may."), messages.ERROR)
        elif self.status_of(item).next_at:
            press.cancel_schedule(item, by=request.user)
            self.message_user(request, _("The schedule is cancelled."), messages.SUCCESS)

    def _tell(self, request, text, status):
        links = [status.addresses["web"], status.addresses["api"]]
        shown = format_html_join(" · ", '<a href="{0}">{0}</a>', ((link,) for link in dict.fromkeys(links)))
        self.message_user(request, format_html("{} {}", text, shown), messages.SUCCESS)
