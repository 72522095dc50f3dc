"""What programs with a key may do with the items of one kind: list, read, write, and bring before readers."""

import base64
import hashlib
import logging
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, cast

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import ProtectedError, Q
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from cms import permissions
from cms.api.authentication import WritersCredentials
from cms.api.errors import Refusal
from cms.api.manage import bodies, describing, repeating
from cms.api.manage.bodies import Body, bad
from cms.api.manage.lines import (
    TOLD,
)
from cms.api.models import Key, Scope
from cms.api.parameters import Query, one_of, whole_number
from cms.api.parameters import bad as bad_parameter
from cms.api.renderers import ProblemRenderer
from cms.database.fields import fold
from cms.text import moments
from cms.transfer.report import reason_of
from cms.transfer.resolver import find_stored, key_from_id

logger = logging.getLogger(__name__)

ANY = ""  # instead of a scope: any key will do
NO_KEY = "Show a key: Authorization: Bearer <key>."
NO_SCOPE = 'This key lacks the scope "{}".'
NO_VERSION = "Name the version that you began from, as its ETag does: If-Match."
STALE = "It has been changed since the version that you began from. The problem names the newest one."
ONE_TAG = re.compile(r'(?:W/)?"([^"]*)"')
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
LIST_PARAMETERS = {"status": True, "search": False, "ordering": False, "page_size": False, "cursor": False}
MOST_SEARCHED = 200  # characters
STATE_KEYS_HINT = "publish/, schedule/ and withdraw/ see to that"
Act = Callable[[], Response]


