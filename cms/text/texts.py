"""Plain text as it is kept: without the characters that are no text, whichever door it comes in by.

What languages need stays: joiners, marks of direction, soft hyphens, spaces of no width.
"""

import re
from collections.abc import Collection
from typing import Any

from django.db import models

# C0 and C1 but for tabs and line ends, the mark of byte order, half characters, and what Unicode keeps for programs.
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]")
# Windows' signs (quotation marks, dashes, the euro's) where a program took their bytes for characters: no others are
# meant by these. But one is a line's end as well, and with one a terminal's commands begin.
OF_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0) if code not in {0x85, 0x9B}}
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")  # the last but two are Word's, in a paragraph and between
BREAKS = re.compile("[ \t\n]*[\t\n][ \t\n]*")
ODD = re.compile(f"{CONTROLS.pattern}|{LINE_ENDS.pattern}")


def without_controls(text: str) -> str:
    """A text of any number of lines, each ended by a newline."""
    if text.isprintable() or not ODD.search(text):  # what is odd is not printable, which is known sooner
        return text
    return CONTROLS.sub("", LINE_ENDS.sub("\n", text.translate(OF_WINDOWS)))


def in_one_line(text: str) -> str:
    """A text of one line: a tab or a line end is a space."""
    return BREAKS.sub(" ", without_controls(text))


def with_single_blanks(text: str) -> str:
    """A text in one line with one blank between its words. That it is so is quicker to see than to make."""
    if text.isprintable() and "  " not in text:  # of all that parts words the blank alone is printable
        return text.strip(" ")
    return " ".join(text.split())


def clean(data: Any) -> Any:
    """Data with every text in it as it is kept."""
    if isinstance(data, str):
        return without_controls(data)
    if type(data) is dict:  # a stored file is one of another type, and our own
        return {clean(name): clean(value) for name, value in data.items()}
    if isinstance(data, list):
        return [clean(value) for value in data]
    return data


class PlainTexts(models.Model):
    """Whose texts are plain text before they are checked, and before they are stored."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.clean_texts()
        super().clean_fields(exclude=exclude)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean_texts()
        super().save(*args, **kwargs)

    def clean_texts(self) -> None:
        for field in self._meta.concrete_fields:
            value = self.__dict__.get(field.attname)  # one that was not read from the database is not written either
            if not field.editable or not isinstance(value, str | list | dict):
                continue
            is_line = isinstance(field, models.CharField)
            cleaned = in_one_line(value) if is_line and isinstance(value, str) else clean(value)
            if cleaned != value:
                setattr(self, field.attname, cleaned)
