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
    "front/README.md": "The newspaper, to copy",
    "examples/next/README.md": "Begin with Next.js",
    "examples/astro/README.md": "Begin with Astro",
    "examples/typescript/README.md": "A client in TypeScript",
    "docs/operators.md": "Running it",
    "docs/architecture.md": "How it is built",
    "docs/performance.md": "How fast it is",
    "docs/security.md": "Security",
    "docs/comparison.md": "Beside other systems",
    "CONTRIBUTING.md": "Working on it",
    "SECURITY.md": "Report a vulnerability",
    "CHANGELOG.md": "Changes",
}
# What is not called as its file is.
NAMES = {
    "README.md": "index.html",
    "front/README.md": "newspaper.html",
    "examples/next/README.md": "next.html",
    "examples/astro/README.md": "astro.html",
    "examples/typescript/README.md": "typescript.html",
    "SECURITY.md": "report.html",
}
NOT_THERE = """# There is no such page

It may have been renamed. The menu has all pages, the search above looks through them, and
[the first page](README.md) says where to begin.
"""


SHOWN = ("text", "code_inline", "softbreak")  # of what a line of Markdown is made of, what is words


class Heading(NamedTuple):
    level: int
    text: str
    anchor: str
    text_below: str  # what a search looks through


class Page(NamedTuple):
    source: Path
    name: str  # of its file in the site
    label: str
    tokens: list[Token]
    headings: list[Heading]


def build(folder: Path, root: Path = ROOT) -> list[str]:
    """Write the site into a folder. Answers what is wrong with it, in words; nothing then is written."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
    pages = {source: read(markdown, root / source, source, label) for source, label in PAGES.items()}
    not_there = page_of(markdown, NOT_THERE, root / "404.md", "404.html", "Not there")
    files: dict[Path, str] = {}
    lost = [text for page in [*pages.values(), not_there] for text in led_on(page, pages, root, files)]
    if lost:
        return lost
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for page in [*pages.values(), not_there]:
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


def read(markdown: MarkdownIt, path: Path, source: str, label: str) -> Page:
    return page_of(markdown, path.read_text(), path, NAMES.get(source, f"{path.stem.lower()}.html"), label)


def page_of(markdown: MarkdownIt, text: str, source: Path, name: str, label: str) -> Page:
    tokens = markdown.parse(text)
    return Page(source, name, label, tokens, list(headings(tokens)))


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
    return "".join(" " if child.type == "softbreak" else child.content for child in children if child.type in SHOWN)


def text_below(tokens: list[Token]) -> str:
    """What stands below a heading, up to the next one."""
    texts = []
    for token in tokens:
        if token.type == "heading_open":
            break
        if token.type == "inline":
            texts.append(plain(token))
        elif token.type == "fence":
            texts.append(token.content)
    return " ".join(" ".join(texts).split())


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
    title = page.headings[0].text if page.headings else page.label
    fonts = '<link rel="stylesheet" href="fonts.css">\n' if (FONTS / "fonts.css").exists() else ""
    parts = {
        "title": html.escape(title if "Galley" in title else f"{title} · Galley"),
        "fonts": fonts,
        "menu": menu,
        "contents": contents,
        "description": html.escape(described(page)),
        "body": body_of(page, markdown),
    }
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], (HERE / "page.html").read_text())


def described(page: Page) -> str:
    """Its first paragraph, or the beginning of it, for search engines and for who is sent a link."""
    text = next((heading.text_below for heading in page.headings), "")
    return text if len(text) <= 160 else f"{text[:160].rsplit(' ', 1)[0]} …"


def body_of(page: Page, markdown: MarkdownIt) -> str:
    """The text of a page. What is too wide for a phone is moved sideways by itself, and headings can be linked to."""
    body = markdown.renderer.render(page.tokens, markdown.options, {})
    body = body.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    body = body.replace("<pre>", '<pre tabindex="0">').replace("<th></th>", "<td></td>")
    anchor = r'\1\3 <a class="anchor" href="#\2" aria-label="Link to this">#</a>\4'
    return re.sub(r'(<h[2-4] id="([^"]+)">)(.*?)(</h[2-4]>)', anchor, body)


def sections(pages: dict[str, Page]) -> Iterator[dict[str, str]]:
    """What a search finds: each section, with its text."""
    for page in pages.values():
        for heading in page.headings:
            place = f"{page.name}#{heading.anchor}"
            yield {"at": place, "page": page.label, "name": heading.text, "text": heading.text_below}


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
