"""What is asked of an endpoint at the desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import outbound
from cms.delivery import events, receivers, seals
from cms.delivery.models import Endpoint
from cms.delivery.receivers.indexnow import new_key
from cms.desk import menu
from cms.publishing import kinds
from cms.publishing.models import Change, Edition

HOURS = [
    (1, gettext_lazy("the last hour")),
    (6, gettext_lazy("the last 6 hours")),
    (24, gettext_lazy("the last day")),
    (72, gettext_lazy("the last 3 days")),
    (168, gettext_lazy("the last week")),
]
ONLY = "only_"  # before the name of a kind: the field that narrows to things of it


def narrowing() -> list[type[kinds.SharedKind]]:
    """The kinds to whose things an endpoint can be narrowed."""
    return [kind for kind in kinds.shared() if kind.narrows]


def event_choices() -> list[tuple[str, Any]]:
    actions = {
        Change.Action.PUBLISHED: _("something was published"),
        Change.Action.UPDATED: _("something live was updated"),
        Change.Action.WITHDRAWN: _("something was withdrawn or came to its end"),
    }
    of_publications = [(f"{events.PUBLICATION}.{action}", words) for action, words in actions.items()]
    of_shared = [
        (name, _("%(kind)s came, changed or went") % {"kind": capfirst(menu.one_of(kind.Meta.model))})
        for name, kind in events.shared_types().items()
    ]
    return [*of_publications, *of_shared]


def kind_choices() -> list[tuple[str, Any]]:
    return [(kind.Meta.kind, menu.name_of(kind.Meta.model)) for kind in kinds.in_menu_order(kinds.publishable())]


class Ticks(forms.MultipleChoiceField):
    """Several of a few. None ticked is all of them."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, **kwargs)


class EndpointForm(forms.ModelForm):
    """An endpoint. What kind of receiver it is stays as it was made; a token is written and never shown."""

    receiver = forms.ChoiceField(label=gettext_lazy("What it is"))
    events = Ticks(
        label=gettext_lazy("It is told when"), choices=event_choices, help_text=gettext_lazy("None ticked: of all.")
    )
    kinds = Ticks(
        label=gettext_lazy("Of these kinds"), choices=kind_choices, help_text=gettext_lazy("None ticked: of all.")
    )
    token = forms.CharField(
        label=gettext_lazy("Token"),
        required=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=gettext_lazy("Stored sealed, and never shown again. Leave it empty to keep the one that there is."),
    )

    class Meta:
        model = Endpoint
        fields = ["name", "url", "site"]
        help_texts = {
            "url": gettext_lazy("Where it is told. Fastly, Cloudflare and IndexNow have a usual one: leave it empty."),
            "site": gettext_lazy("Fastly: the ID of the service. Cloudflare: the ID of the zone."),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.sealed = self.instance.token
        self.initial.pop("token", None)
        if "receiver" in self.fields:
            self.fields["receiver"].choices = [(name, receiver.label) for name, receiver in receivers.ALL.items()]
            self.fields["receiver"].initial = self.instance.receiver
            self.fields["receiver"].disabled = bool(self.instance.pk)
        for name in ("events", "kinds"):
            self.initial.setdefault(name, getattr(self.instance, name))
        for kind in narrowing():
            name = ONLY + kind.Meta.kind
            if name in self.fields:
                self.initial[name] = [key for of_kind, key in self.instance.only if of_kind == kind.Meta.kind]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        receiver = receivers.ALL.get(cleaned.get("receiver", ""))
        if receiver is None:
            return cleaned
        try:
            if cleaned.get("url") or not receiver.default_url:
                outbound.check(cleaned.get("url") or "")
        except outbound.Refused as refused:
            self.add_error("url", _("This address cannot be asked: %(why)s.") % {"why": refused})
        if receiver.needs_site and not cleaned.get("site"):
            self.add_error("site", _("Write the ID; without it nothing can be purged."))
        if receiver.needs_token and not (cleaned.get("token") or self.sealed):
            self.add_error("token", _("Write the token; without it nothing can be purged."))
        if self.sealed and "url" in self.changed_data and not cleaned.get("token"):
            # Else whoever may change it could read the token by having it sent to themselves.
            self.add_error("token", _("Write the token again: the one that there is was for another address."))
        if cleaned.get("token") and not (cleaned["token"].isascii() and cleaned["token"].isprintable()):
            self.add_error("token", ValidationError(_("A token has no such letters.")))
        return cleaned

    def save(self, commit: bool = True) -> Endpoint:
        endpoint: Endpoint = self.instance
        receiver = receivers.named(self.cleaned_data["receiver"])
        endpoint.receiver = receiver.name
        chosen = self.cleaned_data if receiver.chooses else {}
        endpoint.events, endpoint.kinds = chosen.get("events", []), chosen.get("kinds", [])
        endpoint.only = [
            [kind.Meta.kind, str(row.pk)] for kind in narrowing() for row in chosen.get(ONLY + kind.Meta.kind, [])
        ]
        token = self.cleaned_data.get("token")
        endpoint.token = seals.seal(token) if token else self.sealed
        if endpoint.pk is None:
            self._begin(endpoint, receiver)
        return super().save(commit)

    def _begin(self, endpoint: Endpoint, receiver: receivers.Receiver) -> None:
        """It is told of what comes from now on."""
        endpoint.after = Edition.objects.get(pk=1).number
        if receiver.has_secret:
            endpoint.secret = seals.seal(seals.new_secret())
        if receiver.name == "indexnow":
            endpoint.site = new_key()


def with_narrowing(form: type[EndpointForm]) -> type[EndpointForm]:
    """The form with a field for each kind that an endpoint can be narrowed to."""
    fields = {
        ONLY + kind.Meta.kind: forms.ModelMultipleChoiceField(
            kind.Meta.model._default_manager.all(),
            label=gettext_lazy("Only what is in these"),
            required=False,
            help_text=gettext_lazy(
                "What is below them is meant too, and what leaves them is told once more. None chosen: wherever it is."
            ),
        )
        for kind in narrowing()
    }
    return type(form.__name__, (form,), fields)


class SinceForm(forms.Form):
    """From when on all is to be sent once more."""

    hours = forms.TypedChoiceField(label=gettext_lazy("Everything of"), choices=HOURS, coerce=int, initial=24)
