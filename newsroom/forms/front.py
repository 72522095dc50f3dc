"""How editors fill in a front."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from newsroom.arranging.filled import written
from newsroom.arranging.widget import ContainersWidget, in_field
from newsroom.forms.seo import SeoForm
from newsroom.forms.written import HeadlinedForm
from newsroom.models import Front

NAME = forms.TextInput(attrs={"class": "vTextField headline", "placeholder": gettext_lazy("Name")})


class ContainersField(forms.CharField):
    """The containers of a front as a version has them, in JSON: the page arranges it.

    Who writes in it may name a story by its slug or its id; what it has once been given stays, whatever is renamed.
    """

    widget = ContainersWidget

    def prepare_value(self, value: Any) -> Any:
        return in_field(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list:
        return written(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True

    def validate(self, value: Any) -> None:
        """Done as it was read."""

    def run_validators(self, value: Any) -> None:
        """The same."""


class FrontForm(SeoForm, HeadlinedForm):
    containers = ContainersField(label=gettext_lazy("Containers"), required=False)

    class Meta:
        model = Front
        exclude = ["seo"]
        widgets = {"name": NAME, "description": forms.Textarea(attrs={"rows": 2})}
