"""What the desk's page of a front asks while it is being arranged."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from cms.desk.moments import MomentField
from cms.publishing import permissions
from newsroom.arranging.filled import filled, written
from newsroom.arranging.finding import find
from newsroom.arranging.things import MODELS

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
        return _answer(filled(containers, at))

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


def _answer(data: dict, status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, headers={"Cache-Control": "no-store"})
