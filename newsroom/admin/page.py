"""Pages that stand outside the news, at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.desk.editing.items import PublishableAdmin
from newsroom import models
from newsroom.admin.body import BodyMixin
from newsroom.admin.offered import OfferedToWritersMixin
from newsroom.admin.texts import TextMixin
from newsroom.forms.page import PageForm
from newsroom.forms.seo import FIELDSET


@admin.register(models.Page)
class PageAdmin(OfferedToWritersMixin, BodyMixin, TextMixin, PublishableAdmin):
    form = PageForm
    actions = ["withdraw_selected", "assign_selected"]
    list_display = ["title", "state", "last_saved"]
    list_defer = ["body", "seo"]
    search_fields = ["search_text"]
    fieldsets = [
        (None, {"fields": ["title", "standfirst", "body"]}),
        (gettext_lazy("Address"), {"fields": ["slug"]}),
        FIELDSET,
    ]

    class Media:
        css = {"all": ["newsroom/paper.css"]}

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A new page can be written at once."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and "title" in form.base_fields:
            form.base_fields["title"].widget.attrs["autofocus"] = True
        return form
