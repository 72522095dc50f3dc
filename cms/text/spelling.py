"""How a slug is spelt: in the letters of any language, one way in every door.

A slug is kept in Unicode's composed form (NFC), with the capitals that it was given. Two that differ in their capitals
alone are one address: `spellings` are those under which one is looked for, `key` is what no two may share.
"""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

JOINERS = "\u200c\u200d"  # between letters only: Persian and Indic words are spelt with them
# Letters and marks that nobody sees: variation selectors (of emoji as well), fillers, joiners of another kind.
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
TIMES_ENCODED = 2  # an address that was encoded for a file of addresses, say


def is_letter(char: str) -> bool:
    """Whether it is a letter, a digit, or a mark on one, such as the vowel signs of Hindi and Thai."""
    category = unicodedata.category(char)
    return (category[0] in "LN" or category in {"Mn", "Mc"}) and not UNSEEN.match(char)


def is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def normalised(slug: str) -> str:
    """A slug as it is kept: composed, and without the percent-encoding that an address has."""
    slug = slug.strip()
    for _time in range(TIMES_ENCODED):
        if not ENCODED.search(slug):
            break
        try:
            slug = unquote_to_bytes(slug).decode()
        except UnicodeDecodeError:
            break
    return composed(slug)


def key(slug: str) -> str:
    """What two slugs have in common that differ in their capitals alone."""
    return composed(slug.lower())


def spellings(name: str) -> list[str]:
    """What to look for where somebody asks for a slug, the likeliest first."""
    exact = normalised(name)
    return list(dict.fromkeys((exact, key(exact), name)))


def is_same(name: str, slug: str) -> bool:
    """Whether two spellings are one text to Unicode: é may be one character or two."""
    return name == slug or composed(name) == composed(slug)


def strange_characters(slug: str) -> str:
    """The characters that a slug cannot hold, each once."""
    strange = []
    before = ""
    for place, char in enumerate(slug):
        if char in JOINERS:
            after = slug[place + 1 : place + 2]
            is_fine = bool(before and is_letter(before) and after and is_letter(after))
        elif is_mark(char):
            is_fine = is_letter(char) and bool(before) and (is_letter(before) or before in JOINERS)
        else:
            is_fine = char in "-_" or is_letter(char)
        if not is_fine:
            strange.append(char)
        before = char
    return "".join(dict.fromkeys(strange))


@deconstructible
class SlugValidator:
    """Letters and digits of any language, hyphens and underscores, and at least one letter or digit."""

    message = _("Use letters, digits, hyphens and underscores only.")
    code = "invalid"

    def __call__(self, slug: str) -> None:
        if strange := strange_characters(slug):
            shown = " ".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in strange[:10])
            text = _("A slug can hold only letters, digits, hyphens and underscores. Take out: %(characters)s")
            raise ValidationError(text, code=self.code, params={"characters": shown})
        if slug and not any(map(is_letter, slug)):
            raise ValidationError(_("A slug needs at least one letter or digit."), code=self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SlugValidator)

    def __hash__(self) -> int:
        return hash(SlugValidator)


check_slug = SlugValidator()
