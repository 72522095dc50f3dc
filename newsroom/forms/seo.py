"""What search engines are told, as an editor fills it in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

NAMES = ("title", "description", "canonical_url")
FIELDSET: Any = (
    gettext_lazy("Search engines"),
    {"classes": ["collapse"], "fields": [f"seo_{name}" for name in NAMES]},
)


class SeoForm(forms.ModelForm):
    """A part of a form: the texts of `seo`, a field each. The rest of it stays as it is."""

    seo_title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    seo_description = forms.CharField(
        label=gettext_lazy("Description"), max_length=1000, required=False, widget=forms.Textarea
    )
    seo_canonical_url = forms.URLField(
        label=gettext_lazy("First published at"),
        max_length=1000,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("The address that search engines should treat as the original (canonical)."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seo = self.instance.seo or {}
        for name in NAMES:
            if f"seo_{name}" in self.fields:
                self.initial[f"seo_{name}"] = seo.get(name) or ""

    def clean(self):
        cleaned = super().clean()
        if "seo_title" in self.fields:
            rest = {name: value for name, value in (self.instance.seo or {}).items() if name not in NAMES}
            values = {name: cleaned.get(f"seo_{name}") for name in NAMES}
            self.instance.seo = {**{name: value for name, value in values.items() if value}, **rest}
        return cleaned
