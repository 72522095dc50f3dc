"""The docs as a site: `python docs/building/build.py FOLDER`. It asks no other host for anything.

Markdown is read as GitHub reads it. A link that leads to no page, no heading and no file is an error, and all of them
are named at once.
"""

import html
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FONTS = ROOT / "cms" / "desk" / "static" / "desk"
# The pages in the order of the menu, each with what it is called there; the first is where the site begins.
PAGES = {
    "README.md": "Galley",
    "docs/editors.md": "Working at the desk",
    "docs/front-ends.md": "Building a site on it",
    "docs/operators.md": "Running it",
    "docs/architecture.md": "How it is built",
    "docs/performance.md": "How fast it is",
    "docs/security.md": "Security",
    "docs/comparison.md": "Beside other systems",
    "CONTRIBUTING.md": "Working on it",
    "SECURITY.md": "Report a vulnerability",
    "CHANGELOG.md": "Changes",
}
TEXT_OF_A_SECTION = 600  # characters that a search looks through


class Heading(NamedTuple):
    level: int
    text: str
    anchor: str
    said: str  # the beginning of what stands below it


class Page(NamedTuple):
    source: Path
    name: str  # of its file in the site
    label: str
    tokens: list[Token]
    headings: list[Heading]


def build(folder: Path, root: Path = ROOT) -> list[str]:
    """Write the site into a folder. Answers what is wrong with it, in words; nothing then is written."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    pages = {source: read(markdown, root, source, label) for source, label in PAGES.items()}
    files: dict[Path, str] = {}
    lost = [text for page in pages.values() for text in led_on(page, pages, root, files)]
    if lost:
        return lost
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for page in pages.values():
        (folder / page.name).write_text(shown(page, pages, markdown))
    for source, name in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    for name in ("docs.css", "search.js"):
        shutil.copyfile(HERE / name, folder / name)
    if (FONTS / "fonts.css").exists():
        shutil.copyfile(FONTS / "fonts.css", folder / "fonts.css")
        shutil.copytree(FONTS / "fonts", folder / "fonts")
    (folder / "sections.js").write_text(f"window.sections = {json.dumps(list(sections(pages)), ensure_ascii=False)}\n")
    return []


def read(markdown: MarkdownIt, root: Path, source: str, label: str) -> Page:
    path = root / source
    name = "index.html" if source == next(iter(PAGES)) else f"{path.stem.lower()}.html"
    if source in ("SECURITY.md", "CONTRIBUTING.md"):
        name = {"SECURITY.md": "report.html", "CONTRIBUTING.md": "contributing.html"}[source]
    tokens = markdown.parse(path.read_text())
    return Page(path, name, label, tokens, list(headings(tokens)))


def headings(tokens: list[Token]) -> Iterator[Heading]:
    """The headings of a page, each with an anchor as GitHub makes it."""
    used: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = plain(tokens[at + 1])
        anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        number = used[anchor] = used.get(anchor, -1) + 1
        anchor = f"{anchor}-{number}" if number else anchor
        token.attrSet("id", anchor)
        yield Heading(int(token.tag[1]), text, anchor, text_below(tokens[at + 3 :]))


def plain(token: Token) -> str:
    children = token.children or []
    return "".join(child.content for child in children if child.type in ("text", "code_inline"))


def text_below(tokens: list[Token]) -> str:
    """What stands below a heading, as far as a search looks."""
    said = ""
    for token in tokens:
        if token.type == "heading_open" or len(said) > TEXT_OF_A_SECTION:
            break
        if token.type == "inline":
            said += f"{plain(token)} "
    return said[:TEXT_OF_A_SECTION].strip()


def led_on(page: Page, pages: dict[str, Page], root: Path, files: dict[Path, str]) -> Iterator[str]:
    """Let a page's links lead to where things are in the site, and say which of them lead nowhere.

    `files` is told what is to be copied there.
    """
    for token in (child for each in page.tokens for child in each.children or []):
        name = {"link_open": "href", "image": "src"}.get(token.type)
        if not name:
            continue
        target = str(token.attrGet(name) or "")
        if re.match(r"[a-z]+:", target):
            if token.type == "image":
                yield f"{page.source.name}: the picture {target} is another host's"
            continue
        written, _hash, anchor = unquote(target).partition("#")
        source = (page.source.parent / written).resolve() if written else page.source
        other = next((each for each in pages.values() if each.source == source), None)
        if other is None and not source.exists():
            yield f"{page.source.name}: {target} is not there"
        elif other is None and source.is_dir():
            token.attrSet(name, f"files/{source.relative_to(root)}/")
            files.update({file: f"files/{file.relative_to(root)}" for file in source.rglob("*") if file.is_file()})
        elif other is None:
            files[source] = f"files/{source.relative_to(root)}"
            token.attrSet(name, files[source])
        elif anchor and anchor not in {heading.anchor for heading in other.headings}:
            yield f"{page.source.name}: {target} leads to no heading"
        else:
            token.attrSet(name, f"{'' if other is page else other.name}{'#' + anchor if anchor else ''}" or other.name)


def shown(page: Page, pages: dict[str, Page], markdown: MarkdownIt) -> str:
    """A whole page of the site."""
    current = ' aria-current="page"'
    menu = "\n".join(
        f'<li><a href="{other.name}"{current if other is page else ""}>{html.escape(other.label)}</a></li>'
        for other in pages.values()
    )
    contents = "\n".join(
        f'<li class="level-{heading.level}"><a href="#{heading.anchor}">{html.escape(heading.text)}</a></li>'
        for heading in page.headings
        if heading.level in (2, 3)
    )
    fonts = '<link rel="stylesheet" href="fonts.css">\n' if (FONTS / "fonts.css").exists() else ""
    parts = {
        "title": html.escape(page.headings[0].text if page.headings else page.label),
        "fonts": fonts,
        "menu": menu,
        "contents": contents,
        "body": markdown.renderer.render(page.tokens, markdown.options, {})
        .replace("<table>", '<div class="wide" tabindex="0"><table>')
        .replace("</table>", "</table></div>"),
    }
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], (HERE / "page.html").read_text())


def sections(pages: dict[str, Page]) -> Iterator[dict[str, str]]:
    """What a search finds: each section, with the beginning of its text."""
    for page in pages.values():
        for heading in page.headings:
            place = f"{page.name}#{heading.anchor}"
            yield {"at": place, "page": page.label, "name": heading.text, "text": heading.said}


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "docs")
    lost = build(folder)
    for text in lost:
        sys.stderr.write(f"{text}\n")
    if not lost:
        sys.stdout.write(f"{folder / 'index.html'}\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
