"""How editors fill in a topic."""

from django import forms
from django.utils.translation import gettext_lazy

from cms.desk.pages.merging import MergingForm
from newsroom.forms.lines import LinesField, check_address
from newsroom.models import Topic


class TopicForm(MergingForm):
    same_as = LinesField(
        label=gettext_lazy("The same as"),
        read=check_address,
        write=str,
        help_text=gettext_lazy(
            "Addresses of the same thing elsewhere, one a line: https://www.wikidata.org/wiki/Q7184"
        ),
    )

    class Meta:
        model = Topic
        fields = "__all__"
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
