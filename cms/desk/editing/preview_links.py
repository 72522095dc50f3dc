"""The desk's side of previews: the button, the list of an item's links, and what they can do."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import permissions
from cms.desk.moments import MomentField
from cms.previews import previews
from cms.publishing import press
from cms.publishing.models import PreviewLink

HOURS = [
    (1, gettext_lazy("1 hour")),
    (24, gettext_lazy("24 hours")),
    (72, gettext_lazy("3 days")),
    (168, gettext_lazy("a week")),
]


class LinkForm(forms.Form):
    """A link to be made."""

    ahead_to = MomentField(label=gettext_lazy("As the site will be at"), required=False)
    hours = forms.TypedChoiceField(label=gettext_lazy("The link works for"), choices=HOURS, coerce=int, initial=24)

    def clean_ahead_to(self):
        moment: datetime | None = self.cleaned_data["ahead_to"]
        if moment and moment <= timezone.now():
            raise ValidationError(_("That time has passed. Choose a later one, or leave it empty for now."))
        return moment


class PreviewsMixin:
    """Previews of what an admin page is of, for whoever may change or view it."""

    def get_urls(self):
        return [
            self.page("<path:object_id>/preview/", "preview", self.preview_view),
            self.page("<path:object_id>/preview/<uuid:pk>/revoke/", "preview_revoke", self.revoke_preview_view),
            *super().get_urls(),
        ]

    def _previewed(self, request: HttpRequest, object_id: str) -> Any:
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        return item

    def preview_view(self, request, object_id):
        """Make a link: with choices a new one, without them the usual one."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._previewed(request, object_id)
        if not self._may_link_to(request, item):
            raise PermissionDenied
        with press.printing():
            if "hours" not in request.POST:
                link = previews.usual(item, request.user)
            else:
                form = LinkForm(request.POST)
                if not form.is_valid():
                    texts = [text for texts in form.errors.values() for text in texts]
                    return JsonResponse({"error": " ".join(texts)}, status=400)
                lasts = timedelta(hours=form.cleaned_data["hours"])
                link = previews.make(item, request.user, lasts, form.cleaned_data["ahead_to"])
        address = previews.address_of(link, getattr(item, "slug", ""))
        return JsonResponse({"address": address, "links": self.preview_links(request, item)})

    def revoke_preview_view(self, request, object_id, pk):
        """Take a link back: those that one has made, and with the right to change the item all."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = self._previewed(request, object_id)
        link = PreviewLink.objects.filter(pk=pk, kind=item.kind, key=item.pk).first()
        if link is None:
            raise Http404
        if not self._may_revoke(request, item, link):
            raise PermissionDenied
        previews.revoke(link)
        return JsonResponse({"links": self.preview_links(request, item)})

    def _may_link_to(self, request: HttpRequest, item: Any) -> bool:
        """Whoever may see all drafts shows any to others; everybody else their own."""
        may_see_all = any(permissions.has(request.user, verb, item) for verb in ("view", "change_any"))
        return may_see_all or item.is_of(request.user)

    def _may_revoke(self, request: HttpRequest, item: Any, link: PreviewLink) -> bool:
        return link.made_by_id == request.user.pk or self.has_change_permission(request, item)

    def preview_links(self, request: HttpRequest, item: Any) -> str:
        """The living links of an item, as a list for its page."""
        slug = getattr(item, "slug", "")
        links = [link for link in previews.alive(item).select_related("made_by") if previews.is_ours(link)]
        for link in links:
            link.address = previews.address_of(link, slug)
            link.by = str(link.made_by.get_full_name() or link.made_by.get_username()) if link.made_by else ""
            if self._may_revoke(request, item, link):
                link.revoke_at = self.address("preview_revoke", quote(item.pk), link.pk)
        return render_to_string("desk/preview_links.html", {"links": links})

    def preview_context(self, request: HttpRequest, item: Any | None) -> dict:
        """What an item's page needs to offer previews; an item that is still to be saved has none of it yet."""
        if item is None:
            return {"can_preview": self.has_add_permission(request)}
        return {
            "can_preview": self._may_link_to(request, item),
            "preview_at": self.address("preview", quote(item.pk)),
            "preview_form": LinkForm(auto_id="id_preview_%s"),
            "preview_links": self.preview_links(request, item),
        }
