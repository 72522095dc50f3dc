"""Where a photo of the library is chosen for something."""

from typing import Any

from django import forms
from django.forms.widgets import Media
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from js_asset import Script

from media.photos.library import described, uuids
from media.photos.models import Photo


class PhotoChooser(forms.Widget):
    """A photo, with its credit and what it lacks. Another is chosen in the library, which opens above the page."""

    def __init__(self, *, admin_site: str, may_view: bool, may_add: bool = False, attrs=None):
        super().__init__(attrs)
        self.admin_site, self.may_view, self.may_add = admin_site, may_view, may_add

    @property
    def media(self):
        return Media(css={"all": ["media/library.css"]}, js=[Script("media/chooser.js", type="module")])

    def id_for_label(self, id_):
        return f"{id_}_choose" if id_ else id_

    def use_required_attribute(self, initial):
        return False

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        keys = uuids(str(value or ""))
        photo = Photo.objects.filter(pk__in=keys).first() if keys else None
        context: dict[str, Any] = {
            "name": name,
            "id": (attrs or {}).get("id") or f"id_{name}",
            "value": value if photo else "",
            "photo": described(photo) if photo else None,
            "may_view": self.may_view,
            "may_add": self.may_add,
            "library": reverse(f"{self.admin_site}:media_photo_choose"),
        }
        return render_to_string("media/photo_choice.html", context)
