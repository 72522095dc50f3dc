"""Files in the form of other systems, made into lines of ours, which are then imported like any others.

Which forms there are stands in the apps' kinds.py: `FORMS`, with the dotted name of what reads each (a Reading). What a
line needs of files is put beside the lines: copied where it lies beside the file that came, else fetched.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import orjson
from django.utils.module_loading import import_string

from cms import notices, outbound
from cms.notices import Notice, notice
from cms.publishing import kinds
from cms.text import texts
from cms.transfer.lines import BadLine, Stopped, glance
from cms.transfer.reader import BOM, raw_lines
from cms.transfer.report import trouble_of

LARGEST = 200_000_000  # bytes of a file that is one document
LISTS = ("items", "_items", "results", "data")  # keys under which an answer of an API has its items
OURS = "lines"


class Reading(Protocol):
    """What reads one form. It sees the whole of one file, item by item."""

    def __init__(self, files: "Files", *, publishes: bool): ...

    @classmethod
    def is_one(cls, document: dict) -> bool:
        """Whether an object is an item of this form."""

    def lines(self, document: dict) -> Iterator[dict]:
        """The lines that an item becomes, what it needs first. Raises BadLine where it cannot be taken."""


@dataclass
class Converted:
    """A file of lines, and what is to be said of what it was made from."""

    path: Path
    notices: list[tuple[str, list[Notice]]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def forms() -> list[str]:
    return [OURS, *kinds.foreign_forms()]


@contextmanager
def as_lines(path: Path, form: str | None, *, publishes: bool = False) -> Iterator[Converted]:
    """A file as lines of ours, for as long as they are wanted. Without a form it is told by its first item."""
    form = form or form_of(path)
    if form == OURS:
        yield Converted(path)
        return
    reading = import_string(kinds.foreign_forms()[form])
    with tempfile.TemporaryDirectory(prefix="galley-import-") as folder:
        try:
            converted = _convert(path, Path(folder), reading, form, publishes)
        except OSError as error:
            raise Stopped(f"it cannot go on ({trouble_of(error)})") from error
        yield converted


def form_of(path: Path) -> str:
    """The form that a file is in, by what stands first in it; ours, where it is no other, or cannot be read."""
    try:
        first = next(_documents(path), None)
    except OSError:
        return OURS  # whose import says so
    if isinstance(first, dict) and "kind" not in first:
        for form, name in kinds.foreign_forms().items():
            if import_string(name).is_one(first):
                return form
    return OURS


def _convert(path: Path, folder: Path, reading: type[Reading], form: str, publishes: bool) -> Converted:
    converted = Converted(folder / "content.ndjson")
    reader = reading(Files(path.resolve().parent, folder), publishes=publishes)
    with converted.path.open("wb") as out:
        for number, document in enumerate(_documents(path), 1):
            name = f"item {number}"
            with notices.collecting() as heard:
                try:
                    if not isinstance(document, dict):
                        raise BadLine(f"it is no item of {form}, which is a JSON object")
                    lines = list(reader.lines(texts.clean(document)))
                except BadLine as error:
                    converted.refused.append((name, str(error)))
                    continue
                finally:
                    converted.notices.append((name, list(heard)))
            out.writelines(orjson.dumps(line) + b"\n" for line in lines)
    return converted


def _documents(path: Path) -> Iterator[Any]:
    """The objects of a file: one a line, or one document that is an object or a list of them."""
    with path.open("rb") as file:
        first = next((line for _, _, line in raw_lines(file) if line.strip()), b"")
        if glance(first):
            for _, _, line in raw_lines(file):
                if line.strip():
                    yield _parsed(line)
            return
        yield from _items(_whole(file))


def _whole(file: BinaryIO) -> Any:
    file.seek(0)
    content = file.read(LARGEST + 1)
    return _parsed(content.removeprefix(BOM)) if len(content) <= LARGEST else None


def _parsed(content: bytes) -> Any:
    """What it says; none where it is no JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _items(document: Any) -> Iterator[Any]:
    if isinstance(document, dict):
        inner = next((document[name] for name in LISTS if isinstance(document.get(name), list)), None)
        document = inner if inner is not None and "uri" not in document else [document]
    yield from document if isinstance(document, list) else []


class Files:
    """Puts beside the lines what they name: from beside the file that came, or from the web."""

    def __init__(self, source: Path, folder: Path):
        self.source, self.folder = source, folder
        self.number = 0

    def take(self, address: str, most: int, what: str) -> str | None:
        """Where it lies beside the lines; none, and a notice, where it cannot be had. `what` it is, in words."""
        try:
            content = self._fetched(address, most) if "://" in address else self._beside(address, most)
        except outbound.Refused as error:
            notice("file", f"{what} cannot be fetched from {address[:200]} ({error}), and is left out")
            return None
        self.number += 1
        name = f"files/{self.number}/{_name(address)}"
        (self.folder / name).parent.mkdir(parents=True)
        (self.folder / name).write_bytes(content)
        return name

    def _fetched(self, address: str, most: int) -> bytes:
        answer = outbound.fetch(address, max_bytes=most, seconds=60)
        if answer.status != 200:
            raise outbound.Refused(f"the answer is {answer.status}")
        return answer.body

    def _beside(self, address: str, most: int) -> bytes:
        path = (self.source / unquote(address)).resolve()
        if not path.is_relative_to(self.source) or not path.is_file():
            raise outbound.Refused("there is no such file in the folder of the import")
        if path.stat().st_size > most:
            raise outbound.Refused(f"it is larger than {most // 1_000_000} MB")
        return path.read_bytes()


def _name(address: str) -> str:
    """A name for a file, from its address."""
    last = unquote(urlsplit(address).path).rsplit("/", 1)[-1]
    return re.sub(r"[^\w.-]", "-", last)[-80:].strip(".-") or "file"
