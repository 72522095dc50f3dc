"""How long a text is: its words as Unicode separates them (UAX 29), and the minutes that it takes to read."""

import html
import math
import re
from typing import NamedTuple

import regex

from cms.text.texts import with_single_blanks

WORDS_A_MINUTE = 238  # silent reading of English non-fiction: Brysbaert 2019, doi:10.1016/j.jml.2019.104047
# Characters a minute where no blanks part words: Trauzettel-Klosinski and Dietz 2012, doi:10.1167/iovs.11-8284.
# Thai and its neighbours were not measured there; they get the mean of the languages that were.
CHINESE, JAPANESE, OTHERS = 255, 357, 863
LETTERS_A_WORD = 4  # of Thai and its neighbours, whose words Unicode leaves to dictionaries

TAGS = re.compile(r"<[^>]+>")
ENDS = re.compile(r"</(?:p|li|td|th|tr)>|<(?:br|[uo]l)\b[^>]*>")
# A segment between two of Unicode's word boundaries that holds a letter or a figure.
WORD = regex.compile(
    r"\b(?=[\p{Pc}\p{M}\p{Cf}]*[\p{Alphabetic}\p{Nd}\p{Nl}]).+?\b",
    regex.WORD | regex.V1 | regex.DOTALL,
)
# The same for texts in Latin, Greek and Cyrillic letters with the signs that stand in most: several times as fast.
COMMON = re.compile(
    "[\t\n\r -\xac\xae-\xb1\xb5-\xb7\xba\xbb\xbf-\u024f\u0391-\u03ce\u0400-\u0481\u048a-\u052f\u1e00-\u1eff"
    "\u2010-\u2015\u2018-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac\u2116\u2122]*+"
)
COMMON_WORD = re.compile(
    r"[^\W_](?:\w|(?<=[^\W\d_])['.:\u2018\u2019\u00b7](?=[^\W\d_])|(?<=\d)['.,;\u2018\u2019](?=\d))*+"
)
# What is written without blanks between words.
DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u303c\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
IDEOGRAPH = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]")
COMPLEX = regex.compile(r"[[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]--[\p{P}\p{S}\p{N}\p{M}]]", regex.V1)
COMPLEX_RUN = regex.compile(r"[[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]--[\p{P}\p{S}\p{N}]]+", regex.V1)


class Length(NamedTuple):
    words: int
    minutes: int


def plain(text_html: str) -> str:
    """The text of cleaned HTML."""
    return with_single_blanks(html.unescape(TAGS.sub("", ENDS.sub(" ", text_html))))


def text_of_list(listing: dict) -> list[str]:
    """The HTML of a list's items and of those in it, in order."""
    texts = []
    for item in listing["items"]:
        texts.append(item["html"])
        if item["list"]:
            texts += text_of_list(item["list"])
    return texts


def texts_of(block: dict) -> list[str]:
    """The HTML that a block holds, in order."""
    if block["type"] == "list":
        return text_of_list(block)
    if block["type"] == "table":
        return [cell for row in block["rows"] for cell in row]
    return [block["html"]] if block.get("html") and block["type"] != "embed" else []


def text_of_body(blocks: list[dict]) -> str:
    """The text of a body that is written in it, without what its photos, videos and stories say of themselves."""
    texts = []
    for block in blocks:
        for name in ("title", "caption"):
            if block.get(name):
                texts.append(html.escape(block[name], quote=False))
        texts += texts_of(block)
    return plain("<br>".join(texts))


def count(text: str) -> int:
    """How many words a text has."""
    if COMMON.fullmatch(text):
        return len(COMMON_WORD.findall(text))
    if not DENSE.search(text):
        return sum(1 for _word in WORD.finditer(text))
    complex_words = sum(math.ceil(len(COMPLEX.findall(run)) / LETTERS_A_WORD) for run in COMPLEX_RUN.findall(text))
    return complex_words + sum(1 for _word in WORD.finditer(COMPLEX_RUN.sub(" ", text)))


def length(blocks: list[dict], language: str = "") -> Length:
    """How many words a body has, and the minutes that it takes to read, whatever it is written in."""
    text = text_of_body(blocks)
    if COMMON.fullmatch(text) or not DENSE.search(text):
        words = count(text)
        return Length(words, _minutes(words / WORDS_A_MINUTE))
    is_japanese = language.lower().startswith("ja") or (not language.lower().startswith("zh") and KANA.search(text))
    ideographs = len(IDEOGRAPH.findall(text))
    letters = len(COMPLEX.findall(text))
    spaced = count(COMPLEX_RUN.sub(" ", IDEOGRAPH.sub(" ", text)))
    minutes = spaced / WORDS_A_MINUTE + ideographs / (JAPANESE if is_japanese else CHINESE) + letters / OTHERS
    return Length(count(text), _minutes(minutes))


def _minutes(minutes: float) -> int:
    return max(1, math.ceil(round(minutes, 6)))


def words(blocks: list[dict]) -> int:
    """How many words a reader finds in the text of a body."""
    return count(text_of_body(blocks))
