"""Things of kinds that many items share. They have no drafts: a change shows at once wherever they are mentioned."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from cms import notices
from cms.api.errors import Refusal
from cms.api.manage import bodies
from cms.api.manage.bodies import bad
from cms.api.manage.lines import DRAFT, LIVE, TOLD, shared_lines, tag_of_row
from cms.api.manage.views import Act, KindView
from cms.api.models import Scope
from cms.publishing import press
from cms.publishing.kinds import SharedKind
from cms.transfer.columns import LineFiller
from cms.transfer.resolver import StoredNames

logger = logging.getLogger(__name__)


class SharedView(KindView):
    """Things of a kind that many items share. They have no drafts: a change shows at once wherever they are."""

    orderings = ("id", "-id")
    statuses = (DRAFT, LIVE)
    serializer_class: ClassVar[type[SharedKind]]

    def lines(self, rows: Sequence[Any]) -> Sequence[dict]:
        return shared_lines(self.serializer_class, rows, timezone.now())

    def tag(self, row: Any) -> str:
        return tag_of_row(self.serializer_class, row)

    def in_states(self, rows: Any, statuses: Sequence[str], now: datetime) -> Any:
        public = self.model.objects.public(now).values("pk")
        wanted = Q()
        for status in statuses:
            wanted |= Q(pk__in=public) if status == LIVE else ~Q(pk__in=public)
        return rows.filter(wanted)

    # What is written

    def prepare_new(self, given: dict) -> Act:
        key = self.new_key(given)
        own = self.content_of(given, {"kind": self.kind, "id": given.get("id")})
        row = self.model(id=key)
        with notices.collecting() as said:
            self._fill(row, own)

        def act() -> Response:
            with press.printing():
                self.refuse_taken(key)
                self._save(row)
                self._note(row, ADDITION, own)
            return self.told(self._again(row), 201, said, given)

        return act

    def prepare_change(self, row: Any, given: dict, *, is_whole: bool) -> Act:
        base, tag = f'"{self.base(row)}"', self.tag(row)
        told = {name: given[name] for name in (TOLD | {"file"}) & given.keys()}
        line = self.lines([row])[0] if told and base == tag else told
        own = self.content_of(given, line)
        with notices.collecting() as said:
            if base == tag:
                self._fill(row, {**self._emptied(own), **own} if is_whole else own)

        def act() -> Response:
            with press.printing():
                stored = self.rows().filter(pk=row.pk).first()
                if stored is None:
                    raise Http404
                if not base == tag == self.tag(stored):
                    return self.refuse_stale(stored)
                self._save(row)
                self._note(row, CHANGE, own)
            return self.told(self._again(row), 200, said, given)

        return act

    def _emptied(self, own: dict) -> dict:
        """The keys that a whole line left out, each with nothing."""
        serializer = self.serializer_class
        left_out = [name for name in serializer.Meta.writable_fields if name not in own and name != "file"]
        composed = serializer.composed_fields
        return {
            name: {part: self._default(column) for part, column in composed[name].items()} if name in composed else None
            for name in left_out
        }

    def _default(self, column: str) -> Any:
        return self.model._meta.get_field(column).get_default()

    def _again(self, row: Any) -> Any:
        return self.rows().get(pk=row.pk)

    def _fill(self, row: Any, own: dict) -> None:
        """Put on a row what was sent. A file is looked into here, before anybody has to wait for it."""
        row.said = frozenset(own)
        LineFiller(self.serializer_class, StoredNames()).fill(row, own)

    def _save(self, row: Any) -> None:
        row.full_clean()
        row.save()

    def _note(self, row: Any, flag: int, own: dict) -> None:
        """A line of its history at the desk."""
        names = ", ".join(own)
        LogEntry.objects.create(
            user=self.account,
            content_type=ContentType.objects.get_for_model(self.model),
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=flag,
            change_message=f"By the key “{self.key.name}”{': ' if names else ''}{names}"[:1000],
        )
        logger.info("%s %s was written by the key %s of %s", self.kind, row.pk, self.key.pk, self.account)

    def prepare_end(self, row: Any) -> Act:
        base = f'"{self.base(row)}"'

        def act() -> Response:
            with press.printing():
                stored = self.rows().filter(pk=row.pk).first()
                if stored is None:
                    raise Http404
                if base != self.tag(stored):
                    return self.refuse_stale(stored)
                self._note(stored, DELETION, {})
                stored.delete()
            return Response(status=204)

        return act


class SharedFileView(SharedView):
    """The same of a kind whose things are files first: pictures."""

    scopes = {
        **KindView.scopes,
        **dict.fromkeys(["create", "partial_update", "update", "destroy"], Scope.MEDIA),
    }
    takes_files = True

    def prepare_new(self, given: dict) -> Act:
        if "file" not in self.body.files:
            raise bad(f"file: send it as a part of {bodies.FORM}", "/file")
        return super().prepare_new(given)

    def content_of(self, given: dict, line: Mapping[str, Any]) -> dict:
        own = super().content_of(given, line)
        if "file" in own and "file" not in self.body.files:
            if own["file"] != line.get("file"):
                raise bad(f"file: send it as a part of {bodies.FORM}", "/file")
            del own["file"]
        return own

    def _fill(self, row: Any, own: dict) -> None:
        file = self.body.files.get("file")
        try:
            if file:
                self._refuse_twin(row, file)
                row.file = File(file.file, name=file.name)
            super()._fill(row, own)
            if file:
                row.full_clean()
        except ValidationError as error:
            raise self._refused(error) from error

    def _refuse_twin(self, row: Any, file: Any) -> None:
        holder = self.serializer_class.holder_of(file)
        if holder and holder.pk != row.pk:
            text = f"This very file is a {self.kind} already; use that."
            raise Refusal(409, text, kind="taken", existing=self.named(holder.pk))

    def _save(self, row: Any) -> None:
        try:
            super()._save(row)
        except ValidationError as error:
            raise self._refused(error) from error

    def _refused(self, error: ValidationError) -> Exception:
        status = self.serializer_class.refusal_status(error)
        if status == 400:
            return error
        text = " ".join(error.messages)
        return Refusal(status, text, [{"pointer": "/file", "code": "refused", "message": text, "allowed": None}])
