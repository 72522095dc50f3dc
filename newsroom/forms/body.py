"""What has a body of blocks, and something to tell search engines."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.notices import collecting
from cms.publishing import kinds
from cms.publishing.models import Version
from newsroom.body import BlockError, editor_html
from newsroom.body.form_field import BodyFormField, converted, unlabelled, with_untouched
from newsroom.body.mending import whole
from newsroom.forms.written import TextForm
from newsroom.serializers.written import WORDS

SEO = ("title", "description", "canonical_url")


class BodyForm(TextForm):
    """What has a body, written in the editor."""

    made: dict[str, Any] | None = None  # values that the serializer has made, and need not check again

    body = BodyFormField(label=gettext_lazy("Body"), required=False)

    def clean_body(self):
        kind = self.instance.kind
        known = self.instance.body or []
        base = self.data.get("base", "")
        if base and base != str(self.instance.head_id) and base.isdigit() and len(base) < 19:
            version = Version.objects.filter(pk=base, kind=kind, key=self.instance.pk).first()
            known = version.data["body"] if version else known
        known = whole(known)
        with collecting() as self.known_losses:
            converted(editor_html(known, unlabelled))
        blocks = with_untouched(self.cleaned_data["body"], known)
        if blocks == known:
            return known
        try:
            self.made = {"body": kinds.publishable_named(kind).written()["body"].run_validation(blocks)}
            return self.made["body"]
        except BlockError as error:
            words = {"number": error.number, "kind": WORDS.get(error.kind, error.kind), "fault": error.fault}
            raise ValidationError(_("Block %(number)s (%(kind)s): %(fault)s") % words) from error
        except serializers.ValidationError as error:
            raise ValidationError([str(text) for text in _flat(error.detail)]) from error


class SeoForm(forms.ModelForm):
    """What search engines are told, each in a field of its own."""

    seo_title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    seo_description = forms.CharField(
        label=gettext_lazy("Description"), max_length=1000, required=False, widget=forms.Textarea
    )
    seo_canonical_url = forms.URLField(
        label=gettext_lazy("First published at"),
        max_length=1000,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("The address that search engines shall count as the original (canonical)."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seo = self.instance.seo or {}
        for name in SEO:
            if f"seo_{name}" in self.fields:
                self.initial[f"seo_{name}"] = seo.get(name) or ""

    def clean(self):
        cleaned = super().clean()
        if "seo_title" in self.fields:
            rest = {name: value for name, value in (self.instance.seo or {}).items() if name not in SEO}
            given = {name: cleaned.get(f"seo_{name}") for name in SEO}
            self.instance.seo = {**{name: value for name, value in given.items() if value}, **rest}
        return cleaned


def _flat(detail: Any) -> Iterable[str]:
    if isinstance(detail, dict):
        detail = list(detail.values())
    if isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner)
    else:
        yield detail
