"""How editors fill in a page that stands outside the news."""

from django import forms
from django.utils.translation import gettext_lazy

from newsroom.forms.body import BodyForm
from newsroom.forms.seo import SeoForm
from newsroom.models import Page

TITLE = forms.Textarea(attrs={"rows": 1, "class": "vLargeTextField headline", "placeholder": gettext_lazy("Title")})
STANDFIRST = forms.Textarea(
    attrs={"rows": 1, "placeholder": gettext_lazy("Standfirst: what the page is about, in a sentence")}
)


class PageForm(BodyForm, SeoForm):
    class Meta:
        model = Page
        exclude = ["seo"]
        widgets = {"title": TITLE, "standfirst": STANDFIRST}

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def _get_validation_exclusions(self):
        # Whether the slug is free depends on a column that no form shows; without it the check would be left out.
        return super()._get_validation_exclusions() - {"is_retired"}
