"""The desk's pages for what is published: its states, its buttons, and saves that lose nothing to each other.

It knows no news. An app registers its kinds with PublishableAdmin, and what they share with DeskAdmin.
"""

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.publishing.admin import dashboard  # noqa: F401 - its panels make themselves known
from cms.publishing.admin.choosing import MadeHereMixin, NamedMixin, SearchedChoice, making_offer
from cms.publishing.admin.items import PublishableAdmin
from cms.publishing.admin.log import ActAdmin
from cms.publishing.admin.merging import MergingForm
from cms.publishing.admin.pages import DeskAdmin, SharedAdmin
from cms.publishing.admin.rows import AddedRowsFormSet, RowForm, RowsFormSet, RowsInline, goes_with_its_item
from cms.publishing.admin.users import DeskUserAdmin
from cms.publishing.admin.words import moment_in_words

__all__ = [
    "ActAdmin",
    "AddedRowsFormSet",
    "DeskAdmin",
    "DeskUserAdmin",
    "MadeHereMixin",
    "MergingForm",
    "NamedMixin",
    "PublishableAdmin",
    "RowForm",
    "RowsFormSet",
    "RowsInline",
    "SearchedChoice",
    "SharedAdmin",
    "goes_with_its_item",
    "making_offer",
    "moment_in_words",
]

name_of_site = settings.SITE_NAME
admin.site.site_header = name_of_site if name_of_site == "Galley" else f"{name_of_site} · Galley"
admin.site.site_title = admin.site.site_header
admin.site.site_url = settings.FRONT_URL if settings.FRONT_URL != settings.PUBLIC_URL else None
admin.site.index_title = gettext_lazy("The desk")
