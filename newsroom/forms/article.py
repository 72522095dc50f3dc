"""How editors fill in a story."""

from django import forms
from django.utils.translation import gettext_lazy

from newsroom.forms.body import BodyForm
from newsroom.forms.seo import SeoForm
from newsroom.forms.written import HEADLINE, STANDFIRST, HeadlinedForm
from newsroom.models import Article

SHORT = forms.Textarea(attrs={"rows": 2})
KICKER = forms.TextInput(attrs={"class": "vTextField", "placeholder": gettext_lazy("Kicker")})


class ArticleForm(BodyForm, SeoForm, HeadlinedForm):
    class Meta:
        model = Article
        exclude = ["seo"]
        widgets = {
            "headline": HEADLINE,
            "kicker": KICKER,
            "standfirst": STANDFIRST,
            "lead_photo_caption": SHORT,
        }
