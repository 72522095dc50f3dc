"""Pages of what many share, which has no versions: two who have one open lose nothing to each other.

A page carries what it was opened with. On save the row is read under the lock that it is written under, and what the
page did not change is left as it stands there; what both have changed is shown, and the second decides.
"""

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.desk.ids import is_key
from cms.desk.pages.choosing import leave_out_deleted
from cms.desk.pages.page_state import page_state
from cms.desk.words import name_of
from cms.publishing import press

OPENED = "opened"  # the field of a page that holds what it was opened with
AT = "at"
TAKE_UP = "_take_up"


def in_json(value: Any) -> Any:
    """What a field holds, as it can be compared: nothing that a browser does to a text makes it another."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, models.QuerySet | list | tuple) and any(isinstance(row, models.Model) for row in value):
        return sorted(str(row.pk) for row in value)
    if isinstance(value, models.QuerySet | list | tuple):
        return [in_json(row) for row in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="minutes")  # which is what a page asks for
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if value is None or isinstance(value, bool | int | float | dict):
        return "" if value is None else value
    return str(value)


class MergingForm(forms.ModelForm):
    """Saves what was changed on the page and nothing else.

    A page that does not say what it was opened with has changed all that is not as it stands.
    """

    @cached_property
    def _now(self) -> dict[str, Any]:
        """What the row says, which was read when the form was made."""
        return {name: self._in_json(name, self.initial.get(name)) for name in self._merged()}

    def _in_json(self, name: str, value: Any) -> Any:
        is_key = isinstance(self.fields[name], forms.ModelChoiceField) and isinstance(value, int)
        return in_json(str(value) if is_key else value)

    def _merged(self) -> list[str]:
        if self.instance._state.adding:
            return []
        return [
            name for name, field in self.fields.items() if not field.disabled and not isinstance(field, forms.FileField)
        ]

    @cached_property
    def _then(self) -> dict[str, Any]:
        """What it said when the page was opened."""
        try:
            sent = json.loads(self.data[self.add_prefix(OPENED)]) if self.is_bound else {}
        except (KeyError, ValueError, RecursionError):
            sent = {}
        sent = sent if isinstance(sent, dict) else {}
        known = {name: sent[name] for name in self._now if name in sent}
        return {**self._now, **known, AT: sent.get(AT)}

    @property
    def opened(self) -> SafeString:
        """The hidden field that a page carries, and what it says to the next save."""
        then = {name: value for name, value in self._then.items() if name != AT}
        then |= {name: self._now[name] for name in self._shown}
        at = self._then[AT] if self.is_bound and not self._shown else timezone.now().timestamp()
        name = self.add_prefix(OPENED)
        return format_html('<input type="hidden" name="{}" value="{}">', name, json.dumps({**then, AT: at}))

    _shown: tuple[str, ...] = ()  # fields in which the page shows what somebody else has written
    _mine: frozenset[str] | None = None

    @property
    def changed_data(self) -> list[str]:
        if self._mine is None:
            return super().changed_data
        return [name for name in self.fields if name in self._mine]

    def clean(self):
        cleaned = super().clean()
        if self.instance._state.adding:
            return cleaned
        names = [name for name in self._now if name in self.cleaned_data]
        mine = {name: in_json(self.cleaned_data[name]) for name in names}
        self._mine = frozenset(super().changed_data) - set(names)  # files, and what is wrong
        self._mine |= {name for name in names if mine[name] != self._then[name]}
        for name in names:
            if name not in self._mine or self._now[name] in (self._then[name], mine[name]):
                continue
            if isinstance(self.fields[name], forms.ModelMultipleChoiceField):
                self._join(name, set(mine[name] or []))
            else:
                self._shown = (*self._shown, name)
                self.add_error(name, self._told(name))
        return cleaned

    def _join(self, name: str, mine: set[str]) -> None:
        """Of several that were chosen, what each of the two has added and taken away."""
        known = self._then[name] if isinstance(self._then[name], list) else []
        then, now = {key for key in known if isinstance(key, str)}, set(self._now[name] or [])
        keys = (now | (mine - then)) - (then - mine)
        self.cleaned_data[name] = self.fields[name].queryset.filter(pk__in=keys)

    def _told(self, name: str) -> str:
        text = _('%(who)s wrote "%(text)s" here in the meantime. Not saved yet: to put yours in its place, save again.')
        return text % {"who": self._who(name), "text": self._in_words(name)}

    def _in_words(self, name: str) -> str:
        field, value = self.fields[name], self.initial.get(name)
        if isinstance(field, forms.BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(field, forms.ModelChoiceField):
            chosen = field.queryset.filter(pk=value).first() if value else None
            return field.label_from_instance(chosen) if chosen else _("nothing")
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value)) or _("nothing")  # type: ignore[arg-type]  # pairs, whatever the stubs say
        shown = field.prepare_value(value)
        if isinstance(shown, datetime):
            return str(timezone.localtime(shown).strftime("%Y-%m-%d %H:%M"))
        shown = "" if shown is None else str(shown)
        return (strip_tags(shown) if name.endswith("_html") else shown) or _("nothing")

    def _who(self, name: str) -> str:
        """Who changed a field since the page was opened, as far as the desk's log knows."""
        at = self._then[AT]
        since = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) and 0 < at < 2**33 else None
        entries = log_of(self._meta.model, self.instance.pk, CHANGE)
        latest = list((entries.filter(action_time__gte=since) if since else entries)[:20])
        with translation.override("en"):
            labels = [json.dumps(label) for label in (name, str(self.fields[name].label))]
        mentions = (entry for entry in latest if any(label in entry.change_message for label in labels))
        entry = next(mentions, latest[0] if latest else None)
        return name_of(entry.user if entry else None)

    def _post_clean(self):
        if self._mine is not None:
            self.cleaned_data = {name: value for name, value in self.cleaned_data.items() if name in self._mine}
        super()._post_clean()


