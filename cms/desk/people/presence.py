"""Who has an item open: pages tell every few seconds that they are there, and learn who else is.

A row is written when something changes, and else once in a while, so that twenty editors do not keep a database busy.
"""

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.desk.ids import as_uuid
from cms.desk.models import Presence
from cms.desk.moments import time_in_words
from cms.desk.words import name_of, newer_in_words
from cms.publishing import press
from cms.publishing.models import Version

SHOWN, HIDDEN = timedelta(seconds=20), timedelta(seconds=150)  # how long a page may be silent
WRITING = timedelta(seconds=20)  # after its last change a text is still being written
SPELL = timedelta(seconds=10)  # within which one change more is no news
REMEMBERED = timedelta(days=1)  # so long a page that slept can learn that it was taken over


class PresenceMixin:
    """Who else has an item open, who has taken it over, and whether somebody has saved it since it was opened."""

    def get_urls(self):
        return [self.page("<path:object_id>/presence/", "presence", self.presence_view), *super().get_urls()]

    def presence_view(self, request, object_id):
        """Take note of a page: that it is there, is written on, has gone. Answers who else is, and what is newer."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        key, page = as_uuid(object_id), as_uuid(request.POST.get("page", ""))
        if key is None:
            raise Http404
        if page is None:
            return HttpResponseBadRequest()
        if "gone" in request.POST:
            Presence.objects.filter(page=page, user=request.user).delete()
            return JsonResponse({})
        now = timezone.now()
        rows = list(Presence.objects.filter(kind=self.model.kind, key=key).select_related("user"))
        mine = next((row for row in rows if row.page == page and row.user_id == request.user.pk), None)
        if "take" in request.POST:
            self._take_over(request, key, page, now)
        if mine is None:
            mine = self._open(request, key, page, now)
        else:
            self._note(request, mine, now)
        others = [row for row in rows if row.page != page and row.expires_at > now]
        told = {"others": self._told(request, others, now), "taken": self._taken(mine)}
        return JsonResponse({**told, "newer": self._newer(request, key)} if "base" in request.POST else told)

    def _newer(self, request: HttpRequest, key: uuid.UUID) -> dict | None:
        """The newest version, where it is not the one that the page started from."""
        head = self.model.objects.filter(pk=key).values_list("head", flat=True).first()
        if head is None or str(head) == request.POST["base"]:
            return None
        version = Version.objects.select_related("author").defer("data").get(pk=head)
        return {"head": head, "said": newer_in_words(version, request.user)}

    def _open(self, request: HttpRequest, key: uuid.UUID, page: uuid.UUID, now: datetime) -> Presence:
        if not self.model.objects.filter(pk=key).exists():
            raise Http404
        silent = Presence.objects.filter(expires_at__lt=now - timedelta(minutes=1))
        silent.filter(Q(taken_at=None) | Q(expires_at__lt=now - REMEMBERED)).delete()
        mine = Presence(page=page, kind=self.model.kind, key=key, user=request.user, opened_at=now)
        mine.expires_at = now + (HIDDEN if "hidden" in request.POST else SHOWN)
        mine.writing_at = now if "writing" in request.POST else None
        Presence.objects.bulk_create([mine], ignore_conflicts=True)
        return mine

    def _note(self, request: HttpRequest, mine: Presence, now: datetime) -> None:
        life = HIDDEN if "hidden" in request.POST else SHOWN
        changed: dict = {}
        if not now + life / 2 <= mine.expires_at <= now + life:
            changed["expires_at"] = now + life
        if "writing" in request.POST and (mine.writing_at is None or mine.writing_at < now - SPELL):
            changed["writing_at"] = now
        if mine.taken_at and {"take", "stay"} & request.POST.keys():
            changed.update(taken_at=None, taken_by_name="")
        if changed:
            Presence.objects.filter(page=mine.page).update(**changed)
            for name, value in changed.items():
                setattr(mine, name, value)

    def _take_over(self, request: HttpRequest, key: uuid.UUID, page: uuid.UUID, now: datetime) -> None:
        item = self.get_object(request, str(key))
        if item is None or not self.has_change_permission(request, item):
            raise PermissionDenied
        others = Presence.objects.filter(kind=self.model.kind, key=key).exclude(page=page)
        others.update(taken_at=now, taken_by_name=press.name_of(request.user)[:200])

    def _taken(self, mine: Presence) -> dict | None:
        if mine.taken_at is None:
            return None
        return {"by": mine.taken_by_name, "at": time_of(mine.taken_at)}

    def _told(self, request: HttpRequest, others: list[Presence], now: datetime) -> list[dict]:
        return [
            {
                "name": name_of(row.user),
                "isMe": row.user_id == request.user.pk,
                "since": time_of(row.opened_at),
                "isWriting": bool(row.writing_at and row.writing_at > now - WRITING and not row.taken_at),
                "waits": row.taken_at is not None,
            }
            for row in sorted(others, key=lambda row: row.opened_at)
        ]

    def look_who_is_there(self, request: HttpRequest, items: list[models.Model]) -> None:
        """Find who has these open, with one query for all."""
        pages = Presence.objects.filter(kind=self.model.kind, key__in=[item.pk for item in items])
        names: dict[uuid.UUID, dict[str, None]] = {}
        for row in pages.filter(expires_at__gt=timezone.now()).select_related("user").order_by("opened_at"):
            if row.user_id != request.user.pk:
                names.setdefault(row.key, {})[name_of(row.user)] = None
        for item in items:
            item.open_at = _("Open: %(who)s") % {"who": ", ".join(names[item.pk])} if item.pk in names else ""


def time_of(moment: datetime) -> str:
    return time_in_words(moment)
