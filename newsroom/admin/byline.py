"""Bylines at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.desk.pages.admin import SharedAdmin
from cms.desk.pages.choosing import MadeHereMixin
from newsroom import models
from newsroom.admin.photos import PhotosMixin
from newsroom.admin.texts import TextMixin
from newsroom.forms.byline import BylineForm


@admin.register(models.Byline)
class BylineAdmin(TextMixin, PhotosMixin, MadeHereMixin, SharedAdmin):
    make_words = gettext_lazy("Make a new byline: %s")
    told_words = gettext_lazy("No byline is called “%s”. Ask somebody who may make one.")
    form = BylineForm
    list_display = ["name", "job_title", "type", "slug"]
    list_filter = ["type"]
    search_fields = ["name", "slug"]
    search_help_text = gettext_lazy("Search bylines by name")
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    photo_fields = ("portrait",)
    fields = ["name", "slug", "job_title", "type", "bio_html", "portrait", "email", "links", "user"]

    class Media:
        css = {"all": ["newsroom/lists.css"]}