def log_of(model: type[models.Model], key: Any, flag: int) -> models.QuerySet:
    """What the desk's log says of one thing, the newest first."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(key), action_flag=flag)
    return entries.select_related("user").order_by("-action_time")


class MergingMixin:
    """Of the page of something that many share: all that a save decides, it decides under the lock.

    What is written on it and not saved yet the browser keeps.
    """

    form = MergingForm
    is_made_anew = True  # where it was deleted while its page was open, the page makes another of it

    def lock(self, request: HttpRequest, object_id: str | None) -> AbstractContextManager:
        """What a save holds while it reads, decides and writes."""
        return press.printing()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with self.lock(request, object_id):
            leave_out_deleted(self, request)
            if TAKE_UP in request.POST:  # what the browser kept of the page, shown as if it had just been typed
                page_state(request).is_shown_only = True
            shown = self._shown_elsewhere(request, unquote(object_id), extra_context) if object_id else None
            return shown or super().changeform_view(request, object_id, form_url, extra_context)

    def _shown_elsewhere(self, request: HttpRequest, key: str, extra_context: dict | None) -> Any:
        """What was written of something that is there no more, on the page where it can still be saved."""
        row = self.model._default_manager.filter(pk=key).first() if is_key(key, self.model) else None
        other = row.at_last() if hasattr(row, "at_last") else row
        if row is None:
            if not self.is_made_anew or not is_key(key, self.model) or not self.has_add_permission(request):
                return None
            entry = log_of(self.model, key, DELETION).first()
            text = _("%(who)s has deleted it in the meantime. What you wrote is below: save it to create it again.")
            text, page = text % {"who": name_of(entry.user if entry else None)}, self.address("add")
        elif other.pk != row.pk:
            text = _('It has since been merged into "%(other)s". What you wrote is below: save it there.')
            text, page = text % {"other": other}, self.address("change", other.pk)
        else:
            return None
        self.message_user(request, text, messages.WARNING)
        page_state(request).is_shown_only = True
        return self._changeform_view(request, str(other.pk) if other else None, page, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context.setdefault("show_save_and_add_another", add)
        context["keeps"] = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        context["is_taken_up"] = page_state(request).is_shown_only
        context["adminform"].form.label_suffix = ""
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if page_state(request).is_shown_only:
            form.is_valid = shows_only
        return form


def shows_only(form: forms.ModelForm) -> bool:
    """Of a form that shows what was written: it is not saved, and nobody finds fault with it yet."""
    form._errors = forms.utils.ErrorDict()
    return False
