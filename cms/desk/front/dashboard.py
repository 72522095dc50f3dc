"""The panels of what is published: what waits for somebody, what happens today, what readers have."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms import permissions
from cms.desk import menu
from cms.desk.front.calendar import Happening, happenings, of_kinds
from cms.desk.front.panels import SHOWN, Panel, Row, register
from cms.desk.lists.change_lists import WITHDRAWN_LATELY
from cms.desk.moments import day_bounds, in_brief
from cms.desk.status import statuses
from cms.desk.words import act_in_words, name_of
from cms.publishing import kinds
from cms.publishing.models import Act, Publication, Stage

NEWEST = 40  # of somebody's own items, among which the drafts are looked for
MOVES = [Act.Verb.SUBMITTED, Act.Verb.APPROVED, Act.Verb.SENT_BACK, Act.Verb.REOPENED]
HAPPENS = {"live": "scheduled", "update": "scheduled", "down": "withdrawn"}


def word_for(what: str) -> str:
    return {"live": _("Goes live"), "update": _("Update"), "down": _("Comes down")}[what]


class Desk:
    """The kinds that somebody may see, and what was looked up of them."""

    def __init__(self, request: HttpRequest):
        self.user = request.user
        self.models: dict[str, Any] = {}
        for serializer in kinds.in_menu_order(kinds.publishable()):
            model = serializer.Meta.model
            if admin.site.is_registered(model):
                model_admin = admin.site.get_model_admin(model)
                if model_admin.has_view_permission(request):
                    self.models[serializer.Meta.kind] = model_admin

    @property
    def listed(self) -> list[str]:
        """Those of which there are many: what there is one of is a page of its own in the menu."""
        return [kind for kind in self.models if not kinds.named(kind).is_single]

    def rows(self, kind: str) -> QuerySet:
        model_admin = self.models[kind]
        return model_admin.model._default_manager.select_related("assignee").defer(*model_admin.list_defer)

    def items(self, publications: list[Publication]) -> dict:
        """The working copies of these, with one statement a kind."""
        keys: dict[str, set] = {}
        for publication in publications:
            keys.setdefault(publication.kind, set()).add(publication.key)
        return {(kind, key): row for kind in keys for key, row in self.rows(kind).in_bulk(list(keys[kind])).items()}

    def look_up(self, items: list) -> None:
        """Find where items of all kinds stand, with one statement."""
        for item, status in zip(items, statuses(items), strict=True):
            item.status = status

    def may(self, verb: str) -> bool:
        return any(permissions.has(self.user, verb, model_admin.model) for model_admin in self.models.values())

    def page(self, kind: str, key: uuid.UUID) -> str:
        return menu.page_of(self.models[kind].model._meta.label_lower, "change", key)

    def tabs(self, tab: str) -> list[tuple[Any, str]]:
        """The whole list of each kind."""
        lists = []
        for model_admin in map(self.models.__getitem__, self.listed):
            address = menu.page_of(model_admin.model._meta.label_lower, "changelist")
            lists.append((menu.name_of(model_admin.model), f"{address}?tab={tab}"))
        return lists

    def row(self, item: Any, **values: Any) -> Row:
        return Row(str(item), self.page(item.kind, item.pk), kind=menu.one_of(type(item)), **values)


@dataclass
class Looked:
    """What the first page shows of all kinds, looked up together: one statement a kind, and one where they stand."""

    waiting: list[Any]
    mine: list[Any]
    today: list[Happening]
    live: list[Publication]
    gone: list[Publication]
    latest: list[Act]
    items: dict[tuple, Any] = field(default_factory=dict)  # the working copies of the publications, by key_of()

    def known(self, publications: list[Publication]) -> Iterator[tuple[Publication, Any]]:
        """Those of these that are still at the desk, each with its working copy."""
        return ((row, self.items[key_of(row)]) for row in publications if key_of(row) in self.items)


@register
def of_the_press(request):
    """What waits, what is mine, what happens, what readers have."""
    desk = Desk(request)
    if desk.models:
        looked = look(desk, timezone.now())
        for panel in (for_review, my_drafts, scheduled_today, live_now, latest_changes, recently_withdrawn):
            yield panel(desk, looked)


def look(desk: Desk, now: datetime) -> Looked:
    since, until = day_bounds(timezone.localdate())
    seen = of_kinds(desk.models).defer("card", "document")
    looked = Looked(
        waiting=[item for kind in desk.listed for item in desk.rows(kind).filter(stage=Stage.REVIEW)[:SHOWN]],
        mine=own(desk),
        today=happenings(desk.models, max(since, now), until, most=SHOWN),
        live=list(seen.visible(now).order_by("-published_at", "-pk")[:SHOWN]),
        gone=withdrawn_lately(desk, now),
        latest=list(Act.objects.filter(kind__in=list(desk.models)).order_by("-pk")[:SHOWN]),
    )
    desk.look_up([*looked.waiting, *looked.mine])
    looked.items = desk.items([*looked.live, *looked.gone, *(happening.publication for happening in looked.today)])
    return looked


def withdrawn_lately(desk: Desk, now: datetime) -> list[Publication]:
    gone = Publication.objects.filter(kind__in=list(desk.models)).defer("card", "document")
    gone = gone.filter(withdrawn_at__gt=now - WITHDRAWN_LATELY, withdrawn_at__lte=now)
    return list(gone.order_by("-withdrawn_at", "-pk")[:SHOWN])


def for_review(desk: Desk, looked: Looked) -> Panel:
    waiting = [item for item in looked.waiting if not item.status.is_live or item.status.has_changes]
    waiting.sort(key=lambda item: item.modified_at, reverse=True)
    rows = [
        desk.row(item, when=in_brief(item.modified_at), words=name_of(item.assignee) if item.assignee else "")
        for item in waiting
    ]
    may_approve, empty = desk.may("approve"), _("Nothing waits for review.")
    return Panel("review", _("For review"), 10, rows, desk.tabs("review"), is_theirs=may_approve, empty=empty)


def my_drafts(desk: Desk, looked: Looked) -> Panel:
    rows = drafts(desk, looked.mine)
    may_add = desk.may("add")
    empty = _("You have no drafts. Press n to begin a story.") if may_add else _("You have no drafts.")
    return Panel("mine", _("My drafts"), 40, rows, desk.tabs("mine"), is_theirs=may_add, empty=empty)


def scheduled_today(desk: Desk, looked: Looked) -> Panel:
    at_desk = [happening for happening in looked.today if key_of(happening.publication) in looked.items]
    rows = [happening_row(desk, happening, looked.items) for happening in at_desk]
    more = [(pgettext("the calendar", "Schedule"), reverse("desk-schedule"))]
    empty = _("Nothing more happens by itself today.")
    return Panel("today", _("Scheduled today"), 50, rows, more, empty=empty, has_hours=True)


def live_now(desk: Desk, looked: Looked) -> Panel:
    rows = [desk.row(item, when=in_brief(row.published_at), state="live") for row, item in looked.known(looked.live)]
    empty = _("Readers have nothing yet.")
    if desk.may("publish"):
        empty = _("Readers have nothing yet. Open a story and press Publish.")
    return Panel("live", _("Live now"), 60, rows, desk.tabs("live"), empty=empty, has_hours=True)


def recently_withdrawn(desk: Desk, looked: Looked) -> Panel:
    rows = [
        desk.row(
            item,
            when=in_brief(row.withdrawn_at),
            state="withdrawn",
            words=row.get_withdrawn_reason_display(),
        )
        for row, item in looked.known(looked.gone)
    ]
    return Panel("withdrawn", _("Recently withdrawn"), 80, rows, desk.tabs("withdrawn"))


def latest_changes(desk: Desk, looked: Looked) -> Panel:
    """What was done last, by whom: the beginning of the log, for all who are at the desk."""
    log = menu.page_of("publishing.act", "changelist")
    more = [(_("Activity log"), log)] if desk.user.has_perm("publishing.view_act") else []
    rows = [
        Row(
            act.title or _("Untitled"),
            "" if act.verb == Act.Verb.DELETED else desk.page(act.kind, act.key),
            when=in_brief(act.at),
            words=act_in_words(act),
            state="done",
            kind=act.by_name or _("Galley"),
        )
        for act in looked.latest
    ]
    return Panel("latest", _("Latest changes"), 70, rows, more, has_hours=True)


def key_of(publication: Publication) -> tuple:
    return publication.kind, publication.key


def happening_row(desk: Desk, happening: Happening, items: dict) -> Row:
    item = items[key_of(happening.publication)]
    when = in_brief(happening.at)
    return desk.row(item, when=when, state=HAPPENS[happening.what], words=word_for(happening.what))


def own(desk: Desk) -> list:
    """What somebody has made, or is to write, saved last; by the indexes made for it."""
    items: dict = {}
    for kind in desk.listed:
        for condition in ({"made_by": desk.user}, {"assignee": desk.user}):
            for item in desk.rows(kind).filter(**condition).order_by("-modified_at")[:NEWEST]:
                items[item.kind, item.pk] = item
    return list(items.values())


def drafts(desk: Desk, mine: list) -> list[Row]:
    """Those that readers do not have as they stand: what was sent back first, then the newest edits."""
    mine = [item for item in mine if item.status.has_changes or item.status.name in ("draft", "scheduled")]
    writing = [item for item in mine if item.stage == Stage.WRITING]
    acts = Act.objects.filter(kind__in={item.kind for item in writing}, key__in=[item.pk for item in writing])
    last = {(act.kind, act.key): act for act in acts.filter(verb__in=MOVES).order_by("pk")}
    back = {key: act for key, act in last.items() if act.verb == Act.Verb.SENT_BACK}
    newest = sorted(mine, key=lambda item: item.modified_at, reverse=True)
    rows = []
    for item in sorted(newest, key=lambda item: (item.kind, item.pk) not in back):
        act = back.get((item.kind, item.pk))
        note = _("Sent back by %(who)s: %(note)s") % {"who": act.by_name, "note": act.note} if act else ""
        words = str(item.status)
        if item.stage != Stage.WRITING:
            words = f"{words} · {item.get_stage_display()}"
        when = in_brief(item.modified_at)
        rows.append(desk.row(item, when=when, state=item.status.name, words=words, note=note))
    return rows
