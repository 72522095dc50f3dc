"""A line of text: runs of characters, each with the marks that it stands in. HTML is written from these alone.

So what comes out is well-formed whatever came in, holds no tag that is not a mark, and is the same when it is read
again. A line break is "\\n" in a run; a mark is what opens it: "strong", or 'a href="https://example.org/"'.
"""

import re
from collections.abc import Iterable

Marks = tuple[str, ...]
Run = tuple[str, Marks]
Line = list[Run]

NOTHING = " \n\t\r\f\u00a0\u200b\u200c\u200d\u2060\u00ad\ufeff\u2028\u2029\u200e\u200f"
EDGES = " \n\u00a0\u200b\u2060"  # what is not kept at the ends of a line
BLANKS = re.compile("[ \u00a0]{2,}")
AROUND_BREAK = re.compile("[ \u00a0]*\n[ \u00a0]*")
PARTED = re.compile("\n{2,}")
SPACE = re.compile(r"[ \t\n\r\f\v\u2028\u2029]+")
SPECIAL = re.compile("[&<>]")


class Written(str):
    """HTML that was written from lines, and need not be read to be known as clean."""

    __slots__ = ()


def escaped(text: str) -> str:
    if not SPECIAL.search(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link_mark(address: str) -> str:
    return f'a href="{escaped(address).replace(chr(34), "&quot;")}"'


def tidy(runs: Iterable[Run]) -> list[Line]:
    """Lines from runs as they were found: blanks as in print, and another line where two breaks stand together."""
    runs = [run for run in runs if run[0]]
    if len(runs) == 1 and "\n" not in runs[0][0]:
        text = BLANKS.sub(" ", runs[0][0]).strip(EDGES)
        return [[(text, runs[0][1])]] if text.strip(NOTHING) else []
    joined = _joined(runs)
    lines: list[Line] = [[]]
    for text, marks in joined:
        if "\n\n" not in text:
            lines[-1].append((text, marks))
            continue
        first, *more = PARTED.split(text)
        lines[-1].append((first, marks))
        lines += [[(part, marks)] for part in more]
    return [line for found in lines if (line := _trimmed(found))]


def _joined(runs: list[Run]) -> Line:
    """Runs of the same marks as one, with single blanks, none of them around a line break."""
    parts: list[list] = []
    for text, marks in _breaks_first(runs):
        if not text.strip(" \n\u00a0"):
            marks = _common(parts[-1][1] if parts else (), marks)  # a blank is not bold, and no link
        if parts and parts[-1][1] == marks:
            parts[-1][0] += text
        elif text:
            parts.append([text, marks])
    joined: list[Run] = []
    before = "\n"
    for text, marks in parts:
        if "\n" in text:
            text = AROUND_BREAK.sub("\n", text)
        text = BLANKS.sub(" ", text)
        if before in " \u00a0\n":
            text = text.lstrip(" \u00a0")
        if text.startswith("\n"):
            while joined and joined[-1][0].endswith((" ", "\u00a0")):
                last, its = joined.pop()
                if last := last.rstrip(" \u00a0"):
                    joined.append((last, its))
        if text:
            before = text[-1]
            joined.append((text, marks))
    return _without_split_breaks(joined)


def _breaks_first(runs: list[Run]) -> Iterable[Run]:
    """Runs, those that begin with a line break in two."""
    for text, marks in runs:
        shown = text.lstrip(" \n\u00a0")
        before = text[: len(text) - len(shown)]
        if shown and "\n" in before:
            yield before, marks
            yield shown, marks
        else:
            yield text, marks


def _without_split_breaks(runs: Line) -> Line:
    """Breaks that follow each other in different marks stand in the first's."""
    for place in range(1, len(runs)):
        text, marks = runs[place]
        stripped = text.lstrip("\n")
        if len(stripped) < len(text) and runs[place - 1][0].endswith("\n"):
            last, its = runs[place - 1]
            runs[place - 1] = (last + text[: len(text) - len(stripped)], its)
            runs[place] = (stripped, marks)
    return [run for run in runs if run[0]]


def _common(one: Marks, other: Marks) -> Marks:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


def _trimmed(line: Line) -> Line:
    """A line without the blanks at its ends; empty where nothing in it is seen."""
    if not any(text.strip(NOTHING) for text, _marks in line):
        return []
    while not (first := line[0][0].lstrip(EDGES)):
        line.pop(0)
    line[0] = (first, line[0][1])
    while not (last := line[-1][0].rstrip(EDGES)):
        line.pop()
    line[-1] = (last, line[-1][1])
    merged: Line = []
    for text, marks in line:
        if merged and merged[-1][1] == marks:
            merged[-1] = (merged[-1][0] + text, marks)
        elif text:
            merged.append((text, marks))
    return merged


def html_of(line: Line) -> Written:
    """A line as HTML, each mark opened once."""
    if len(line) == 1 and not line[0][1]:
        return Written(escaped(line[0][0]).replace("\n", "<br>"))
    written = []
    open_: list[str] = []
    for text, marks in line:
        kept = len(_common(tuple(open_), marks))
        written += [f"</{mark.split(' ', 1)[0]}>" for mark in reversed(open_[kept:])]
        written += [f"<{mark}>" for mark in marks[kept:]]
        written.append(escaped(text).replace("\n", "<br>"))
        open_ = list(marks)
    written += [f"</{mark.split(' ', 1)[0]}>" for mark in reversed(open_)]
    return Written("".join(written))


def text_of(line: Line) -> str:
    return "".join(text for text, _marks in line).replace("\n", " ")


def joined(lines: Iterable[Line], by: str = "\n") -> Line:
    """Lines as one, with a break between them."""
    one: Line = []
    for line in lines:
        if one:
            one.append((by, _common(one[-1][1], line[0][1])))
        one += line
    return _trimmed(one) if one else []
