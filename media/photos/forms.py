"""How the picture desk fills in what a photo says."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.pages.files import FileChoice
from cms.desk.pages.merging import MergingForm
from media.photos.library import page_of
from media.photos.models import Photo

LINES = forms.Textarea(attrs={"rows": 2})


class PhotoForm(MergingForm):
    """One photo, all of it."""

    def add_error(self, field, error):
        """A picture that is here already leads to the photo that it is."""
        is_about_file = field == "file" or "file" in getattr(error, "error_dict", {})
        twin = twin_of(self.instance) if is_about_file else None
        if twin:
            text = _("This picture is in the library already: {}. Use that one.")
            return super().add_error("file", format_html(text, format_html('<a href="{}">{}</a>', page_of(twin), twin)))
        return super().add_error(field, error)


def twin_of(photo: Photo) -> Photo | None:
    """The photo of the library that has the very same file."""
    if not photo.checksum:
        return None
    return Photo.objects.filter(checksum=photo.checksum).exclude(pk=photo.pk).first()


class CompletionForm(MergingForm):
    """What a photo must have before readers see it: one row of a page for many."""

    class Meta:
        model = Photo
        fields = ["credit_line", "alt_text", "caption", "is_decorative"]
        widgets = {"caption": LINES, "alt_text": LINES}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["alt_text"].help_text = ""
        self.fields["caption"].help_text = ""
        self.fields["credit_line"].help_text = ""
        self.fields["is_decorative"].help_text = ""


class ReplaceForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("New file"),
        widget=FileChoice(attrs={"accept": "image/*"}),
        help_text=gettext_lazy("The same picture, better: without a stain, larger, in its right colours."),
    )
