"""Which characters bytes stand for, where a file does not say so, or says it wrongly.

Nothing is ever dropped: what is no UTF-8 is text of some older character set, and the one that makes words of it is
taken.
"""

import re
import unicodedata
from collections.abc import Sequence

# Windows' character sets, as the programs that agencies used wrote them, by the language of the site.
BY_LANGUAGE = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "bs", "sq", "ro"), "cp1250"),
    **dict.fromkeys(("uk", "ru", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn"), "cp1251"),
    **dict.fromkeys(("tr", "az"), "cp1254"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    **dict.fromkeys(("ar", "fa", "ur"), "cp1256"),
    "el": "cp1253",
    "he": "cp1255",
    "vi": "cp1258",
    "th": "cp874",
    "ja": "cp932",
    "ko": "cp949",
    "zh": "gb18030",
}
ANYWHERE = ("cp1252", "cp1250", "cp1251", "koi8_u", "mac_roman")  # in the order in which they are believed
TEXT_MARKS = "'’‘-‐–—._&/@"  # which may stand between two letters of a word
LETTERS = re.compile(r"[^\W\d_]+")
BEFORE_WORDS = re.compile(r"(?<!\w)[£¥¯ª¼¾³¹¨´¸](?=[a-z]{2})")  # no sign stands there; in other sets these are letters
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
)
CUT_OFF = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")


def decoded(values: Sequence[bytes], language: str = "", declared: str = "") -> list[str]:
    """These texts of one file. `declared` is the character set that it names, which is believed where it can be so."""
    texts: list[str | None] = [_as_unicode(value) for value in values]
    if missing := [value for value, text in zip(values, texts, strict=True) if text is None]:
        charset = _charset_of(b"\n".join(missing), language, declared)
        texts = [
            value.decode(charset, "replace") if text is None else text
            for value, text in zip(values, texts, strict=True)
        ]
    return [text or "" for text in texts]


def utf_16(value: bytes, *, is_big: bool = False) -> str:
    """UTF-16 by its mark, else in the order that makes more of it common characters: files are wrong about it."""
    if value[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return value.decode("utf-16", "replace")
    value = value[: len(value) // 2 * 2]
    orders = ("utf-16-be", "utf-16-le") if is_big else ("utf-16-le", "utf-16-be")
    first, second = (value.decode(order, "replace") for order in orders)
    return second if _common(second) > 2 * _common(first) else first


def _common(text: str) -> int:
    return sum(char < "\u0250" or "\u0370" <= char < "\u0600" for char in text)


def _as_unicode(value: bytes) -> str | None:
    for end in (value, CUT_OFF.sub(b"", value)):  # many a field is cut in the middle of a letter
        try:
            text = end.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if end is value or len(end) == len(value) or MULTIBYTE.search(end):
            return _once(text)
    return None


def _once(text: str) -> str:
    """Text without the traces of a program that took its UTF-8 for Latin letters: "JosÃ©" is "José"."""
    if text.isascii():
        return text
    for charset in ("cp1252", "latin-1"):
        try:
            return text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _charset_of(value: bytes, language: str, declared: str) -> str:
    of_language = BY_LANGUAGE.get(language.lower().replace("_", "-").split("-")[0], "")
    candidates = dict.fromkeys(name for name in (declared, of_language, *ANYWHERE) if name)
    oddities = {}
    for name in candidates:
        try:
            oddities[name] = _oddity(value.decode(name))
        except (UnicodeDecodeError, LookupError):
            continue
    return min(oddities, key=lambda name: oddities[name], default="latin-1")


def _oddity(text: str) -> int:
    """How little these are words: signs and capitals amid them, letters of two scripts in one."""
    oddity = 0
    for before, char, after in zip(f" {text[:-1]}", text, f"{text[1:]} ", strict=True):
        if char.isascii():
            continue
        if (not char.isalpha() and char not in TEXT_MARKS) or char in "ªº":
            oddity += 5 if unicodedata.category(char) == "Cc" else before.isalpha() and after.isalpha()
        elif char.isupper() and before.isalpha():
            oddity += before.islower() or after.islower()
    oddity += len(BEFORE_WORDS.findall(text))
    for word in LETTERS.findall(text):
        other = [char for char in word if char.isalpha() and char not in "ªºµ"]
        if word.isascii() or not other:
            continue
        scripts = {unicodedata.name(char, "?").split()[0] for char in other}
        oddity += 2 * (len(scripts) > 1)
        oddity += 2 * (scripts == {"LATIN"} and len(other) > 3 and not any(char.isascii() for char in other))
    return oddity
