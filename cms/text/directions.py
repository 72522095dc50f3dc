"""Which way a language is written."""

RIGHT_TO_LEFT = frozenset({
    "ar", "arc", "arz", "azb", "bal", "bgn", "ckb", "dv", "fa", "glk", "he", "iw", "ks", "lrc", "mzn", "nqo", "pnb",
    "prs", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug", "ur", "yi", "ji",
})  # fmt: skip
SCRIPTS = frozenset({"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})


def direction(language: str) -> str:
    """ "rtl" or "ltr" for a BCP 47 tag. A script in it (pa-Arab, az-Latn) says more than the language does."""
    name, *others = language.lower().replace("_", "-").split("-")
    script = next((part for part in others if len(part) == 4 and part.isalpha()), "")
    is_backward = script in SCRIPTS if script else name in RIGHT_TO_LEFT
    return "rtl" if is_backward else "ltr"
