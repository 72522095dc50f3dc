"""Bars as SVG, for a page of documentation: no library, and readable on light and dark paper."""

from html import escape
from pathlib import Path

WIDTH, LABELS, NUMBERS = 760, 210, 130
BAR, GAP, GROUP_GAP = 14, 3, 14
COLOURS = ["#1f6feb", "#8b949e", "#c98a1b", "#6e9b3b", "#a05cc4", "#c4585c"]
STYLE = "text{font:12px system-ui,sans-serif;fill:#57606a} .title{font-weight:600;font-size:14px}"


def bars(file: Path, title: str, groups: dict[str, dict[str, float]], unit: str) -> None:
    """A group of bars a case, in it a bar a series: {case: {series: figure}}."""
    series = list(dict.fromkeys(name for group in groups.values() for name in group))
    colours = dict(zip(series, COLOURS, strict=False))
    longest = max(figure for group in groups.values() for figure in group.values())
    scale = (WIDTH - LABELS - NUMBERS) / longest
    parts, top = legend(title, colours), 64
    for case, group in groups.items():
        parts.append(text(LABELS - 10, top + BAR, case, "end"))
        for name, figure in group.items():
            width = max(1.0, figure * scale)
            parts.append(
                f'<rect x="{LABELS}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2" fill="{colours[name]}"/>'
            )
            parts.append(text(LABELS + width + 6, top + BAR - 3, f"{number(figure)} {unit}"))
            top += BAR + GAP
        top += GROUP_GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}"'
    described = f'{head} role="img"><title>{escape(title)}</title><style>{STYLE}</style>'
    file.write_text("\n".join([described, *parts, "</svg>", ""]))


def legend(title: str, colours: dict[str, str]) -> list[str]:
    parts = [text(0, 16, title, kind="title")]
    left = 0.0
    for name, colour in colours.items():
        parts.append(f'<rect x="{left:.0f}" y="32" width="12" height="12" rx="2" fill="{colour}"/>')
        parts.append(text(left + 18, 42, name))
        left += 34 + 7 * len(name)
    return parts


def text(left: float, top: float, words: str, anchor: str = "start", kind: str = "") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{left:.0f}" y="{top:.0f}" text-anchor="{anchor}"{marked}>{escape(words)}</text>'


def number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}" if figure < 10 else f"{figure:.1f}"
