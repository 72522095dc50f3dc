"""Put one on top of a front from its page or row: for readers at once where both are live, and nothing else with it."""

import copy
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import permissions
from cms.publishing import amending, press
from cms.publishing.links import link, things
from newsroom.models import Front
from newsroom.models.front import HOME

LAYOUT_WORDS = {
    "lead": gettext_lazy("Lead"),
    "row": gettext_lazy("Row"),
    "list": gettext_lazy("List"),
    "strip": gettext_lazy("Strip"),
}


class Place(NamedTuple):
    """A container of a front that something can be put on top of."""

    value: str  # "<front's id>/<container's id>"
    front: str
    label: str


def places(fronts: list[Front]) -> Iterator[Place]:
    """The containers of these fronts, in their order."""
    for front in fronts:
        for container in front.containers or []:
            label = container.get("title") or LAYOUT_WORDS.get(container.get("layout"), container.get("layout"))
            yield Place(f"{front.pk}/{container['id']}", str(front), str(label))


def on_top(data: dict, container_id: str, kind: str, key: uuid.UUID) -> dict:
    """A front with something pinned on top of one of its containers, and nowhere else.

    Where a version has no such container, it is the first that it has.
    """
    containers = copy.deepcopy(data.get("containers") or [])
    for container in containers:
        container["pinned"] = [pin for pin in container["pinned"] if (kind, key) not in things(pin)]
    target = next((one for one in containers if one["id"] == container_id), containers[0] if containers else None)
    if target:
        target["pinned"].insert(0, {kind: link(kind, key)})
    return {**data, "containers": containers}


class PuttingMixin:
    """Of stories, blurbs and videos: what a front can show."""

    def get_urls(self):
        return [self.page("<path:object_id>/put-on-front/", "put", self.put_view), *super().get_urls()]

    def row_acts(self, request, item):
        yield from super().row_acts(request, item)
        if item.pk and permissions.has(request.user, "change", Front):
            yield {"label": _("Put on a front…"), "address": self.address("put", quote(item.pk))}

    def page_acts(self, request, item, can_save):
        yield from super().page_acts(request, item, can_save)
        if item and permissions.has(request.user, "change", Front):
            yield {"name": "put", "label": _("Put on a front…"), "address": self.address("put", quote(item.pk))}

    def put_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask on which front and where; then put it there."""
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        fronts = self._fronts(request)
        if request.method == "POST":
            return self._put(request, item, fronts)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "item": item,
            "places": list(places(fronts)),
            "title": _("Put on a front"),
            "address": self.address("put", quote(item.pk)),
            "status": self.status_of(item),
            "media": self.media,
        }
        is_part = request.headers.get("X-Requested-With") == "XMLHttpRequest"
        return render(request, f"newsroom/front/{'put_form' if is_part else 'put_page'}.html", context)

    def _fronts(self, request: HttpRequest) -> list[Front]:
        if not permissions.has(request.user, "change", Front):
            raise PermissionDenied
        fronts = Front.objects.filter(is_retired=False).order_by("name")
        may = [front for front in fronts if permissions.may(request.user, "change", front)]
        return sorted(may, key=lambda front: front.slug != HOME)

    def _put(self, request: HttpRequest, item: Any, fronts: list[Front]) -> HttpResponse:
        front_key, _slash, container_id = request.POST.get("place", "").partition("/")
        front = next((front for front in fronts if str(front.pk) == front_key), None)
        if front is None:
            return self._put_told(request, item, _("Choose where to put it."), is_wrong=True)
        try:
            is_shown = put_on_top(front, container_id, item, request.user)
        except ValidationError as error:
            return self._put_told(request, item, " ".join(error.messages), is_wrong=True)
        return self._put_told(request, item, self._words(item, front, is_shown))

    def _words(self, item: Any, front: Front, is_shown: bool) -> str:
        told = _("It stands on top of %(front)s.") % {"front": front}
        if not is_shown:
            return f"{told} {_('Readers see it there with the next update of the front.')}"
        if self.status_of(item).is_live:
            return f"{told} {_('Readers see it now.')}"
        return f"{told} {_('Readers see it there once it is published.')}"

    def _put_told(self, request: HttpRequest, item: Any, text: str, is_wrong: bool = False) -> HttpResponse:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"said": text}, status=400 if is_wrong else 200)
        self.message_user(request, text, "error" if is_wrong else "success")
        return HttpResponseRedirect(
            self.address("put" if is_wrong else "changelist", *([quote(item.pk)] if is_wrong else []))
        )


def put_on_top(front: Front, container_id: str, item: Any, by: Any) -> bool:
    """Whether readers have it there now; who may not publish fronts changes what is at the desk alone."""
    if not front.containers:
        raise ValidationError(_("This front has no container. Open it, and add one."))
    note = press.in_english(gettext_lazy("on top: %(what)s")) % {"what": item}
    return amending.amend(
        front,
        lambda data: on_top(data, container_id, item.kind, item.pk),
        by=by,
        note=note,
        is_shown=permissions.may(by, "publish", front),
    )
