"""What has a text, and what has a headline too."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from cms.notices import Notice, collecting
from cms.publishing.models import Publication, Version
from cms.text.letters import slug_from


class TextForm(forms.ModelForm):
    """What has a text with links and emphasis. `left_out` is what of it could not be kept."""

    left_out: list[Notice] = []
    known_losses: list[Notice] = []  # of what was written before, and is not what somebody has just lost

    def full_clean(self):
        with collecting() as heard:
            super().full_clean()
        for loss in self.known_losses:
            if loss in heard:
                heard.remove(loss)
        self.left_out = heard


class HeadlinedForm(TextForm):
    """What has a headline, written over as many lines as it takes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "access" in self.fields:
            self.fields["access"].required = False  # a page that was opened before there was the choice has none

    def clean_headline(self):
        return " ".join(self.cleaned_data["headline"].split())

    def clean(self):
        cleaned = super().clean()
        if self._is_slug_of_former_headline():
            self.cleaned_data["slug"] = ""  # so that one is made of the new headline
        return cleaned

    def _is_slug_of_former_headline(self) -> bool:
        """Whether the slug was made of a headline that is another now, and nobody outside has ever seen it."""
        slug, headline = self.cleaned_data.get("slug"), self.cleaned_data.get("headline")
        former = self._former()
        if not slug or not headline or slug != former.get("slug") or headline == former.get("headline"):
            return False
        made = slug_from(former.get("headline") or "", former.get("language") or settings.CONTENT_LANGUAGE)
        if not made or not re.fullmatch(re.escape(made) + r"(-\d+)?", slug):
            return False
        return not Publication.objects.filter(kind=self.instance.kind, key=self.instance.pk).exists()

    def _former(self) -> Mapping[str, Any]:
        """What the page began with: what stands, unless somebody has saved or deleted it meanwhile."""
        base = self.data.get("base") or ""
        if not base.isdecimal() or len(base) > 18 or int(base) == self.instance.head_id:
            return self.initial
        began = Version.objects.filter(pk=base, kind=self.instance.kind).first()
        is_of_this = began and str(began.key) in (str(self.instance.pk), self.data.get("key"))
        return began.data if began and is_of_this else self.initial

    def _get_validation_exclusions(self):
        # Whether the slug is free depends on a column that no form shows; without it the check would be left out.
        return super()._get_validation_exclusions() - {"is_retired"}


HEADLINE = forms.Textarea(
    attrs={"rows": 1, "class": "vLargeTextField headline", "placeholder": gettext_lazy("Headline")}
)
STANDFIRST = forms.Textarea(
    attrs={"rows": 1, "placeholder": gettext_lazy("Standfirst: what it is about, in a sentence")}
)
