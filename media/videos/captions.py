"""Captions and other texts that run with a film: WebVTT, checked line by line, or made from SubRip (SRT)."""

import codecs
import html
import re

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.files import Readable, Stored, checksum_of
from cms.leftovers.deleting import keep

MAX_BYTES = 1_000_000
TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"^{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+(\S.*))?$", re.ASCII)
# Programs leave out hours or fractions, put blanks into times, and have other arrows.
SRT_TIME = r"(?=\d+ ?: ?\d+ ?[:,.])(?:(\d{1,4}) ?: ?)?([0-5]?\d) ?: ?([0-5]?\d)(?: ?[,.] ?(\d{1,6}))?(?![\d:])"
SRT_TIMING = re.compile(rf"^\s*{SRT_TIME}\s*(?:--?|[\u2013\u2014]-?)>\s*{SRT_TIME}.*$", re.ASCII)
SRT_UNREAD = re.compile(r"^\s*\d+\s*[:;]\s*\d+\s*[:;][\s\d:;,.]*[-\u2013\u2014]+>[\s\d:;,.]*$", re.ASCII)
SRT_TAG = re.compile(r"&lt;(/?)([biu])&gt;", re.IGNORECASE)
SRT_OTHER = re.compile(r"</?(?:font|s|strike)\b[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
NO_TIMES = gettext_lazy('"%(times)s" is not how times are written; write "00:00:01.000 --> 00:00:03.500".')
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def wrong(message: str, line: int = 0, **said: object) -> ValidationError:
    text = message % said if said else message
    return ValidationError(
        _("Line %(line)d: %(text)s") % {"line": line, "text": text} if line else text, code="captions"
    )


def read(content: bytes) -> str:
    """A file's text as WebVTT. Raises ValidationError that names the line and what to do."""
    if len(content) > MAX_BYTES:
        raise wrong(_("The captions are larger than 1 MB; send the file of one language only."))
    return check(_decoded(content))


def check(text: str) -> str:
    """The same for text."""
    text = text.lstrip("\ufeff").rstrip("\0\x1a")  # with these, DOS ended a file
    lines = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [_ended(line, lines[at + 1 : at + 3]) for at, line in enumerate(lines)]
    above = 0
    begins = next((at for at, line in enumerate(lines) if line.strip()), None)
    if begins is None:
        raise wrong(_("The captions are empty; choose the file again, or write them."))
    if re.match(r"WEBVTT(?:[ \t]|$)", lines[begins]):
        lines, above = lines[begins:], -begins
    else:
        if not any(SRT_TIMING.match(line) or SRT_UNREAD.match(line) for line in lines):
            raise wrong(_('Begin the file with a line "WEBVTT" and an empty one after it.'), 1)
        lines, above = _from_srt([""] * begins + lines[begins:]), 2
    for number, line in enumerate(lines, 1):
        if CONTROLS.search(line):
            raise wrong(_("it holds a character that no text can hold; write the line again."), number - above)
    _check_blocks(lines, above)
    made = "\n".join(line.rstrip() or line for line in lines).strip() + "\n"
    if len(made.encode()) > MAX_BYTES:
        raise wrong(_("The captions are larger than 1 MB; send the file of one language only."))
    return made


def admit(file: Readable, *, is_dry_run: bool = False) -> tuple[Stored, bool]:
    """The one gate for captions: check them and store them under a name of their own; and whether they were new."""
    file.seek(0)
    return keep_text(read(file.read(MAX_BYTES + 1)), is_dry_run=is_dry_run)


def keep_text(text: str, *, is_dry_run: bool = False) -> tuple[Stored, bool]:
    """The same for a text that has been checked."""
    name = name_of(text)
    return Stored(stored=name), False if is_dry_run else keep(ContentFile(text.encode()), name)


def name_of(text: str) -> str:
    """Under which a text is stored."""
    checksum = checksum_of(ContentFile(text.encode()))
    return f"originals/tracks/{checksum[:2]}/{checksum}.vtt"


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise wrong(_("it is not UTF-8; save the file with that encoding."), line) from None


def _ended(line: str, following: list[str]) -> str:
    """The line; one of blanks alone is a part of its cue, unless another cue's name or times come next."""
    if line.strip() or not following or not following[0].strip():
        return line
    return "" if any("-->" in next_line for next_line in following) else line


def _check_blocks(lines: list[str], above: int) -> None:
    """Cues with times that make sense, in their order; notes, styles and regions are let be.

    The first lines, `above`, are not the editor's and do not count.
    """
    cues = 0
    last = 0
    number = 1
    while number < len(lines) and lines[number]:
        if "-->" in lines[number]:
            raise wrong(_('leave an empty line between "WEBVTT" and the first cue.'), number + 1 - above)
        number += 1
    while number < len(lines):
        if not lines[number]:
            number += 1
            continue
        block = number
        while number < len(lines) and lines[number]:
            number += 1
        timing = next((at for at in (block, block + 1) if at < number and "-->" in lines[at]), None)
        stray = next((at for at in range(block, number) if "-->" in lines[at] and at != timing), None)
        if stray is not None:
            raise wrong(_('leave an empty line before each cue; "-->" stands in times only.'), stray + 1 - above)
        if timing is None:
            if re.match(r"(NOTE|STYLE|REGION)(?:[ \t]|$)", lines[block]):
                continue
            raise wrong(
                _('there are no times here; write "00:00:01.000 --> 00:00:03.500" over each text.'), block + 1 - above
            )
        last = _check_timing(lines[timing].strip(), timing + 1 - above, last)
        cues += 1
    if not cues:
        raise wrong(_('There are no captions in it; write "00:00:01.000 --> 00:00:03.500" and a text under it.'))


def _check_timing(line: str, number: int, last: int) -> int:
    match = TIMING.match(line)
    if not match:
        raise wrong(str(NO_TIMES), number, times=line[:60])
    start, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:8])
    if end <= start:
        raise wrong(_("it ends before it begins; correct its times."), number)
    if start < last:
        raise wrong(_("it begins before the one above it; put the cues in their order."), number)
    return start


