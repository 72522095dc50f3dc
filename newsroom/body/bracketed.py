"""What words in square brackets become in a text: a player, brackets around a note, or something that is said."""

import re
from typing import TYPE_CHECKING

from newsroom.body import players
from newsroom.body.addresses import clean_text
from newsroom.body.lines import Marks
from newsroom.body.losses import left_out
from newsroom.body.pieces import player
from newsroom.body.shortcodes import NOTES, SHORTCODE, Around

if TYPE_CHECKING:
    from newsroom.body.reading import Reader


def text(reader: "Reader", data: str, marks: Marks) -> None:
    """A text of which some words may be shortcodes."""
    done = 0
    tokens = list(SHORTCODE.finditer(data))
    around = Around.of(data, reader.paired)
    embeds = {match.start(): match for match in re.finditer(r"\[embed[^\]]*\]\s*(\S{1,2000}?)\s*\[/embed\]", data)}
    for match in tokens:
        if match.start() < done or not around.has_shortcode(match):
            continue
        _between(reader, data[done : match.start()], marks)
        done = match.end()
        if match[1] and match[5]:  # [[name]] is how one writes the name itself
            reader.line.append((f"[{match[0][2:-2]}]", marks))
        elif embed := embeds.get(match.start()):
            done = embed.end()
            reader.address(embed[1], marks)
        else:
            _shortcode(reader, match, marks, around)
    _between(reader, data[done:], marks)


def _between(reader: "Reader", words: str, marks: Marks) -> None:
    if not words:
        return
    if SHORTCODE.search(words):
        reader.line.append((reader.blanks.sub(" ", clean_text(words)), marks))
    else:
        reader.text(words, marks)


def _shortcode(reader: "Reader", found: re.Match, marks: Marks, around: Around) -> None:
    name = found[3].lower()
    is_closed = found[3] in reader.paired and not found[0].endswith("/]")
    if name in NOTES and is_closed:
        reader.line.append((")" if found[2] else " (", marks))
    elif not around.is_of_a_line(found):
        reader.end()  # what it encloses stands by itself
    if found[2]:
        return
    if name in {"caption", "wp_caption"}:
        if caption := re.search(r"\scaption=(\"[^\"]*\"|'[^']*')", found[4]):
            reader.line.append((caption[1][1:-1], marks))
            reader.end()
        return
    address = re.search(r"https?://[^\s\"'\]]+", found[4])
    key = re.search(r"\bid\s*=\s*[\"'“”]?([\w-]+)", found[4])
    page = players.PAGES.get(f"amp-{name}", "").format(key[1]) if key else ""
    if made := player(address[0] if address else page):
        reader.pieces.append(made)
    else:
        left_out("shortcode", found[0])
