"""Public notes on what was wrong in a story."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.desk.pages.rows import AddedRowsFormSet, goes_with_its_item
from cms.publishing.models import Publication
from newsroom import models
from newsroom.serializers import CorrectionSerializer


class CorrectionForm(forms.ModelForm):
    class Meta:
        model = models.Correction
        fields = ["type", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class CorrectionInline(admin.StackedInline):
    """Corrections are added here, and never edited: those that stand are shown above."""

    model = models.Correction
    form = CorrectionForm
    fields = ["type", "text"]  # named, or the form and what stands are made once more to find them
    formset = AddedRowsFormSet
    template = "newsroom/corrections.html"
    extra = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("corrections")

    has_view_permission = has_add_permission = has_change_permission = goes_with_its_item

    def get_queryset(self, request):
        return super().get_queryset(request).none()

    def get_formset(self, request, obj=None, **kwargs):
        self.standing = list(obj.placed_corrections.all()) if obj else []
        if self.standing:
            publication = Publication.objects.filter(kind=obj.kind, key=obj.pk).select_related("version").first()
            is_live = publication is not None and publication.is_live
            public = (publication.version.data.get("corrections") or []) if is_live else []
            for correction in self.standing:
                correction.is_public = CorrectionSerializer().to_representation(correction) in public
        return super().get_formset(request, obj, **kwargs)
