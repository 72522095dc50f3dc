"""The field of a front's containers: arranged by hand and keys, and JSON below that."""

from typing import Any

import orjson
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.widgets import Media
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from js_asset import Script

from cms.desk.moments import MomentInput, quick_moments
from cms.desk.pages.choosing import SearchedChoices
from newsroom.arranging.filled import filled, written
from newsroom.models import Article, ArticleByline, Section, Topic

APART = {"form": "front-view"}  # no field of the page's form: nothing of it is sent or kept
LAYOUTS = [
    ("lead", gettext_lazy("Lead")),
    ("row", gettext_lazy("Row")),
    ("list", gettext_lazy("List")),
    ("strip", gettext_lazy("Strip")),
]
KINDS = [
    ("", gettext_lazy("Everything")),
    ("article", gettext_lazy("Stories")),
    ("blurb", gettext_lazy("Blurbs")),
    ("video", gettext_lazy("Videos")),
]
BREAKING = [("", gettext_lazy("Breaking or not")), ("true", gettext_lazy("Breaking alone"))]


def _searched(field: Any) -> SearchedChoices:
    return SearchedChoices(field, admin.site, attrs=APART)


class RuleForm(forms.Form):
    """What a rule goes by, as the desk's choosers ask it."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS, required=False)
    section = forms.ModelMultipleChoiceField(Section.objects.none(), label=gettext_lazy("Section"), required=False)
    topic = forms.ModelMultipleChoiceField(Topic.objects.none(), label=gettext_lazy("Topic"), required=False)
    byline = forms.ModelMultipleChoiceField(Topic.objects.none(), label=gettext_lazy("Byline"), required=False)
    genre = forms.ChoiceField(label=pgettext_lazy("of a story", "Genre"), required=False)
    breaking = forms.ChoiceField(label=gettext_lazy("Breaking"), choices=BREAKING, required=False)

    def __init__(self) -> None:
        super().__init__(auto_id=False)
        self.fields["genre"].choices = [("", _("Any genre")), *Article.Genre.choices]
        relations = {
            "section": Article._meta.get_field("section"),
            "topic": Article._meta.get_field("topics"),
            "byline": ArticleByline._meta.get_field("byline"),
        }
        for name, relation in relations.items():
            self.fields[name].widget = widget = _searched(relation)
            widget.choices = self.fields[name].choices
        for name, field in self.fields.items():
            field.widget.attrs |= {**APART, "data-rule": name}


class ContainersWidget(forms.Textarea):
    """A front as readers will have it, and the text of the field for who has no scripts."""

    template_name = "newsroom/front/containers.html"

    def __init__(self, attrs: dict | None = None):
        super().__init__({"rows": 24, "spellcheck": "false", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        try:
            containers = written(value)
        except ValidationError:
            return context  # what is wrong with it stands at the field, which is written in as a text
        context |= {
            "first": filled(containers),
            "fill_at": reverse(f"{admin.site.name}:newsroom_front_fill"),
            "find_at": reverse(f"{admin.site.name}:newsroom_front_find"),
            "layouts": LAYOUTS,
            "most": 100,
            "rule": RuleForm(),
            "moment": _moment(),
            "quick": quick_moments(),
        }
        return context

    @property
    def media(self) -> Media:
        own = Media(css={"all": ["newsroom/front/front.css"]}, js=[Script("newsroom/front/front.js", type="module")])
        return super().media + RuleForm().media + own


def _moment() -> SafeString:
    return MomentInput().render("front_moment", None, {"id": "id_front_moment", **APART})


def in_field(containers: list) -> str:
    """Containers as the field has them, so that those without scripts can read and write them."""
    return orjson.dumps(containers, option=orjson.OPT_INDENT_2).decode()
