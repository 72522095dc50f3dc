"""A live story at the desk: its updates are written, mended, marked and withdrawn on the story's own page.

An update is a blurb that points at the story. What is sent here is saved and published as on the blurb's page.
"""

import uuid
from typing import Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.content.serializers import rfc3339
from cms.desk.moments import in_brief
from cms.desk.pages.page_state import page_state
from cms.desk.words import author_of
from cms.publishing import amending, checks, press, working_copy
from cms.publishing.links import link
from cms.publishing.models import Publication
from newsroom import models
from newsroom.body import clean_flow, in_short, plain
from newsroom.body.widget import ProseWidget

SHOWN = 20  # updates at once
MOST = 1000
MARKS = {
    "is_key": (gettext_lazy("key event"), gettext_lazy("no key event")),
    "is_pinned": (gettext_lazy("pinned"), gettext_lazy("no longer pinned")),
}
Answer = JsonResponse


class LiveMixin:
    """Of the stories' admin: the updates of a live one, and its end."""

    change_form_template = "newsroom/article_form.html"

    def get_urls(self):
        return [
            self.page("<uuid:key>/updates/", "updates", self.updates_view),
            self.page("<uuid:key>/updates/<uuid:update>/mark/", "mark_update", self.mark_view),
            self.page("<uuid:key>/updates/<uuid:update>/withdraw/", "withdraw_update", self.withdraw_view),
            self.page("<uuid:key>/live/", "live", self.live_view),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.genre == models.Article.Genre.LIVE and not context.get("is_popup"):
            context["live"] = self._panel(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _panel(self, request: HttpRequest, story: models.Article) -> dict:
        attrs = {"id": "live-text", "rows": 3, "aria-label": _("Text of the update")}
        return {
            "story": story,
            "address": self.address("updates", quote(story.pk)),
            "end": self.address("live", quote(story.pk)),
            "may_write": self._blurbs.has_add_permission(request),
            "may_publish": self._blurbs.may(request, "publish"),
            "may_end": self.may(request, "change", story) and self.may(request, "publish", story),
            "text": ProseWidget(attrs).render("", ""),
            "reasons": [choice for choice in Publication.Reason.choices if choice[0] != Publication.Reason.EXPIRED],
        }

    @property
    def _blurbs(self) -> Any:
        return self.admin_site.get_model_admin(models.Blurb)

    # Reading

    def updates_view(self, request, key):
        """The updates as the desk has them, the newest first; or one that is sent, new or written anew."""
        if request.method not in {"GET", "POST"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        story = self._story(request, key)
        if request.method == "GET":
            return JsonResponse(self._updates(request, story))
        with press.printing():
            return self._write(request, story)

    def _story(self, request: HttpRequest, key: uuid.UUID) -> models.Article:
        story = self.get_object(request, str(key))
        if story is None:
            raise Http404
        if not self.has_view_or_change_permission(request, story):
            raise PermissionDenied
        return story

    def _updates(self, request: HttpRequest, story: models.Article) -> dict:
        asked = request.GET.get("most", "")
        most = min(int(asked), MOST) if asked.isascii() and asked.isdigit() and len(asked) < 5 else SHOWN
        rows = models.Blurb.objects.filter(article=story).select_related("head__author")
        updates = list(rows.order_by("-created_at", "-pk")[: most + 1])
        self._blurbs.look_up([story, *updates])
        return {
            "updates": [self._row(request, update) for update in updates[:most]],
            "has_more": len(updates) > most,
            "ended": in_brief(story.live_ended_at) if story.live_ended_at else "",
            "is_live": story.status.is_live,
        }

    def _row(self, request: HttpRequest, update: models.Blurb) -> dict:
        status, blurbs = update.status, self._blurbs
        # Whoever writes no updates has no editor here; what they may change has its own page.
        may_change = blurbs.has_add_permission(request) and blurbs.has_change_permission(request, update)
        may_publish = may_change and blurbs.may(request, "publish", update)
        is_gone = status.was_live and not status.next_at
        at = status.publication.published_at if status.publication else None
        return {
            "id": str(update.pk),
            "title": update.title,
            "html": clean_flow(update.text_html),
            "is_key": update.is_key,
            "is_pinned": update.is_pinned,
            "state": status.name,
            "words": str(status),
            "at": in_brief(at or update.modified_at),
            "by": author_of(update.head) if update.head and update.head.author else "",
            "base": str(update.head_id or ""),
            "page": blurbs.address("change", quote(update.pk)),
            "may_change": may_change and not is_gone,
            "may_publish": may_publish and not is_gone and (not status.is_live or status.has_changes),
            "may_mark": (may_publish if status.is_live or status.next_at else may_change) and not is_gone,
            "may_withdraw": status.is_live and blurbs.may(request, "withdraw", update),
        }

    # Writing

    def _write(self, request: HttpRequest, story: models.Article) -> Answer:
        story.refresh_from_db()  # as it stands now that nobody else can end it
        key = page_state(request).key
        if key is None:
            return refused(_("This page is out of date. Reload it."))
        blurb = models.Blurb.objects.filter(pk=key).select_related("head").first()
        if blurb is None and page_state(request).base:
            return refused(_("It has since been deleted."))
        if blurb is None:
            return self._write_new(request, story, models.Blurb(pk=key))
        if blurb.article_id != story.pk:
            raise Http404
        if not self._blurbs.has_change_permission(request, blurb):
            raise PermissionDenied
        is_to_come = request.POST.get("publish") == "1" and not self._blurbs.status_of(blurb).is_live
        if is_to_come and (refusal := self._why_closed(story)):
            return refusal
        base = page_state(request).base or self._blurbs._newest_of(request, blurb)
        return self._written(request, story, blurb, base, self._said(request))

    def _write_new(self, request: HttpRequest, story: models.Article, update: models.Blurb) -> Answer:
        if not self._blurbs.has_add_permission(request):
            raise PermissionDenied
        if refusal := self._why_closed(story):
            return refusal
        place = {"article": link("article", story.pk), "language": story.language}
        if story.section_id:
            place["section"] = link("section", story.section_id)
        return self._written(request, story, update, working_copy.NEWEST, {**self._said(request), **place})

    def _why_closed(self, story: models.Article) -> Answer | None:
        """Why no update can come before readers at present."""
        if story.genre != models.Article.Genre.LIVE:
            return refused(_("The story is no longer a live one: its genre was changed."))
        if story.live_ended_at:
            return refused(_("Live coverage has ended. Open it again, then press the button once more."))
        if not self._blurbs.status_of(story).is_live:
            return refused(_("Readers do not have the story yet. Publish it, then press the button once more."))
        return None

    def _said(self, request: HttpRequest) -> dict:
        values = {"title": request.POST.get("title", ""), "text_html": request.POST.get("text", "")}
        marks = {name: request.POST[name] == "1" for name in MARKS if name in request.POST}
        return {**values, **marks}

    def _written(
        self, request: HttpRequest, story: models.Article, update: models.Blurb, base: Any, said: dict
    ) -> Answer:
        if not plain(clean_flow(said["text_html"])):
            return refused(_("Write what happened."))
        is_new = update._state.adding
        written = working_copy.write(update, said, request.user, base)
        if written.problems:
            return refused(*(text for _name, texts in working_copy.in_words(written.problems) for text in texts))
        if is_new:
            self._blurbs.log_addition(request, written.item, [{"added": {}}])
        if written.is_late:
            return self._late(request, story, written)
        left_out = [notice for notice in written.notices if notice.kind != "key"]
        words = _("Not saved: %(what)s.") % {"what": in_short(left_out)} if left_out else ""
        return self._published(request, story, written.item, is_new=is_new, words=words)

    def _published(
        self, request: HttpRequest, story: models.Article, update: Any, *, is_new: bool, words: str
    ) -> Answer:
        """Bring it before readers, where that is what was asked: what was only a draft, or is scheduled, stays so."""
        blurbs = self._blurbs
        status = blurbs.status_of(update)
        is_asked = is_new or status.is_live or request.POST.get("publish") == "1"
        if not is_asked and not status.next_at:
            return self._done(request, story, _("Saved."), words)
        if not blurbs.may(request, "publish", update):
            text = _("Saved as a draft: you may not publish. Those who may will find it in this list.")
            return self._done(request, story, text, words)
        try:
            press.publish(update, at=None if is_asked else status.next_at, by=request.user)
        except checks.Refused as refusal:
            message = _("Kept as a draft, but not published. To do first:")
            page = blurbs.address("change", quote(update.pk))
            return refused(*(problem.text for problem in refusal.problems), said=message, page=page)
        message = _("Published.") if is_asked else _("Saved; it goes live as scheduled.")
        return self._done(request, story, message, words)

    def _late(self, request: HttpRequest, story: models.Article, written: working_copy.Written) -> Answer:
        """Somebody else has written on it since it was read here."""
        if written.kept_aside is None:
            return self._done(request, story, _("This was saved already."))
        message = _("Somebody has changed this update in the meantime. Yours is kept beside it; open it to choose.")
        page = self._blurbs.address("compare", quote(written.item.pk), written.kept_aside.pk)
        return JsonResponse({"errors": [], "said": message, "page": page, "is_kept": True}, status=409)

    def _done(self, request: HttpRequest, story: models.Article, *words: str, **more: Any) -> Answer:
        return JsonResponse({"said": " ".join(filter(None, words)), **more, **self._updates(request, story)})

    # What is done with one

    def mark_view(self, request, key, update):
        """A key event or none, pinned or not: for readers at once where it is live, and nothing else with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        name, is_on = request.POST.get("name", ""), request.POST.get("on") == "1"
        if name not in MARKS:
            raise Http404
        note = press.in_english(MARKS[name][0] if is_on else MARKS[name][1])
        try:
            with press.printing():
                story, blurb = self._story_and_update(request, key, update)
                is_shown = amending.amend(blurb, lambda data: {**data, name: is_on}, by=request.user, note=note)
                message = _("Readers see it now.") if is_shown else _("Readers do not see it yet.")
                return self._done(request, story, message)
        except ValidationError as error:
            return refused(*error.messages)

    def withdraw_view(self, request, key, update):
        """Take an update from the readers, and say why."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        reason = request.POST.get("reason") or Publication.Reason.WITHDRAWN
        if reason not in Publication.Reason.values or reason == Publication.Reason.EXPIRED:
            return refused(_("Not withdrawn: choose a reason."))
        with press.printing():
            story, blurb = self._story_and_update(request, key, update)
            press.withdraw(blurb, reason, by=request.user)
            return self._done(request, story, _("Withdrawn. Readers no longer see it."))

    def _story_and_update(
        self, request: HttpRequest, key: uuid.UUID, update: uuid.UUID
    ) -> tuple[models.Article, models.Blurb]:
        blurb = models.Blurb.objects.filter(pk=update, article=key).first()
        if blurb is None:
            raise Http404
        return self._story(request, key), blurb

    def live_view(self, request, key):
        """End the live coverage, or open it again: for readers at once, and nothing else with it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        is_on = request.POST.get("on") == "1"
        note = gettext_lazy("live coverage opened again") if is_on else gettext_lazy("live coverage ended")
        try:
            with press.printing():
                return self._ended(request, self._story(request, key), is_on=is_on, note=press.in_english(note))
        except ValidationError as error:
            return refused(*error.messages)

    def _ended(self, request: HttpRequest, story: models.Article, *, is_on: bool, note: str) -> Answer:
        base = str(story.head_id or "")
        ended_at = None if is_on else rfc3339(timezone.now())
        amending.amend(story, lambda data: {**data, "live_ended_at": ended_at}, by=request.user, note=note)
        message = _("Live coverage goes on.") if is_on else _("Live coverage has ended. Readers are told so.")
        # A page that was up to date goes on from the new version; one that was not stays out of date.
        base = str(story.head_id) if request.POST.get("base") == base else ""
        return self._done(request, story, message, base=base)


def refused(*texts: str, **more: Any) -> Answer:
    return JsonResponse({"errors": list(texts), **more}, status=400)
