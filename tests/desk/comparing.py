"""What an editor sees of two versions beside each other, in short: [-taken out-], {+put in+}."""

import html
import re


def in_short(text):
    for tag, opening, closing in [("del", "[-", "-]"), ("ins", "{+", "+}")]:
        text = re.sub(rf'<{tag}><span class="visually-hidden">[^<]*</span>', opening, text)
        text = text.replace(f"</{tag}>", closing)
    return html.unescape(text)


def said_in(cell):
    if cell is None:
        return ""
    label = [f"{cell.label}:"] if cell.label else []
    pictures = ["(picture)" for _picture in cell.pictures]
    lines = [f"{name}: {in_short(line)}" if name else in_short(line) for name, line in cell.lines]
    return " | ".join([*label, *pictures, *lines])


def seen(response):
    """The fields that differ, each with its rows: (state, before, after), or ("alike", how many)."""
    return {
        field.label: [
            ("alike", row.note)
            if row.state == "alike"
            else (" ".join([row.state, row.note]).strip(), said_in(row.before), said_in(row.after))
            for row in field.rows
        ]
        for field in response.context["comparison"].fields
    }
