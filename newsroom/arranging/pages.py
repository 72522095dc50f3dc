"""What the desk's page of a front asks while it is being arranged."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from cms import permissions
from cms.desk.ids import as_uuid
from cms.desk.moments import MomentField
from cms.desk.pages.page_state import page_state
from cms.desk.words import newer_in_words
from cms.publishing.models import Version
from newsroom.arranging.filled import filled, written
from newsroom.arranging.finding import find
from newsroom.arranging.merging import merged
from newsroom.arranging.things import MODELS
from newsroom.models import Front

MOST = 300_000  # characters of a field


class ArrangingMixin:
    """Of the fronts' admin."""

    def get_urls(self):
        own = [self.page("fill/", "fill", self.fill_view), self.page("find/", "find", self.find_view)]
        return [*own, *super().get_urls()]

    def fill_view(self, request: HttpRequest) -> HttpResponse:
        """Containers as readers would have them, now or at a moment to come. Nothing of it is saved."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            containers = written(request.POST.get("containers", "")[:MOST])
            at = MomentField(required=False).clean([request.POST.get("at", ""), request.POST.get("at_which", "")])
        except ValidationError as error:
            return _answer({"error": " ".join(error.messages)}, status=400)
        return _answer({**filled(containers, at), **self._with_theirs(request, containers)})

    def _with_theirs(self, request: HttpRequest, containers: list[dict]) -> dict:
        """Where a front was saved since its page was opened: what both have made of it, put together.

        Only where nothing else of it was changed: the page goes on from that version, and has the rest as it was.
        """
        base = page_state(request).base
        fronts = Front.objects.filter(pk=as_uuid(request.POST.get("front", ""))).exclude(head=base)
        front = fronts.select_related("head__author").first() if base else None
        if front is None or front.head is None:
            return {}
        began = Version.objects.filter(kind=Front.kind, key=front.pk, pk=base).first()
        if began is None or _rest(began.data) != _rest(front.head.data):
            return {}
        was, theirs = began.data["containers"], front.head.data["containers"]
        message = newer_in_words(front.head, request.user)
        return {"newer": {"head": front.head_id, "said": message, "containers": merged(was, theirs, containers)}}

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Stories, blurbs and videos with these words, or the newest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_see = [
            model.kind
            for model in MODELS
            if any(permissions.has(request.user, verb, model) for verb in ("view", "change"))
        ]
        return _answer({"results": find(request.GET.get("q", ""), may_see)})


def _rest(data: dict) -> dict:
    return {name: value for name, value in data.items() if name != "containers"}


def _answer(data: dict, status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, headers={"Cache-Control": "no-store"})
