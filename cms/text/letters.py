"""A slug from a headline: in Latin letters where the language has an official table, else in its own letters.

static/publishing/letters.js has the tables, and slugs.js beside it does the same in the browser.
"""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from cms.text.spelling import JOINERS, composed, is_letter, is_mark

TABLES = Path(__file__).parent.parent / "publishing/static/publishing/letters.js"
LONGEST_SLUG = 80  # characters of one that is made from a headline
# Taken apart, Thai and Lao vowels are spelt otherwise.
KEPT_AS_THEY_ARE = range(0x0E00, 0x0F00)

Rule = tuple[str, str, str]


@cache
def _letters() -> dict[str, Any]:
    return orjson.loads(TABLES.read_text().partition("globalThis.letters =")[2].strip().rstrip(";"))


@cache
def _rules(language: str) -> dict[str, list[Rule]]:
    """The rules of a language by their first letter, in order."""
    rules: dict[str, list[Rule]] = {}
    for letters, becomes, *where in _letters()["languages"].get(language, {}).get("rules", []):
        rules.setdefault(letters[0], []).append((letters, becomes, where[0] if where else ""))
    return rules


def slug_from(headline: str, language: str, most: int = LONGEST_SLUG) -> str:
    """The slug that a headline proposes, cut where a word ends."""
    text = _plain(headline)
    text = _transliterated(text, _rules(language.lower().partition("-")[0]))
    return _cut(_joined(composed(_folded(text))), most)


def _plain(text: str) -> str:
    """Lower case, without the many forms that one letter has (full-width, ligatures), and without apostrophes."""
    text = "".join(char if ord(char) in KEPT_AS_THEY_ARE else unicodedata.normalize("NFKC", char) for char in text)
    dropped = _letters()["dropped"]
    return "".join(char for char in composed(text).lower() if char not in dropped)


def _transliterated(text: str, rules: dict[str, list[Rule]]) -> str:
    if not rules:
        return text
    made = []
    place = 0
    while place < len(text):
        char = text[place]
        if char not in rules:
            char = unicodedata.normalize("NFD", char)[0]  # an accent that the table does not name
        for letters, becomes, where in rules.get(char, ()):
            if text.startswith(letters[1:], place + 1) and _fits(where, text, place, place + len(letters)):
                made.append(becomes)
                place += len(letters)
                break
        else:
            made.append(text[place])
            place += 1
    return "".join(made)


def _fits(where: str, text: str, start: int, end: int) -> bool:
    if where == "^":
        return start == 0 or not is_letter(text[start - 1])
    after = text[end : end + 1]
    if not after or not is_letter(after):
        return not where or "$" in where
    return not where or after in where


def _folded(text: str) -> str:
    """Latin letters without what stands on, below and in them."""
    latin = _letters()["latin"]
    made: list[str] = []
    is_latin = False
    for char in unicodedata.normalize("NFD", text):
        if is_mark(char):
            if not is_latin:
                made.append(char)
            continue
        is_latin = unicodedata.name(char, "").startswith("LATIN ")
        made.append(latin.get(char, char))
    return "".join(made)


def _joined(text: str) -> str:
    """Words with hyphens between them, and nothing else that no slug holds."""
    parting = _letters()["parting"]
    made = ""
    for place, char in enumerate(text):
        after = text[place + 1 : place + 2]
        before = made[-1:]
        if char in JOINERS:
            if before and is_letter(before) and after and is_letter(after) and not is_mark(after):
                made += char
        elif is_mark(char):
            if is_letter(char) and before and is_letter(before):
                made += char
        elif is_letter(char) or char == "_":
            made += char
        elif (char.isspace() or char == "-" or char in parting) and before != "-":
            made += "-"
    return made.strip("-_")


def _cut(slug: str, most: int) -> str:
    if len(slug) <= most:
        return slug
    end = most
    if slug[end] not in "-_":
        end = slug.rfind("-", 0, most)
        if end <= 0:  # one long word, as in scripts without spaces: no letter loses its marks
            end = most
            while end > 1 and (is_mark(slug[end]) or slug[end] in JOINERS or slug[end - 1] in JOINERS):
                end -= 1
    return slug[:end].strip("-_")
