"""How editors fill in a section."""

from django import forms

from cms.desk.pages.merging import MergingForm
from newsroom.models import Section


class SectionForm(MergingForm):
    class Meta:
        model = Section
        fields = "__all__"
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
