"""What programs send: JSON, or a form with files. Read strictly: what would be guessed at is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from cms.api.errors import Refusal
from cms.text import texts
from cms.transfer.lines import BadLine, read_json
from cms.uploads import SizedUploads, was_too_large

JSON = ("application/json", "application/merge-patch+json")
FORM = "multipart/form-data"
LINE = "data"  # the part of a form that holds JSON
AT_KEY = re.compile(r"(\w{1,64}): ")


@dataclass
class Body:
    """What was sent: the keys of a line, or a list, and the files beside it by the names of their parts."""

    given: Any = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    is_there: bool = True

    @property
    def line(self) -> dict:
        if not isinstance(self.given, dict):
            raise bad("Write a JSON object.")
        return self.given

    @property
    def written_line(self) -> dict:
        """The same, of what is to be written: a body that got lost on its way writes nothing."""
        if not self.is_there:
            raise bad("The body is empty; send what is to be written as a JSON object.")
        return self.line

    def file_named(self, name: str, value: Any) -> BinaryIO:
        """The file that a key names: by what it was called when it was sent, or by its part."""
        for part, file in self.files.items():
            if value in (file.name, part):
                return file
        raise BadLine(f'{name}: send the file "{str(value)[:64]}" with it, as a part of multipart/form-data')


def bad(text: str, pointer: str = "") -> Refusal:
    errors = [{"pointer": pointer, "code": "invalid", "message": text, "allowed": None}]
    return Refusal(400, text, errors)


@contextmanager
def refusing_bad_lines() -> Iterator[None]:
    """What an import would say of a line, as a problem."""
    try:
        yield
    except BadLine as error:
        key = AT_KEY.match(str(error))
        raise bad(str(error), f"/{key[1]}" if key else "") from error


def read(request: Request, *, takes_files: bool = False) -> Body:
    """The body of a request. Nothing at all is an empty object."""
    asked = request._request
    kind = (asked.content_type or "").lower()
    if asked.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(kind, "Send the body as it is, without Content-Encoding.")
    if kind == FORM and takes_files:
        return _form(asked)
    try:
        written = asked.body
    except RequestDataTooBig:
        raise Refusal(413, "The body is too large; send less at once.") from None
    if not written:
        return Body(is_there=False)
    charset = (asked.content_params or {}).get("charset", "utf-8").strip('"').lower()
    if kind not in JSON or charset not in {"utf-8", "utf8"}:
        others = f" or {FORM}" if takes_files else ""
        raise UnsupportedMediaType(kind[:64], f"Send {JSON[0]} in UTF-8{others}.")
    with refusing_bad_lines():
        return Body(read_json(written))


def _form(request: HttpRequest) -> Body:
    request.upload_handlers = [
        handler(request) for handler in (SizedUploads, MemoryFileUploadHandler, TemporaryFileUploadHandler)
    ]
    try:
        fields: Any = request.POST
        files: Any = request.FILES
    except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent) as error:
        raise bad("The form cannot be read; send multipart/form-data with its boundary.") from error
    except RequestDataTooBig:
        raise Refusal(413, "The fields of the form are too large; send less at once.") from None
    if was_too_large(request):
        raise Refusal(413, "The file is too large.")
    twice = next((name for name, values in [*fields.lists(), *files.lists()] if len(values) > 1), None)
    if twice is not None:
        raise bad(f'The part "{twice[:64]}" stands twice; keep one.')
    sent = {name: file for name, file in files.items() if file is not None}
    with refusing_bad_lines():
        given = _line_of(dict(fields.items()), sent)
    named = set(_texts(given))
    for part, file in sent.items():
        if not named & {part, file.name}:  # it is the value of the key that its part is called by
            given.setdefault(part, file.name)
    return Body(given, sent)


def _texts(value: Any) -> Iterator[str]:
    """Every text in some data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _line_of(fields: dict[str, str], files: dict[str, Any]) -> dict:
    """The keys that a form's parts say: JSON in one, and each of the others a key of its own."""
    given: Any = {}
    if LINE in fields:
        given = read_json(fields.pop(LINE).encode(errors="replace"))
    elif LINE in files:
        given = read_json(files.pop(LINE).read())
    if not isinstance(given, dict):
        raise BadLine(f"{LINE}: write a JSON object")
    if both := given.keys() & fields.keys():
        raise BadLine(f"{min(both)}: say it once, in {LINE} or in a part of its own")
    return {**given, **{name: _value(text) for name, text in fields.items()}}


def _value(text: str) -> Any:
    """The value of a part of its own: a text, unless it is written as a list, an object, or true, false, null."""
    if text in {"true", "false", "null"} or text[:1] in {"{", "["}:
        with suppress(BadLine):
            return read_json(text.encode(errors="replace"))
    return texts.clean(text)
