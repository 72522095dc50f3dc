"""A line of HTML as the text and the marks that it is made of. It holds what lines.py writes, and nothing else."""

import html
import re
from dataclasses import dataclass, field

TAG = re.compile(r"<(/?)(\w+)([^>]*)>")
HREF = re.compile(r'href="([^"]*)"')


@dataclass
class Mark:
    """A stretch of a line that stands in a mark."""

    name: str  # a, strong, em, code, sub, sup, s
    href: str = ""
    inside: "list[str | Mark]" = field(default_factory=list)

    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text() for part in self.inside)


Nodes = list[str | Mark]


def nodes_of(line: str) -> Nodes:
    """The nodes of a line. A line break is "\n" in a text."""
    root = Mark("")
    open_ = [root]
    place = 0
    for tag in TAG.finditer(line):
        _add(open_[-1], line[place : tag.start()])
        place = tag.end()
        closes, name, attributes = tag.groups()
        if name == "br":
            _add(open_[-1], "\n")
        elif not closes:
            address = HREF.search(attributes)
            mark = Mark(name, html.unescape(address[1]) if address else "")
            open_[-1].inside.append(mark)
            open_.append(mark)
        elif len(open_) > 1:
            open_.pop()
    _add(open_[-1], line[place:])
    return root.inside


def _add(mark: Mark, text: str) -> None:
    if not text:
        return
    text = html.unescape(text)
    if mark.inside and isinstance(mark.inside[-1], str):
        mark.inside[-1] += text
    else:
        mark.inside.append(text)