def _milliseconds(parts: tuple) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _from_srt(lines: list[str]) -> list[str]:
    """SubRip's lines as WebVTT's: the numbers and the colours go, commas become points, and the text is escaped.

    Each line stays a line, below two new ones, so that a mistake is still found by its number.
    """
    made = ["WEBVTT", ""]
    amid = _amid_cues(lines)
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if match := SRT_TIMING.match(line):
            made.append(f"{_srt_time(match.groups()[:4])} --> {_srt_time(match.groups()[4:])}")
        elif line.strip().isdigit() and SRT_TIMING.match(following):
            made.append("")
        elif at in amid:
            made.append(" ")
        elif SRT_UNREAD.match(line):  # times, and no text below the cue above
            raise wrong(str(NO_TIMES), at + 1, times=line.strip()[:60])
        else:
            plain = html.escape(SRT_OTHER.sub("", line), quote=False).replace("--&gt;", "→")
            made.append(SRT_TAG.sub(lambda tag: f"<{tag[1]}{tag[2].lower()}>", plain))
    return made


def _amid_cues(lines: list[str]) -> set[int]:
    """The empty lines amid a text: in SubRip a cue ends where the next one's number and times stand."""
    found, is_text_below = set(), False
    for at in range(len(lines) - 1, -1, -1):
        if not lines[at]:
            if is_text_below:
                found.add(at)
        elif SRT_TIMING.match(lines[at]):
            is_text_below = False
        else:
            following = lines[at + 1] if at + 1 < len(lines) else ""
            is_text_below = not (lines[at].strip().isdigit() and SRT_TIMING.match(following))
    first = next((at for at, line in enumerate(lines) if SRT_TIMING.match(line)), 0)
    return {at for at in found if at > first}


def _srt_time(parts: tuple) -> str:
    hours, minutes, seconds, rest = parts
    return f"{int(hours or 0):02}:{int(minutes):02}:{int(seconds):02}.{(rest or '')[:3]:0<3}"
