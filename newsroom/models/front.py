"""Fronts: the pages that editors arrange."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.publishable import Publishable
from cms.database.fields import DocumentField, SearchTextField, SlugField
from newsroom.models.slugged import Slugged, one_desk_item_a_slug
from newsroom.models.written import MOST_SEARCHED

HOME = "home"  # the slug of the first page


class Front(Slugged, Publishable):
    """A page of the site that editors arrange of containers, each filled by hand, by a rule, or both."""

    kind = "front"
    called_by = "name"
    needs_approval = False  # whoever arranges the news decides, at once

    name = models.CharField(_("name"), max_length=200, blank=True)
    slug = SlugField(
        _("slug"),
        max_length=200,
        blank=True,
        help_text=_('The last part of its address; "home" is the first page. Left empty, the name makes it.'),
    )
    description = models.TextField(
        _("description"), max_length=1000, blank=True, help_text=_("One or two sentences, for readers and for robots.")
    )
    containers = DocumentField(_("containers"), default=list, blank=True)
    seo = models.JSONField(_("search engines"), default=dict, blank=True)
    search_text = SearchTextField(sources=["name", "slug"], most=MOST_SEARCHED)

    class Meta(Publishable.Meta):
        verbose_name = _("front")
        verbose_name_plural = _("fronts")
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_front_a_slug")]
        permissions = [
            ("change_any_front", _("Can change fronts of others")),
            ("approve_front", _("Can approve fronts")),
            ("send_back_front", _("Can send fronts back to be written on")),
            ("publish_front", _("Can publish, schedule and update fronts")),
            ("withdraw_front", _("Can withdraw fronts")),
        ]

    def __str__(self):
        return self.name or gettext("Untitled")
