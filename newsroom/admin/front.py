"""Fronts at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.desk.editing.items import PublishableAdmin
from newsroom import models
from newsroom.arranging.pages import ArrangingMixin
from newsroom.forms.front import FrontForm
from newsroom.forms.seo import FIELDSET


@admin.register(models.Front)
class FrontAdmin(ArrangingMixin, PublishableAdmin):
    form = FrontForm
    list_display = ["name", "state", "slug", "last_saved"]
    list_defer = ["containers", "seo"]
    search_fields = ["search_text"]
    fieldsets = [
        (None, {"fields": ["name", "containers"]}),
        (gettext_lazy("Address, description"), {"classes": ["collapse"], "fields": ["slug", "description"]}),
        FIELDSET,
    ]
