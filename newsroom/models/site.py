"""What the newsroom says of itself."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.publishable import Publishable
from cms.database.fields import DocumentField, WebAddressField
from cms.publishing import kinds
from media.models import Photo
from newsroom.models.languages import check_language
from newsroom.models.web_addresses import check_labelled_links


class Site(Publishable):
    """The newsroom itself: its name, its menus, its terms of use. There is one row of it."""

    kind = "site"
    needs_approval = False

    id = models.UUIDField(primary_key=True, default=kinds.SINGLE, editable=False)

    name = models.CharField(
        _("name"),
        max_length=200,
        blank=True,
        help_text=_("Of the newsroom, as readers know it. It stands in feeds too."),
    )
    description = models.TextField(_("description"), max_length=1000, blank=True, help_text=_("In a sentence or two."))
    language = models.CharField(
        _("language"),
        max_length=35,
        blank=True,
        validators=[check_language],
        help_text=_("A code such as en, uk or en-GB, for browsers and feeds. A story says its own."),
    )
    logo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo"))
    publisher_name = models.CharField(
        _("publisher"), max_length=200, blank=True, help_text=_("Who answers for it. Left empty, it is the newsroom.")
    )
    publisher_url = WebAddressField(_("publisher's address"), max_length=500, blank=True)
    social = models.JSONField(_("elsewhere"), default=list, blank=True, validators=[check_labelled_links])
    menus = DocumentField(_("menus"), default=dict, blank=True)
    usage_text = models.TextField(
        _("terms of use"), max_length=5000, blank=True, help_text=_("What others may do with what is published here.")
    )
    usage_url = WebAddressField(
        _("their address"), max_length=500, blank=True, help_text=_("Of the page that has them in full.")
    )

    class Meta(Publishable.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("site")
        ordering = ["-modified_at"]
        constraints = [models.CheckConstraint(name="site_is_one_row", condition=models.Q(pk=kinds.SINGLE))]
        permissions = [
            ("change_any_site", _("Can change the site's own page")),
            ("approve_site", _("Can approve the site's own page")),
            ("send_back_site", _("Can send the site's own page back to be written on")),
            ("publish_site", _("Can publish, schedule and update the site's own page")),
            ("withdraw_site", _("Can withdraw the site's own page")),
        ]

    def __str__(self):
        return self.name or gettext("Site")
