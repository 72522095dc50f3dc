"""A blurb in two fields, from anywhere at the desk: saved and published as on its page, in one act."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.urls import path
from django.utils.html import escape
from django.utils.translation import gettext as _

from cms.desk.editing.snapshots import snapshot_of
from cms.desk.pages.page_state import page_state
from cms.publishing import checks, press, working_copy
from cms.publishing.models import Version
from newsroom.models import Section

FIELDS = ["text_html", "section"]
MOST = 300  # sections to choose from
USED = 500  # newest blurbs, whose sections are those to choose from where there are more


class QuickMixin:
    """Of the blurbs' admin: its form, its rules and its press, asked by a dialog."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.quick_view)
        return [path("quick/", view, name="newsroom_blurb_quick"), *super().get_urls()]

    def quick_view(self, request: HttpRequest) -> Any:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "GET":
            return JsonResponse(self._quick_choices(request))
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "POST"])
        with press.printing():
            return self._quick(request)

    def _quick_choices(self, request: HttpRequest) -> dict:
        """The sections, and the one that somebody's last blurb stood in."""
        last = self.model.objects.filter(made_by=request.user).order_by("-modified_at")[:1]
        section = next((str(blurb.section_id) for blurb in last if blurb.section_id), "")
        rows = Section.objects.order_by("position", "name")
        first = list(rows[: MOST + 1])
        if len(first) > MOST:  # then those that blurbs stand in
            newest = self.model.objects.exclude(section=None).order_by("-modified_at").values_list("section")[:USED]
            first = list(rows.filter(Q(pk__in=newest) | Q(pk=section or None))) or first[:MOST]
        return {"sections": [(str(section.pk), section.name) for section in first], "section": section}

    def _quick(self, request: HttpRequest) -> JsonResponse:
        key = page_state(request).key
        known = self.model.objects.filter(pk=key).select_related("head").first() if key else None
        if known and not self.has_change_permission(request, known):
            raise PermissionDenied
        lines = [line.strip() for line in request.POST.get("text", "").splitlines()]
        html = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        if not html:
            return JsonResponse({"errors": [_("Write what happened.")]}, status=400)
        blurb = known or (self.model(pk=key) if key else None)
        form = self.get_form(request, known, change=bool(known), fields=FIELDS)(
            {"text_html": html, "section": request.POST.get("section", "")},
            instance=blurb,
        )
        if not form.is_valid():
            texts = [str(text) for texts in form.errors.values() for text in texts]
            return JsonResponse({"errors": texts}, status=400)
        return self._quick_saved(request, form, known)

    def _quick_saved(self, request: HttpRequest, form: Any, known: Any) -> JsonResponse:
        base = self._newest_of(request, known) if known else working_copy.NEWEST
        said = snapshot_of(form, [])
        written = working_copy.write(form.instance, {name: said[name] for name in FIELDS}, request.user, base)
        if written.problems:
            texts = [text for _name, texts in working_copy.in_words(written.problems) for text in texts]
            return JsonResponse({"errors": texts}, status=400)
        blurb = written.item
        if not known:
            self.log_addition(request, blurb, self.construct_change_message(request, form, [], add=True))
        if written.is_late:
            return self._quick_is_late(request, written)
        if not self.may(request, "publish", blurb):
            text = _("Saved as a draft: you may not publish. Open it to mark it ready for review.")
            return JsonResponse(self._quick_done(request, blurb, text))
        return self._quick_published(request, blurb)

    def _quick_published(self, request: HttpRequest, blurb: Any) -> JsonResponse:
        try:
            press.publish(blurb, by=request.user)
        except checks.Refused as refusal:
            texts = [problem.text for problem in refusal.problems]
            message = _("Kept as a draft, but not published. To do first:")
            return JsonResponse(
                {"errors": texts, "said": message, "page": self.address("change", blurb.pk)}, status=400
            )
        return JsonResponse(self._quick_done(request, blurb, _("Published.")))

    def _newest_of(self, request: HttpRequest, blurb: Any) -> int | None:
        """The version that a dialog goes on from, which is sent again: the last that was saved by who sends it."""
        if blurb.head is None or blurb.head.author_id == request.user.pk:
            return blurb.head_id
        own = Version.objects.filter(kind=blurb.kind, key=blurb.pk, author=request.user).order_by("-pk")
        return own.values_list("pk", flat=True).first()

    def _quick_is_late(self, request: HttpRequest, written: working_copy.Written) -> JsonResponse:
        """Somebody else has written on it since it was first sent."""
        if written.kept_aside is None:
            return JsonResponse(self._quick_done(request, written.item, _("This was saved already.")))
        message = _("Somebody has changed this blurb in the meantime. Yours is kept beside it; open it to choose.")
        page = self.address("compare", written.item.pk, written.kept_aside.pk)
        return JsonResponse({"errors": [], "said": message, "page": page}, status=400)

    def _quick_done(self, request: HttpRequest, blurb: Any, text: str) -> dict:
        links = self.status_of(blurb).addresses
        return {
            "said": text,
            "page": self.address("change", blurb.pk) if self.has_view_or_change_permission(request, blurb) else "",
            "address": links.get("web", ""),
        }
