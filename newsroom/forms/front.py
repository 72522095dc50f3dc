"""How editors fill in a front."""

import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.publishing.links import HIDDEN, is_link, things
from cms.transfer.exporting import NamesOut
from newsroom.forms.seo import SeoForm
from newsroom.forms.written import HeadlinedForm
from newsroom.models import Front
from newsroom.serializers import FrontSerializer

NAME = forms.TextInput(attrs={"class": "vTextField headline", "placeholder": gettext_lazy("Name")})


def as_lines(containers: list[dict]) -> list[dict]:
    """Containers as a line of an import has them; what points at something deleted is left out."""
    names = NamesOut(things(containers))

    def named(value):
        if is_link(value):
            name = names.of(value)
            return None if name is HIDDEN else name
        if isinstance(value, list):
            return [each for each in map(named, value) if each is not None]
        return value

    def pinned(value):
        return {kind: name for kind, link in value.items() if (name := named(link)) is not None}

    return [
        {
            **container,
            "pinned": [each for each in map(pinned, container["pinned"]) if each],
            "rule": container["rule"] and {name: named(value) for name, value in container["rule"].items()},
        }
        for container in containers
    ]


class ContainersFormField(forms.CharField):
    """The containers of a front: JSON as a line of an import has it, kept as a version has it."""

    widget = forms.Textarea(attrs={"rows": 24, "class": "vLargeTextField", "spellcheck": "false"})

    def prepare_value(self, value):
        if isinstance(value, list):
            return json.dumps(as_lines(value), ensure_ascii=False, indent=2)
        return value

    def to_python(self, value):
        text = super().to_python(value)
        if not text.strip():
            return []
        try:
            given = json.loads(text)
        except ValueError as error:
            raise ValidationError(_("This is no JSON: %(fault)s") % {"fault": error}) from error
        try:
            return FrontSerializer.written()["containers"].run_validation(given)
        except serializers.ValidationError as error:
            raise ValidationError([str(text) for text in error.detail]) from error

    def run_validators(self, value):
        """The containers were checked as they were read."""

    def has_changed(self, initial, data):
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


class FrontForm(SeoForm, HeadlinedForm):
    containers = ContainersFormField(label=gettext_lazy("Containers"), required=False)

    class Meta:
        model = Front
        exclude = ["seo"]
        widgets = {"name": NAME, "description": forms.Textarea(attrs={"rows": 2})}