class ManageView(ViewSet):
    """Answers to a key alone: first whether it is one, then what it may, and only then whether there is anything."""

    authentication_classes = [WritersCredentials]
    schema = None  # cms/api/manage/describing.py describes all of these
    scopes: ClassVar[Mapping[str, str]] = {}  # by action; what stands here nowhere is for nobody
    parameters: ClassVar[Mapping[str, Mapping[str, bool]]] = {}  # by action; whether each takes several values
    takes_files = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not isinstance(request.auth, Key):
            raise NotAuthenticated(NO_KEY)
        if self.action is None:
            return  # a method that there is not
        scope = self.scopes.get(self.action)
        if scope is None or (scope != ANY and not request.auth.may(scope)):
            raise Refusal(403, NO_SCOPE.format(scope))
        self.query = Query.read(request.query_params.lists(), self.parameters.get(self.action, {}))

    @classmethod
    def described(cls, path: str, actions: Mapping[str, str]) -> tuple[dict, dict]:
        """What OpenAPI says of an address of it, and the shapes that this names."""
        serializer = getattr(cls, "serializer_class", None)
        return describing.path_item(cls, path, actions), describing.components(serializer) if serializer else {}

    @property
    def key(self) -> Key:
        return cast(Key, self.request.auth)

    @property
    def account(self) -> Any:
        return self.request.user

    @cached_property
    def body(self) -> Body:
        return bodies.read(self.request, takes_files=self.takes_files)

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed_methods)}

    def demand(self, verb: str, model: Any) -> None:
        """Refuse what the account may not do with any item of a kind, whether there is one or not."""
        if not permissions.has(self.account, verb, model):
            raise PermissionDenied

    # Once

    def carry_out(self, prepare: Callable[[], Act]) -> Response:
        """Do what a request asks for; once, where it has a word of its own.

        What takes long is prepared before anybody has to wait for it, and what is decided is decided in the act.
        """
        word = repeating.word_of(self.request)
        if word is None:
            with refusing():
                return prepare()()
        asked = repeating.fingerprint(self.request, self.body)
        if answered := repeating.recall(self.key, word, asked):
            return self._replayed(answered)
        try:
            with refusing():
                act = prepare()
        except Exception:
            if answered := repeating.recall(self.key, word, asked):  # its twin was quicker
                return self._replayed(answered)
            raise
        return self._replayed(repeating.once(self.key, word, asked, lambda: self._answered(act)))

    def _answered(self, act: Act) -> Response:
        """What comes of an act; a problem as well, of which nothing is left but the answer."""
        try:
            with refusing(), transaction.atomic():
                return act()
        except Exception as error:
            return self.handle_exception(error)

    def _replayed(self, response: Response) -> Response:
        if response.status_code >= 400:
            self.request.accepted_renderer = ProblemRenderer()
            self.request.accepted_media_type = ProblemRenderer.media_type
            response.headers["Cache-Control"] = "no-store"
        return response


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever is wrong with what was sent is said as a problem; what is wrong with us is not hidden."""
    try:
        with bodies.refusing_bad_lines():
            yield
    except ProtectedError:  # which says itself what is in the way, though it is an IntegrityError
        raise
    except IntegrityError as error:
        raise Refusal(409, f"It cannot be so: {reason_of(error)}.") from error
    except (DataError, OverflowError, RecursionError) as error:
        raise bad(f"It cannot be taken: {reason_of(error)}.") from error


class Place:
    """Where one page of a list ends, and the next begins."""

    def __init__(self, fields: list[str], *, is_descending: bool, asked: str):
        self.fields, self.is_descending, self.asked = fields, is_descending, asked

    def ordered(self, rows: Any) -> Any:
        return rows.order_by(*(f"-{name}" if self.is_descending else name for name in self.fields))

    def cursor(self, row: Any) -> str:
        parts = [self.asked, *(self._written(getattr(row, name)) for name in self.fields)]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()

    @staticmethod
    def _written(value: Any) -> str:
        return value.isoformat() if isinstance(value, datetime) else str(value)

    def behind(self, rows: Any, cursor: str) -> Any:
        try:
            asked, *values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if asked != self.asked or len(values) != len(self.fields):
                raise ValueError
            key = uuid.UUID(values[-1])
            first = moments.read(values[0]) if len(values) > 1 else None
        except (ValueError, TypeError, AttributeError):
            raise bad_parameter("cursor", "This cursor belongs to another list, or is damaged; begin anew.") from None
        beyond = "lt" if self.is_descending else "gt"
        if first is None:
            return rows.filter(**{f"id__{beyond}": key})
        name = self.fields[0]
        return rows.filter(Q(**{f"{name}__{beyond}": first}) | Q(**{name: first, f"id__{beyond}": key}))


class KindView(ManageView):
    """The items of one kind."""

    serializer_class: ClassVar[Any]
    scopes = {
        "list": Scope.DRAFTS,
        "retrieve": Scope.DRAFTS,
        "create": Scope.WRITE,
        "partial_update": Scope.WRITE,
        "update": Scope.WRITE,
        "destroy": Scope.WRITE,
    }
    parameters = {"list": LIST_PARAMETERS}
    orderings: ClassVar[tuple[str, ...]]
    statuses: ClassVar[tuple[str, ...]]

    @property
    def kind(self) -> str:
        return self.serializer_class.Meta.kind

    @property
    def model(self) -> Any:
        return self.serializer_class.Meta.model

    def lines(self, rows: Sequence[Any]) -> Sequence[dict]:
        raise NotImplementedError

    def tag(self, row: Any) -> str:
        raise NotImplementedError

    def rows(self) -> models.QuerySet:
        return self.model._default_manager.all()

    def find(self, rows: Any = None) -> Any:
        """The item at the address, which has its id or its slug."""
        name = self.kwargs["name"]
        key = find_stored(self.kind, name) if len(name) <= MOST_SEARCHED else None
        row = (self.rows() if rows is None else rows).filter(pk=key).first() if key else None
        if row is None:
            raise Http404
        return row

    # What is there

    def may_look(self) -> None:
        if not permissions.has(self.account, "view", self.model):
            self.demand("change", self.model)

    def list(self, request: Request) -> Response:
        self.may_look()
        query, now = self.query, timezone.now()
        size = whole_number("page_size", query["page_size"], 1, 100) if "page_size" in query else 20
        ordering = one_of("ordering", query["ordering"], self.orderings) if "ordering" in query else self.orderings[0]
        rows = self.rows()
        if "status" in query:
            wanted = [one_of("status", status, self.statuses) for status in query.members("status")]
            rows = self.in_states(rows, wanted, now)
        if "search" in query:
            rows = self.searched(rows, query["search"])
        fields = [*([ordering.lstrip("-")] if ordering.lstrip("-") != "id" else []), "id"]
        place = Place(fields, is_descending=ordering.startswith("-"), asked=self._asked(ordering))
        if "cursor" in query:
            rows = place.behind(rows, query["cursor"])
        found = list(place.ordered(rows)[: size + 1])
        shown = found[:size]
        later = place.cursor(shown[-1]) if len(found) > size else None
        return Response({"next": later and self._link(later), "results": self.lines(shown)})

    def _asked(self, ordering: str) -> str:
        """What a cursor belongs to."""
        filters = {name: sorted(self.query.members(name)) for name in ("status", "search") if name in self.query}
        parts = [self.kind, ordering, filters]
        return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:8]

    def _link(self, cursor: str) -> str:
        kept = [(name, value) for name, value in self.query.pairs if name != "cursor"]
        path = self.request._request.path.rstrip("/")
        return f"{settings.PUBLIC_URL}{path}/?{urlencode([*kept, ('cursor', cursor)])}"

    def in_states(self, rows: Any, statuses: Sequence[str], now: datetime) -> Any:
        raise NotImplementedError

    def searched(self, rows: Any, text: str) -> Any:
        words = fold(text).split()
        if len(text) > MOST_SEARCHED or not words:
            raise bad_parameter(
                "search", f"Write at least one letter or digit, and at most {MOST_SEARCHED} characters."
            )
        names = [field.name for field in self.model._meta.concrete_fields]
        column = next((name for name in ("search_text", "sort_name") if name in names), None)
        if column is None:
            raise bad_parameter("search", f"A {self.kind} has no words to be found by; leave it out.")
        for word in words:
            rows = rows.filter(**{f"{column}__contains": word})
        return rows

    def retrieve(self, request: Request, name: str) -> Response:
        self.may_look()
        row = self.find()
        return self.told(row)

    def told(self, row: Any, status: int = 200, said: Any = (), sent: Any = None) -> Response:
        """An item as it stands now. A key that may not see drafts is told of what it has sent itself, and no more."""
        (line,) = self.lines([row])
        if said:
            line["notices"] = [str(notice.text) for notice in dict.fromkeys(said)]
        if sent is not None and not self.key.may(Scope.DRAFTS):
            line = {name: value for name, value in line.items() if name in TOLD or name in sent}
        headers = {"ETag": self.tag(row)}
        if status == 201:
            path = self.request._request.path.rstrip("/")
            headers["Location"] = f"{settings.PUBLIC_URL}{path}/{row.pk}/"
        return Response(line, status=status, headers=headers)

    # What is written

    def create(self, request: Request) -> Response:
        self.demand("add", self.model)
        return self.carry_out(lambda: self.prepare_new(self.body.written_line))

    def partial_update(self, request: Request, name: str) -> Response:
        self.demand("change", self.model)
        return self.carry_out(lambda: self.prepare_change(self.find(), self.body.written_line, is_whole=False))

    def update(self, request: Request, name: str) -> Response:
        self.demand("change", self.model)
        return self.carry_out(lambda: self.prepare_change(self.find(), self.body.written_line, is_whole=True))

    def destroy(self, request: Request, name: str) -> Response:
        self.demand("delete", self.model)
        return self.carry_out(lambda: self.prepare_end(self.find()))

    def prepare_new(self, given: dict) -> Act:
        raise NotImplementedError

    def prepare_change(self, row: Any, given: dict, *, is_whole: bool) -> Act:
        raise NotImplementedError

    def prepare_end(self, row: Any) -> Act:
        raise NotImplementedError

    def new_key(self, given: dict) -> uuid.UUID:
        """The id of what is to be made: the line's own, where it has one."""
        name = given.get("id")
        if name is None:
            return uuid.uuid4()
        if not isinstance(name, str) or not 0 < len(name) <= MOST_SEARCHED:
            raise bad("id: write a text", "/id")
        return key_from_id(name)

    def refuse_taken(self, key: uuid.UUID) -> None:
        if self.model._default_manager.filter(pk=key).exists():
            raise Refusal(
                409, f"Another {self.kind} has this id; change that one.", kind="taken", existing=self.named(key)
            )

    def named(self, key: uuid.UUID) -> dict:
        return {"kind": self.kind, "id": str(key)}

    def content_of(self, given: dict, line: Mapping[str, Any]) -> dict:
        """What a body says of an item. What is not written, but done, may be sent back as it was told."""
        for name in given.keys() & TOLD - {"notices"}:
            is_as_told = given[name] == line.get(name) or (not given[name] and not line.get(name))
            if not is_as_told:
                raise bad(f"{name}: this is not written; {STATE_KEYS_HINT}", f"/{name}")
        return {name: value for name, value in given.items() if name not in TOLD}

    def refuse_stale(self, row: Any, detail: str = STALE, **members: Any) -> Response:
        """That somebody was quicker, with what there is now."""
        told = self.told(row)
        newest = told.data if self.key.may(Scope.DRAFTS) else None
        tag = told.headers["ETag"]
        response = self.handle_exception(Refusal(412, detail, newest=newest, etag=tag, **members))
        response.headers["ETag"] = tag
        return response

    def base(self, row: Any) -> str:
        """The version that If-Match names."""
        written = self.request.headers.get("If-Match", "").strip()
        tag = ONE_TAG.fullmatch(written)
        if not tag:
            raise Refusal(428, NO_VERSION)
        return tag[1]
