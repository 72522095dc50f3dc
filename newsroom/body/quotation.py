"""The quotation marks of languages, for <q>: the outer pair and the inner one (Unicode CLDR)."""

ENGLISH = ("“”", "‘’")
GERMAN = ("„“", "‚‘")
FRENCH = ("«»", "“”")
LOW_HIGH = ("„”", "‚’")
ANGLES = ("«»", "„“")
CORNERS = ("「」", "『』")
OF_LANGUAGE = {
    "bg": GERMAN, "cs": GERMAN, "de": GERMAN, "et": GERMAN, "is": GERMAN, "ka": GERMAN, "lt": GERMAN, "lv": GERMAN,
    "sk": GERMAN, "sl": GERMAN, "mk": GERMAN, "sr": LOW_HIGH, "hr": LOW_HIGH, "bs": LOW_HIGH, "pl": ("„”", "«»"),
    "ro": ("„”", "«»"), "hu": ("„”", "»«"), "nl": ENGLISH, "af": ENGLISH, "fi": ("””", "’’"), "sv": ("””", "’’"),
    "da": ("“”", "‘’"), "nb": ("«»", "‘’"), "nn": ("«»", "‘’"), "no": ("«»", "‘’"), "fr": FRENCH, "it": FRENCH,
    "es": FRENCH, "ca": FRENCH, "pt": ENGLISH, "pt-pt": FRENCH, "el": FRENCH, "hy": ("«»", "“”"), "eu": FRENCH,
    "fa": ("«»", "‹›"), "sq": FRENCH, "uk": ANGLES, "ru": ANGLES, "be": ANGLES, "kk": ENGLISH, "de-ch": ("«»", "‹›"),
    "fr-ch": ("«»", "‹›"), "it-ch": ("«»", "‹›"), "ja": CORNERS, "zh-hant": CORNERS, "zh-tw": CORNERS,
    "zh-hk": CORNERS, "he": ("””", "’’"), "ar": ("”“", "’‘"), "ur": ("”“", "’‘"),
}  # fmt: skip


def marks_of(language: str, depth: int) -> str:
    """The opening and the closing mark of a quotation that stands in so many others."""
    name = language.replace("_", "-").lower()
    while name and name not in OF_LANGUAGE:
        name = name.rpartition("-")[0]
    return OF_LANGUAGE.get(name, ENGLISH)[depth % 2]
