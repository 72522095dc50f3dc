"""What a text's words are: the one spelling in which a text is indexed, a question is read and a match is marked.

Both databases are handed these words ready-made, so neither has rules of its own. A word is in small letters and
without combining accents. Scripts that put no blanks between words, and Korean, which hangs its particles on them, are
taken apart into pairs of characters.
"""

import re
import unicodedata
from functools import lru_cache

import regex

LONGEST = 40  # characters of a word
MOST = 20_000  # words of one text; what stands further back is not searched

# Accents, and signs that say how a word is read, joined or broken. Vowel signs of Indian and Thai scripts are letters.
ACCENTS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
UNSEEN = "\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
# й, ї and ў are letters of their own, whose signs stay.
DROPPED = re.compile(f"[{ACCENTS}{UNSEEN}]")
KEPT_SIGNS = {"\u0438\u0306": "\u0439", "\u0456\u0308": "\u0457", "\u0443\u0306": "\u045e"}
KEPT = re.compile("|".join(KEPT_SIGNS))
ALONE = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŋ": "n"}
LETTERS_ALONE = re.compile(f"[{''.join(ALONE)}]")
FIGURE = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)
CLUSTER = regex.compile(r"\X")  # a letter with all that hangs on it
MARK = regex.compile(r"\p{M}")

APOSTROPHES = "'\u2019\u02bc\u2018`"
# What is looked for begins with the sign, of which there are few, and looks back from there.
POSSESSIVE = re.compile(f"[{APOSTROPHES}](?<=[a-z0-9].)s(?![a-z])")
INSIDE_CYRILLIC = re.compile(f"[{APOSTROPHES}](?<=[\u0400-\u052f].)(?=[\u0400-\u052f])")
ABBREVIATION = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}")
IN_ABBREVIATION = re.compile(r"\.[^\W\d_]\.")

BLANKED = {code: " " for code in range(128) if not chr(code).isalnum()}
WORD = re.compile(r"[^\W_]+")
MARKED_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")  # where letters carry signs, which `re` takes for no part of a word
DENSE_LETTERS = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u3005-\u3007\u30fc"  # without blanks
)
DENSE = regex.compile(f"[{DENSE_LETTERS}]+")


def fold(text: str) -> str:
    """Text in small letters, without accents, and with each figure and letter in its plain form."""
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    if KEPT.search(text):
        text = KEPT.sub(lambda match: KEPT_SIGNS[match[0]], text)
    text = unicodedata.normalize("NFC", DROPPED.sub("", text))
    text = LETTERS_ALONE.sub(lambda match: ALONE[match[0]], text.casefold())
    return FIGURE.sub(lambda match: str(unicodedata.decimal(match[0])), text)


def split(text: str) -> list[str]:
    """The words of a text, in order; of a script without blanks the pairs of its characters, and the last alone.

    The last stands alone so that one character, sought as the beginning of a pair, is found wherever it stands.
    """
    found = runs(text)
    if "".join(found).isascii() and max(map(len, found), default=0) <= LONGEST:
        return found
    return [word for run in found for word in (pairs(run) if is_dense(run) else [run[:LONGEST]])]


def runs(text: str) -> list[str]:
    """The words of a text, what has no blanks in one piece."""
    folded = fold(text)
    if any(sign in folded for sign in APOSTROPHES):
        folded = INSIDE_CYRILLIC.sub("", POSSESSIVE.sub("", folded))
    if IN_ABBREVIATION.search(folded):
        folded = ABBREVIATION.sub(lambda match: match[0].replace(".", ""), folded)
    return _runs(folded)


def _runs(folded: str) -> list[str]:
    if folded.isascii():
        return folded.translate(BLANKED).split()
    found: list[str] = (MARKED_WORD if MARK.search(folded) else WORD).findall(folded)
    return _parted(found) if DENSE.search(folded) else found


def placed(text: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """The words of a text as `runs` has them, each with the stretches of the text that its letters come from."""
    letters = [(letter, *match.span()) for match in CLUSTER.finditer(text) for letter in fold(match[0])]
    for left_out in (POSSESSIVE, INSIDE_CYRILLIC):
        signs = {place for match in left_out.finditer(_joined(letters)) for place in range(*match.span())}
        letters = [each for place, each in enumerate(letters) if place not in signs]
    abbreviations = ABBREVIATION.finditer(_joined(letters))
    dots = {place for match in abbreviations for place in range(match.start() + 1, match.end(), 2)}
    for place in dots:  # each is a part of the letter before it
        letter, start, _end = letters[place - 1]
        letters[place - 1] = letter, start, letters[place][2]
    letters = [each for place, each in enumerate(letters) if place not in dots]
    folded, found, end = _joined(letters), [], 0
    for run in _runs(folded):
        start = folded.index(run, end)
        end = start + len(run)
        found.append((run, [(at, to) for _letter, at, to in letters[start:end]]))
    return found


def _joined(letters: list[tuple[str, int, int]]) -> str:
    return "".join(letter for letter, _start, _end in letters)


def _parted(words: list[str]) -> list[str]:
    """Words, cut where they change between a script without blanks and another."""
    parted: list[str] = []
    for word in words:
        end = 0
        for match in DENSE.finditer(word):
            parted += filter(None, [word[end : match.start()], match[0]])
            end = match.end()
        parted += filter(None, [word[end:]])
    return parted


@lru_cache(10_000)
def is_dense(word: str) -> bool:
    """Whether a word is of a script without blanks."""
    return not word.isascii() and DENSE.match(word) is not None


def pairs(run: str) -> list[str]:
    return [*(run[place : place + 2] for place in range(len(run) - 1)), run[-1]]
