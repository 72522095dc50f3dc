"""The working copies of kinds that are published: written as at the desk, and brought before readers by the press."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cms import notices
from cms.api.errors import Refusal
from cms.api.manage.bodies import Body, bad
from cms.api.manage.lines import (
    DRAFT,
    LIVE,
    SCHEDULED,
    STATUSES,
    TOLD,
    WITH_CHANGES,
    published_lines,
    tag_of_version,
    with_status,
)
from cms.api.manage.views import NO_SCOPE, NUMBER, STALE, Act, KindView
from cms.api.models import Key, Scope
from cms.files import Stored
from cms.publishing import press, working_copy
from cms.publishing.kinds import PublishableKind
from cms.publishing.models import Publication, Version
from cms.text import moments
from cms.transfer.resolver import StoredNames
from cms.transfer.states import PartReader

KEPT_ASIDE = f"{STALE} What you wrote is kept aside, and the desk shows both."


class PublishedView(KindView):
    """The working copies of a kind that is published."""

    scopes = {
        **KindView.scopes,
        "publish": Scope.PUBLISH,
        "schedule": Scope.PUBLISH,
        "withdraw": Scope.PUBLISH,
        "restore": Scope.WRITE,
    }
    orderings = ("-modified_at", "modified_at")
    statuses = STATUSES
    takes_files = True
    serializer_class: ClassVar[type[PublishableKind]]

    def rows(self) -> models.QuerySet:
        return self.model._default_manager.select_related("head")

    def lines(self, rows: Sequence[Any]) -> Sequence[dict]:
        return published_lines(self.serializer_class, rows, timezone.now())

    def tag(self, row: Any) -> str:
        return tag_of_version(row.head_id)

    def in_states(self, rows: Any, statuses: Sequence[str], now: datetime) -> Any:
        return with_status(rows, self.kind, statuses, now)

    # What is written

    def prepare_new(self, given: dict) -> Act:
        key = self.new_key(given)
        with notices.collecting() as said:
            own = self.content_of(given, {"kind": self.kind, "id": given.get("id"), "status": DRAFT})
            data = self._part(key, own, {})

        def act() -> Response:
            with press.printing():
                self.refuse_taken(key)
                written = self._written(self.model(pk=key), data, working_copy.NEWEST)
            return self.told(written.item, 201, [*said, *written.notices], given)

        return act

    def prepare_change(self, row: Any, given: dict, *, is_whole: bool) -> Act:
        base = self._version(row)
        head = row.head.data if row.head else self.serializer_class.snapshot(row)
        told = {name: given[name] for name in TOLD & given.keys()}
        line = self._told_line(row) if told and base == row.head_id else told
        with notices.collecting() as said:
            data = self._part(row.pk, self.content_of(given, line), head)
        if is_whole:
            kept = {name: head.get(name) for name in self.serializer_class.only_added}
            data = {**self.serializer_class.blank(), **kept, **data}

        def act() -> Response:
            written = self._written(row, data, base)
            if written.kept_aside:
                return self.refuse_stale(row, KEPT_ASIDE, kept_aside=written.kept_aside.pk)
            return self.told(row, 200, [*said, *written.notices], given)

        return act

    def _told_line(self, row: Any) -> dict:
        (line,) = self.lines([row])
        status = "published" if line["state"] in {LIVE, WITH_CHANGES, SCHEDULED} else DRAFT
        return {**line, "status": status}

    def _version(self, row: Any) -> int:
        """The version that a change began from; one that there never was has been overtaken by all that there are."""
        tag = self.base(row)
        return int(tag) if NUMBER.fullmatch(tag) else 0

    def _part(self, key: uuid.UUID, own: dict, former: dict) -> dict:
        """The part of a snapshot that a body makes."""
        files = Incoming(self.body, former, self.key)
        own = self.serializer_class.take_files(own, files.take)
        part = PartReader(self.serializer_class, StoredNames()).checked_part(key, own, former)
        for name in self.serializer_class.only_added:
            if name in part and any(row not in part[name] for row in former.get(name) or []):
                text = "What was said in public stays; only add to it."
                raise serializers.ValidationError({name: [text]})
        return part

    def _written(self, row: Any, data: dict, base: Any) -> working_copy.Written:
        made = {name: value for name, value in data.items() if not working_copy.links_in(value)}
        written = working_copy.write(row, data, by=self.account, base=base, made=made)
        if written.problems:
            raise serializers.ValidationError(written.problems)
        return written

    def prepare_end(self, row: Any) -> Act:
        base = self._version(row)

        def act() -> Response:
            with press.printing():
                press.as_it_stands(row)
                if row.head_id != base:
                    return self.refuse_stale(row)
                publication = Publication.objects.filter(kind=self.kind, key=row.pk).first()
                if publication and publication.version_id:
                    raise Refusal(409, "Readers have had it, so that it stays; withdraw it.")
                if publication and publication.next_at and not self.key.may(Scope.PUBLISH):
                    raise Refusal(403, NO_SCOPE.format(Scope.PUBLISH))
                row.delete(by=self.account)
            return Response(status=204)

        return act

    # Before readers

    def publish(self, request: Request, name: str) -> Response:
        self.demand("publish", self.model)
        return self.carry_out(lambda: self._verb(self._publish, "published_at", "live_until"))

    def schedule(self, request: Request, name: str) -> Response:
        self.demand("publish", self.model)
        return self.carry_out(lambda: self._verb(self._schedule, "at", "published_at", "live_until"))

    def withdraw(self, request: Request, name: str) -> Response:
        self.demand("withdraw", self.model)
        return self.carry_out(lambda: self._verb(self._withdraw, "reason"))

    def restore(self, request: Request, name: str) -> Response:
        self.demand("change", self.model)
        return self.carry_out(lambda: self._verb(self._restore, "version"))

    def _verb(self, do: Callable[[Any, dict], None], *names: str) -> Act:
        """An act of the press with an item, if it is still the version that was meant where one is named."""
        given, row = self.body.line, self.find()
        for name in given:
            if name not in names:
                raise bad(f"{name[:64]}: there is no such key; write {', '.join(names)}", f"/{name[:64]}")
        base = self._version(row) if "If-Match" in self.request.headers else None

        def act() -> Response:
            with press.printing():
                press.as_it_stands(row)
                if base is not None and row.head_id != base:
                    return self.refuse_stale(row)
                do(row, given)
            row.refresh_from_db()
            return self.told(row, sent=())

        return act

    def _publish(self, row: Any, given: dict) -> None:
        press.publish(row, by=self.account, **self._moments(given))

    def _schedule(self, row: Any, given: dict) -> None:
        if "at" not in given:
            raise bad("at: say when", "/at")
        at = moment_of("at", given["at"])
        if at is None:
            press.cancel_schedule(row, by=self.account)
        elif at <= timezone.now():
            raise bad("at: that moment has passed; choose a later one, or publish it", "/at")
        else:
            press.publish(row, at=at, by=self.account, **self._moments(given))

    def _moments(self, given: dict) -> dict[str, Any]:
        read = {name: moment_of(name, given[name]) for name in ("published_at", "live_until") if name in given}
        return {name: value for name, value in read.items() if value is not None or name == "live_until"}

    def _withdraw(self, row: Any, given: dict) -> None:
        reasons = [reason for reason in press.Reason.values if reason != press.Reason.EXPIRED]
        reason = given.get("reason", press.Reason.WITHDRAWN)
        if reason not in reasons:
            raise bad(f"reason: write one of {', '.join(reasons)}", "/reason")
        publication = Publication.objects.filter(kind=self.kind, key=row.pk).first()
        if publication is None or not (publication.is_live or publication.next_at or publication.withdrawn_at):
            raise Refusal(409, "Readers do not have it, and are not to get it.")
        press.withdraw(row, reason, by=self.account)

    def _restore(self, row: Any, given: dict) -> None:
        number = given.get("version")
        is_number = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 10**18
        versions = Version.objects.filter(kind=self.kind, key=row.pk)
        former = versions.filter(pk=number or 0).first() if is_number else None
        if former is None:
            raise bad("version: there is no such version of it", "/version")
        serializer = self.serializer_class
        data = working_copy.without_deleted({**serializer.blank(), **former.data})
        newest = row.head.data if row.head else {}
        for name in serializer.only_added:
            there = newest.get(name) or []
            data[name] = [*there, *(added for added in data[name] if added not in there)]
        written = working_copy.write(row, data, by=self.account, restored=former)
        if written.problems:
            raise serializers.ValidationError(written.problems)


def moment_of(name: str, value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        return moments.read(value)
    except (ValueError, OverflowError, AttributeError):
        raise bad(f"{name}: write a time such as 2026-02-20T11:30:00Z, or null", f"/{name}") from None


class Incoming:
    """The files that come with an item: each goes through its gate.

    One stays where the item is refused then: the same file may have come from somebody else meanwhile, whose it is as
    well, since its content names it. What nobody has is swept up in the end.
    """

    def __init__(self, body: Body, former: dict, key: Key):
        self.body, self.former, self.key = body, former, key

    def take(self, name: str, path: Any, admit: Callable[..., tuple[Stored, bool]]) -> Stored:
        if not isinstance(path, str):
            raise bad(f"{name}: write the name of a file that comes with it", f"/{name}")
        if (kept := self._kept(path)) is not None:
            return kept
        if not self.key.may(Scope.MEDIA):
            raise Refusal(403, NO_SCOPE.format(Scope.MEDIA))
        stored, _is_new = admit(self.body.file_named(name, path), is_dry_run=False)
        return stored

    def _kept(self, path: Any) -> Stored | None:
        """The file that the item has, where it is named as the item's line names it."""
        if path in {file.name for file in self.body.files.values()} | self.body.files.keys():
            return None
        waiting: list[Any] = [self.former]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict) and "stored" in value:
                folder, name = value["stored"].rsplit("/", 3)[-3], value["stored"].rsplit("/", 1)[-1]
                if path == f"{folder}/{name}":
                    return Stored(value)
            elif isinstance(value, dict | list):
                waiting += value.values() if isinstance(value, dict) else value
        return None
