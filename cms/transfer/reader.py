"""The lines of a file, kind by kind, and what is wrong with those that cannot be read."""

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import BinaryIO

from cms.transfer.lines import LONGEST_LINE, BadLine, NumberedLine, Stopped, glance, parse

BOM = b"\xef\xbb\xbf"
OTHER_FORMATS = {
    b"\xff\xfe": "the file is UTF-16; save it as UTF-8",
    b"\xfe\xff": "the file is UTF-16; save it as UTF-8",
    b"\x1f\x8b": "the file is compressed (gzip); unpack it, and import what is in it",
    b"PK\x03\x04": "the file is an archive (ZIP); unpack it, and import what is in it",
    b"<": "the file is XML or HTML; write one JSON object a line",
}
ONE_DOCUMENT = "the file is one JSON document; write one object a line, as `jq -c '.[]'` does of a list"

Complain = Callable[[int, dict, Exception], None]


class Reader:
    """The lines of one file, which is read twice: once to learn what it holds, and then kind by kind."""

    def __init__(self, file: BinaryIO, kinds: Collection[str], complain: Complain):
        self.file, self.kinds, self.complain = file, kinds, complain
        self.total = 0
        self._places: dict[str, array] = defaultdict(lambda: array("Q"))  # number and beginning of each line, by kind

    def learn(self, note: Callable[[dict], None]) -> None:
        """Note where each line begins, and give its content, as far as a glance shows it, to who notes its names."""
        refuse_other_formats(self.file)
        for number, start, line in raw_lines(self.file):
            if not line.strip():
                continue
            self.total += 1
            given = glance(line)
            kind = given.get("kind")
            if not isinstance(kind, str) or kind not in self.kinds:
                self.complain(number, given, self._refusal(line))
                continue
            self._places[kind].extend((number, start))
            note(given)

    def lines(self, kind: str) -> Iterator[NumberedLine]:
        """The lines of a kind, in the order of the file."""
        places = self._places.pop(kind, array("Q"))
        for at in range(0, len(places), 2):
            number, start = places[at], places[at + 1]
            self.file.seek(start)
            line = self.file.readline(LONGEST_LINE + 1)
            try:
                given = parse(line)
                if given.get("kind") != kind:
                    raise BadLine("the file has been changed while it was imported; import it again")
            except BadLine as error:
                self.complain(number, {**glance(line), "kind": kind}, error)
            else:
                yield number, given

    def _refusal(self, line: bytes) -> BadLine:
        """What is wrong with a line that is of no known kind."""
        try:
            given = parse(line)
        except BadLine as error:
            return error
        names = ", ".join(self.kinds)
        if "kind" not in given:
            return BadLine(f"kind: it is missing; write one of {names}")
        return BadLine(f"kind: {str(given['kind'])[:64]!r} is none of {names}")


def raw_lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Each line of a file: its number, where it begins, and its bytes. Of one that is too long, the beginning.

    A mark at the head of the file that says how it is written (a BOM) is no part of a line.
    """
    number = 0
    file.seek(0)
    position = len(BOM) if file.read(len(BOM)) == BOM else 0
    file.seek(position)
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        start, position = position, position + len(line)
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            position += len(rest)
        yield number, start, line


def refuse_other_formats(file: BinaryIO) -> None:
    """Say in one sentence what would otherwise be said of every line: that the whole file is something else."""
    file.seek(0)
    head = file.readline(LONGEST_LINE).removeprefix(BOM).strip()
    for mark, sentence in OTHER_FORMATS.items():
        if head.startswith(mark):
            raise Stopped(sentence)
    if head == b"{" or (head.startswith(b"[") and (not _is_whole(head) or not file.readline(1))):
        raise Stopped(ONE_DOCUMENT)


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
