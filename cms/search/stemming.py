"""What the forms of a word have in common: stemmed here, in Python, and nowhere else, so that both databases agree.

A word is stemmed by the rules of the language that its text is in. Where these are for other letters (an English name
in a Ukrainian story) or there are none, by those of the usual language of its letters, or not at all.
"""

import threading
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

import snowballstemmer
from django.conf import settings

from cms.search import ukrainian, words

LATIN, CYRILLIC, GREEK, ARABIC, ARMENIAN, HEBREW, INDIAN, TAMIL, OTHER = range(9)
RANGES = [
    (CYRILLIC, "\u0400", "\u052f"),
    (GREEK, "\u0370", "\u03ff"),
    (ARABIC, "\u0600", "\u06ff"),
    (ARMENIAN, "\u0530", "\u058f"),
    (HEBREW, "\u0590", "\u05ff"),
    (INDIAN, "\u0900", "\u097f"),
    (TAMIL, "\u0b80", "\u0bff"),
]
# The language, its letters, and what Snowball calls its rules.
LANGUAGES = {
    "ar": (ARABIC, "arabic"),
    "hy": (ARMENIAN, "armenian"),
    "eu": (LATIN, "basque"),
    "ca": (LATIN, "catalan"),
    "cs": (LATIN, "czech"),
    "da": (LATIN, "danish"),
    "nl": (LATIN, "dutch"),
    "en": (LATIN, "english"),
    "eo": (LATIN, "esperanto"),
    "et": (LATIN, "estonian"),
    "fi": (LATIN, "finnish"),
    "fr": (LATIN, "french"),
    "de": (LATIN, "german"),
    "el": (GREEK, "greek"),
    "hi": (INDIAN, "hindi"),
    "hu": (LATIN, "hungarian"),
    "id": (LATIN, "indonesian"),
    "ga": (LATIN, "irish"),
    "it": (LATIN, "italian"),
    "lt": (LATIN, "lithuanian"),
    "ne": (INDIAN, "nepali"),
    "no": (LATIN, "norwegian"),
    "nb": (LATIN, "norwegian"),
    "nn": (LATIN, "norwegian"),
    "fa": (ARABIC, "persian"),
    "pl": (LATIN, "polish"),
    "pt": (LATIN, "portuguese"),
    "ro": (LATIN, "romanian"),
    "ru": (CYRILLIC, "russian"),
    "sr": (CYRILLIC, "serbian"),
    "es": (LATIN, "spanish"),
    "sv": (LATIN, "swedish"),
    "ta": (TAMIL, "tamil"),
    "tr": (LATIN, "turkish"),
    "yi": (HEBREW, "yiddish"),
    "uk": (CYRILLIC, ""),
}
USUAL = {LATIN: "en", CYRILLIC: "uk", GREEK: "el", ARABIC: "ar", ARMENIAN: "hy", INDIAN: "hi", TAMIL: "ta"}
MOST_KEPT = 200_000  # words of a language whose stems are remembered, in about 20 MB

Stemmer = Callable[[str], str]
_lock = threading.Lock()  # a stemmer of Snowball keeps the word in hand on itself


class Stems(dict[str, str]):
    """The stems of a language's words, each made when it is first looked up."""

    def __init__(self, language: str):
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        stemmed = self[word] = _stem(word, self.language)
        return stemmed


_kept: dict[str, Stems] = {}


def _stems_of(language: str) -> Stems:
    return _kept.get(language) or _kept.setdefault(language, Stems(language))


def stem(word: str, language: str) -> str:
    """The stem of a folded word in a text of a language, folded as well."""
    return _stems_of(language)[word]


def stemmed(text: Iterable[str], language: str) -> list[str]:
    """The stems of a text's folded words, in their order."""
    return list(map(_stems_of(language).__getitem__, text))


@lru_cache(maxsize=20_000)  # the words of one page of results are looked up again for each search
def stems(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The stems that a word has in any of these languages."""
    return tuple(sorted({stem(word, language) for language in languages}))


def _stem(word: str, language: str) -> str:
    if not word.isalpha() or len(word) < 3 or words.is_dense(word):
        return word
    letters = _letters(word)
    code = language.lower().partition("-")[0]
    if LANGUAGES.get(code, (OTHER, ""))[0] != letters:
        own = settings.CONTENT_LANGUAGE.partition("-")[0]
        code = own if LANGUAGES.get(own, (OTHER, ""))[0] == letters and code in LANGUAGES else USUAL.get(letters, "")
        if language and language.lower().partition("-")[0] not in LANGUAGES:
            return word  # a language that nobody has rules for: its words may look like those of another
    if not code:
        return word
    return words.fold(_stemmer(code)(word))[: words.LONGEST] or word


def _letters(word: str) -> int:
    first = word[0]
    if first < "\u0250":
        return LATIN
    return next((letters for letters, least, most in RANGES if least <= first <= most), OTHER)


@cache
def _stemmer(code: str) -> Stemmer:
    if code == "uk":
        return ukrainian.stem
    rules = snowballstemmer.stemmer(LANGUAGES[code][1])

    def one_at_a_time(word: str) -> str:
        with _lock:
            return str(rules.stemWord(word))

    return one_at_a_time
