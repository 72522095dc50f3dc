"""What stands outside the news: About, Imprint, Contact."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.publishable import Publishable
from cms.database.fields import DocumentField, SearchTextField, SlugField
from newsroom.models.slugged import Slugged, one_desk_item_a_slug
from newsroom.models.written import MOST_SEARCHED


class Page(Slugged, Publishable):
    """A page that stands outside the news, with an address of its own."""

    kind = "page"
    called_by = "title"
    needs_approval = False  # nobody waits for it in the news

    title = models.CharField(_("title"), max_length=300, blank=True)
    slug = SlugField(
        _("slug"),
        max_length=200,
        blank=True,
        help_text=_("The last part of its address. Left empty, it is made from the title."),
    )
    standfirst = models.TextField(
        _("standfirst"), max_length=1000, blank=True, help_text=_("One or two sentences under the title.")
    )
    body = DocumentField(_("body"), default=list, blank=True)
    seo = models.JSONField(_("search engines"), default=dict, blank=True)
    search_text = SearchTextField(sources=["title", "slug"], most=MOST_SEARCHED)

    class Meta(Publishable.Meta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_page_a_slug")]
        permissions = [
            ("change_any_page", _("Can change pages of others")),
            ("approve_page", _("Can approve pages")),
            ("send_back_page", _("Can send pages back to be written on")),
            ("publish_page", _("Can publish, schedule and update pages")),
            ("withdraw_page", _("Can withdraw pages")),
        ]

    def __str__(self):
        return self.title or gettext("Untitled")
