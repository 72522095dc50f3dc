# ruff: noqa: E501 - ranges of letters and rules of CSS read best in one line
"""The two typefaces as browsers load them, into cms/desk/static/desk/: small files, and fallbacks of the same measures.

    npm pack source-serif@4.5.1 inter-ui@4.1.1
    for file in *.tgz; do mkdir "${file%.tgz}" && tar xf "$file" -C "${file%.tgz}"; done
    pip install fonttools brotli
    python deploy/make_fonts.py FOLDER

Of the axes stay what the pages use: weights from 400 to 700, and the optical size of the serif, which is what makes a
headline of it and a text. Cyrillic is apart from Latin, so that a reader of one language loads two files.
"""

import io
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).resolve().parent.parent / "cms/desk/static/desk"
WEIGHTS = (400, 700)
RANGES = {
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2190-2193, "
    "U+2212, U+2215, U+FEFF, U+FFFD",
    "latin-ext": "U+0100-0130, U+0132-0151, U+0154-017F, U+0192, U+0218-021B, U+02C7, U+02D8-02D9, U+02DB, U+02DD, U+0300, "
    "U+0302-0304, U+0306-030C, U+0327-0328, U+2070-2079, U+2080-2089, U+2248, U+2260, U+2264-2265",
    "cyrillic": "U+0301, U+0400-045F, U+0462-0463, U+0472-0475, U+0490-0493, U+049A-049B, U+04AE-04B1, U+04BA-04BB, "
    "U+04D8-04D9, U+04E8-04E9, U+20B4, U+2116",
}
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]
FACES = [
    ("Source Serif 4", "source-serif-4", "normal", "SourceSerif4Variable-Roman", {"wght": WEIGHTS}),
    ("Source Serif 4", "source-serif-4-italic", "italic", "SourceSerif4Variable-Italic", {"wght": WEIGHTS}),
    ("Inter", "inter", "normal", "InterVariable", {"wght": WEIGHTS, "opsz": 14}),
]
# What stands in until a face has come, on each system that has it: the average width of its letters by how often English
# uses them, in parts of its em. Liberation's faces are as wide as Arial and Times.
STAND_INS = {
    "Source Serif 4": [
        ("Georgia", ["Georgia"], 0.4353),
        ("Times", ["Times New Roman", "Liberation Serif", "Tinos"], 0.3969),
        ("DejaVu", ["DejaVu Serif"], 0.5081),
    ],
    "Inter": [
        ("Arial", ["Arial", "Liberation Sans", "Helvetica", "Arimo"], 0.4379),
        ("DejaVu", ["DejaVu Sans"], 0.5027),
    ],
}
LETTERS = {
    " ": 18,
    "e": 10,
    "t": 7.5,
    "a": 6.5,
    "o": 6.2,
    "i": 5.7,
    "n": 5.7,
    "s": 5.3,
    "h": 5,
    "r": 5,
    "d": 3.5,
    "l": 3.3,
}
LETTERS |= {
    "u": 2.3,
    "c": 2.3,
    "m": 2,
    "w": 1.9,
    "f": 1.9,
    "g": 1.7,
    "y": 1.6,
    "p": 1.6,
    "b": 1.3,
    "v": 0.8,
    "k": 0.6,
    ".": 1,
    ",": 1,
}


def find(folder: Path, name: str) -> Path:
    return next(path for ending in ("ttf", "woff2") for path in sorted(folder.rglob(f"{name}.{ending}")))


def make(source: Path, name: str, axes: dict) -> None:
    whole = io.BytesIO()
    font = TTFont(source)
    font.flavor = None
    instancer.instantiateVariableFont(font, axes, inplace=True)
    font.save(whole)
    for script, characters in RANGES.items():
        options = subset.Options(
            layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 13, 14]
        )
        options.flavor = "woff2"
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(characters.replace("U+", "").replace(" ", "")))
        whole.seek(0)
        font = TTFont(whole, lazy=False)
        subsetter.subset(font)
        path = HERE / "fonts" / f"{name}-{script}.woff2"
        subset.save_font(font, str(path), options)
        sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


def measures(source: Path, axes: dict) -> tuple[float, float, float]:
    """The average width of a letter as texts have them, the ascent and the descent, in parts of the em."""
    font = TTFont(source)
    size = {"opsz": 20} if "opsz" in {axis.axisTag for axis in font["fvar"].axes} and "opsz" not in axes else {}
    instancer.instantiateVariableFont(font, {**axes, "wght": 400, **size}, inplace=True)
    em, cmap, widths = font["head"].unitsPerEm, font.getBestCmap(), font["hmtx"]
    average = sum(widths[cmap[ord(letter)]][0] * often for letter, often in LETTERS.items()) / sum(LETTERS.values())
    return average / em, font["hhea"].ascent / em, -font["hhea"].descent / em


def css(folder: Path) -> str:
    text = [
        "/* Made by deploy/make_fonts.py. Both faces are under the SIL Open Font License, which stands beside them. */\n"
    ]
    for family, name, style, _source, _axes in FACES:
        for script, characters in RANGES.items():
            text.append(
                f'@font-face {{\n  font-family: "{family}";\n  src: url("fonts/{name}-{script}.woff2") format("woff2");\n'
                f"  font-weight: {WEIGHTS[0]} {WEIGHTS[1]};\n  font-style: {style};\n  font-display: swap;\n"
                f"  unicode-range: {characters};\n}}\n"
            )
    for family, stand_ins in STAND_INS.items():
        source, axes = next((each[3], each[4]) for each in FACES if each[0] == family)
        average, ascent, descent = measures(find(folder, source), axes)
        for label, names, width in stand_ins:
            adjust = average / width
            local = ", ".join(f'local("{each}")' for each in names)
            text.append(
                f'@font-face {{\n  font-family: "{family} {label}";\n  src: {local};\n  size-adjust: {adjust:.2%};\n'
                f"  ascent-override: {ascent / adjust:.2%};\n  descent-override: {descent / adjust:.2%};\n  line-gap-override: 0%;\n}}\n"
            )
    serif, sans = (
        ", ".join(f'"{each}"' for each in [family, *(f"{family} {label}" for label, _, _ in STAND_INS[family])])
        for family in STAND_INS
    )
    text.append(f":root {{\n  --serif: {serif}, serif;\n  --sans: {sans}, sans-serif;\n}}\n")
    return "\n".join(text)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (HERE / "fonts").mkdir(exist_ok=True)
    for _family, name, _style, source, axes in FACES:
        make(find(folder, source), name, axes)
    (HERE / "fonts.css").write_text(css(folder))
