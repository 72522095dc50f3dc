"""Archives as other systems write them: every table, list, quote and caption comes in, or is counted.

The markup has the shapes of WordPress's theme unit test and of a Ghost export; what each piece must come to stands
beside it.
"""
# ruff: noqa: E501 - markup stands as other systems write it, in one line

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape

import pytest

from cms.transfer.importing import Import
from newsroom.models import Article

pytestmark = pytest.mark.django_db

FILM = "https://www.youtube.com/watch?v=GaLLeyHrb04"


@dataclass
class Piece:
    """Some markup, what must be found in the body, in this order, and what must be counted."""

    markup: str
    says: list[str] = field(default_factory=list)  # phrases, each whole
    blocks: list[str] = field(default_factory=list)  # their types
    rows: list[list[str]] = field(default_factory=list)  # of its table, as plain text
    counted: dict[str, int] = field(default_factory=dict)  # by the notices' kinds
    named: list[str] = field(default_factory=list)  # words that the report says of what is left out


def table(rows, head=False, wrap="{}", says=()):
    def lines(some, tag):
        return "".join(f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>" for row in some)

    heads = 1 if head else 0
    inner = f"<thead>{lines(rows[:1], 'th')}</thead>" if head else ""
    markup = wrap.format(f"<table>{inner}<tbody>{lines(rows[heads:], 'td')}</tbody></table>")
    return Piece(markup, says=list(says), blocks=["table"], rows=rows)


WORDPRESS = {
    "markup-html-tags-and-formatting": [
        Piece(
            "<h1>Header one</h1>\n<h2>Header two</h2>\n<h3>Header three</h3>\n<h4>Header four</h4>\n<h5>Header five</h5>",
            says=["Header one", "Header two", "Header three", "Header four", "Header five"],
            blocks=["heading"] * 5,
        ),
        Piece(
            "<h2>Blockquotes</h2>\nSingle line blockquote:\n<blockquote>Stay hungry. Stay foolish.</blockquote>",
            says=["Blockquotes", "Single line blockquote:", "Stay hungry. Stay foolish."],
            blocks=["quote"],
        ),
        Piece(
            'Multi line blockquote with a cite reference:\n<blockquote cite="https://example.org/x">The <strong>HTML <code>&lt;blockquote&gt;</code> Element</strong> indicates quotation.\n<cite>multiple contributors - MDN HTML element reference - blockquote</cite></blockquote>',
            says=["Element indicates quotation.", "multiple contributors - MDN"],
            blocks=["quote"],
        ),
        table(
            [
                ["Employee", "Salary", "Reason"],
                ["John Doe", "$1", "Because that is all Steve Jobs needed for a salary."],
                ["Jane Doe", "$100K", "For all the blogging she does."],
            ],
            head=True,
        ),
        Piece(
            "<dl><dt>Definition List Title</dt><dd>Definition list division.</dd><dt>Startup</dt><dd>A startup company is a company.</dd></dl>",
            says=["Definition List Title", "Definition list division.", "Startup", "A startup company is a company."],
        ),
        Piece(
            "<ul>\n\t<li>List item one\n<ul>\n\t<li>List item one a\n<ul>\n\t<li>List item deep</li>\n</ul>\n</li>\n\t<li>List item one b</li>\n</ul>\n</li>\n\t<li>List item two</li>\n</ul>",
            says=["List item one", "List item one a", "List item deep", "List item one b", "List item two"],
            blocks=["list"],
        ),
        Piece(
            '<ol start="8">\n\t<li>Start at eight</li>\n\t<li>And go on</li>\n</ol>',
            says=["Start at eight", "And go on"],
            blocks=["list"],
        ),
        Piece(
            "<address>1 Infinite Loop\nCupertino, CA 95014\nUnited States</address>",
            says=["1 Infinite Loop", "Cupertino, CA 95014", "United States"],
        ),
        Piece(
            '<p>This is an <a title="Apple" href="https://apple.example.org/">anchor</a>, <abbr title="seconds">sec.</abbr>, <acronym title="For The Win">FTW</acronym>, <big>test</big>, <del>deleted</del>, <ins>inserted</ins>, <kbd>keyboard</kbd>.</p>',
            says=["This is an anchor, sec., FTW, test, deleted, inserted, keyboard."],
        ),
        Piece("<pre>.post-title {\n\tmargin: 0 0 5px;\n}</pre>", says=[".post-title {", "margin: 0 0 5px;"]),
        Piece(
            "<q>Developers, developers, developers...</q> --Steve Ballmer",
            says=["“Developers, developers, developers...”"],
        ),
        Piece(
            "<p><sup>2</sup> and H<sub>2</sub>O, <tt>teletype</tt>, <var>variables</var>, <mark>marked</mark></p>",
            says=["2 and H2O, teletype, variables, marked"],
        ),
    ],
    "markup-image-alignment": [
        Piece(
            '<p>Welcome.</p><p><img class="alignnone size-full" src="https://example.org/a.jpg" alt="The lake" width="580" height="300" /></p>',
            says=["Welcome."],
            counted={"picture": 1},
        ),
        Piece(
            '<p>Before the caption. [caption id="attachment_907" align="aligncenter" width="150"]<img src="https://example.org/b.jpg" alt="x" />Look at 580x300 getting some <a href="https://example.org/">caption</a> love.[/caption] After the caption.</p>',
            says=["Before the caption.", "After the caption."],
            counted={"picture": 1},
        ),
    ],
    "block-table": [
        table(
            [["12", "30"], ["1,204", "7"]],
            wrap='<!-- wp:table -->\n<figure class="wp-block-table is-style-stripes">{}<figcaption>Votes by ward</figcaption></figure>\n<!-- /wp:table -->',
            says=["Votes by ward"],
        ),
    ],
    "block-quote-and-pullquote": [
        Piece(
            '<!-- wp:quote -->\n<blockquote class="wp-block-quote"><p>One paragraph.</p><p>Another paragraph.</p><cite>Ann Example</cite></blockquote>\n<!-- /wp:quote -->',
            says=["One paragraph.", "Another paragraph.", "Ann Example"],
            blocks=["quote"],
        ),
        Piece(
            '<!-- wp:pullquote -->\n<figure class="wp-block-pullquote"><blockquote><p>Pulled out.</p><cite>Bob Example</cite></blockquote></figure>\n<!-- /wp:pullquote -->',
            says=["Pulled out.", "Bob Example"],
        ),
    ],
    "block-gallery-and-media": [
        Piece(
            '<!-- wp:gallery --><figure class="wp-block-gallery has-nested-images columns-2"><figure class="wp-block-image"><img src="https://example.org/1.jpg" alt="" /><figcaption>First caption</figcaption></figure><figure class="wp-block-image"><img src="https://example.org/2.jpg" alt="" /></figure></figure><!-- /wp:gallery -->',
            counted={"picture": 2},
            named=["First caption"],
        ),
        Piece(
            '<!-- wp:media-text --><div class="wp-block-media-text"><figure class="wp-block-media-text__media"><img src="https://example.org/3.jpg" alt="" /></figure><div class="wp-block-media-text__content"><p>Beside the picture.</p></div></div><!-- /wp:media-text -->',
            says=["Beside the picture."],
            counted={"picture": 1},
        ),
        Piece(
            '<!-- wp:columns --><div class="wp-block-columns"><div class="wp-block-column"><p>Left column.</p></div><div class="wp-block-column"><p>Right column.</p></div></div><!-- /wp:columns -->',
            says=["Left column.", "Right column."],
        ),
        Piece(
            '<!-- wp:audio --><figure class="wp-block-audio"><audio controls src="https://example.org/a.mp3"></audio></figure><!-- /wp:audio -->',
            counted={"audio": 1},
        ),
        Piece(
            '<!-- wp:separator --><hr class="wp-block-separator"/><!-- /wp:separator --><p>After the line.</p>',
            says=["After the line."],
            blocks=["divider"],
        ),
    ],
    "post-format-gallery": [
        Piece(
            '<p>A gallery follows.</p>\n\n[gallery ids="1,2,3"]',
            says=["A gallery follows."],
            counted={"shortcode": 1},
            named=["gallery"],
        )
    ],
    "post-format-video": [
        Piece(
            f'<!-- wp:embed --><figure class="wp-block-embed is-provider-youtube"><div class="wp-block-embed__wrapper">\n{FILM}\n</div></figure><!-- /wp:embed -->',
            blocks=["embed"],
        ),
        Piece(
            f"<p>On a line by itself:</p>\n\n{FILM}\n\n<p>And on.</p>",
            says=["On a line by itself:", "And on."],
            blocks=["embed"],
        ),
    ],
    "template-more-tag-and-plain-text": [
        Piece("Some text before.\n\n<!--more-->\n\nSome text after.", says=["Some text before.", "Some text after."])
    ],
    "edge-case-nested-and-mixed-lists": [
        Piece(
            "<ul><li>Lists within lists do not break the ordered list<ol><li>Chances are</li><li>One more</li></ol></li><li>A list item with <p>a paragraph</p><p>and another</p></li></ul>",
            says=[
                "Lists within lists do not break the ordered list",
                "Chances are",
                "One more",
                "A list item with",
                "a paragraph",
                "and another",
            ],
            blocks=["list"],
        ),
        Piece(
            "<ol><li>Ordered<ul><li>Unordered inside<table><tr><td>91</td><td>92</td></tr></table></li></ul></li></ol>",
            says=["Ordered", "Unordered inside", "91 92"],
        ),
    ],
    "form-and-scripts": [
        Piece(
            '<form action="/subscribe"><label>Your name</label><input name="n"><button>Send</button></form><script>alert("No script here")</script><noscript>No noscript here</noscript><style>p {color: red}</style><p>End.</p>',
            says=["End."],
            counted={"form": 1},
        ),
    ],
}

GHOST = {
    "ghost-images": [
        Piece(
            '<p>Text.</p><figure class="kg-card kg-image-card kg-card-hascaption"><img src="https://example.org/g.jpg" class="kg-image" alt="A" loading="lazy" width="2000" height="1333" srcset="https://example.org/g-600.jpg 600w"><figcaption><span style="white-space: pre-wrap;">The caption of it</span></figcaption></figure>',
            says=["Text."],
            counted={"picture": 1},
            named=["The caption of it"],
        ),
        Piece(
            '<figure class="kg-card kg-gallery-card kg-width-wide"><div class="kg-gallery-container"><div class="kg-gallery-row"><div class="kg-gallery-image"><img src="https://example.org/h.jpg" alt=""></div><div class="kg-gallery-image"><img src="https://example.org/i.jpg" alt=""></div></div></div></figure>',
            counted={"picture": 2},
        ),
    ],
    "ghost-embeds": [
        Piece(
            '<figure class="kg-card kg-embed-card kg-card-hascaption"><iframe width="200" height="113" src="https://www.youtube.com/embed/GaLLeyHrb04?feature=oembed" frameborder="0" allowfullscreen title="A film"></iframe><figcaption><p>About the film</p></figcaption></figure>',
            says=[],
            blocks=["embed"],
        ),
        Piece(
            '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://example.org/report"><div class="kg-bookmark-content"><div class="kg-bookmark-title">The report</div><div class="kg-bookmark-description">What was found</div><div class="kg-bookmark-metadata"><span class="kg-bookmark-author">Agency</span></div></div><div class="kg-bookmark-thumbnail"><img src="https://example.org/t.png" alt=""></div></a></figure>',
            says=["The report", "What was found", "Agency"],
            counted={"picture": 1},
        ),
        Piece(
            '<div class="kg-card kg-audio-card"><audio src="https://example.org/a.mp3" preload="metadata"></audio></div>',
            counted={"audio": 1},
        ),
        Piece(
            '<!--kg-card-begin: html--><iframe src="https://charts.example.org/42"></iframe><!--kg-card-end: html-->',
            counted={"iframe": 1},
            named=["charts.example.org"],
        ),
    ],
    "ghost-text-cards": [
        Piece(
            '<div class="kg-card kg-callout-card kg-callout-card-blue"><div class="kg-callout-emoji">💡</div><div class="kg-callout-text">Mind <b><strong style="white-space: pre-wrap;">this</strong></b> well.</div></div>',
            says=["Mind this well."],
        ),
        Piece(
            '<div class="kg-card kg-toggle-card" data-kg-toggle-state="close"><div class="kg-toggle-heading"><h4 class="kg-toggle-heading-text"><span>What is it?</span></h4></div><div class="kg-toggle-content"><p>It is that.</p></div></div>',
            says=["What is it?", "It is that."],
        ),
        Piece('<blockquote class="kg-blockquote-alt">A quote set large.</blockquote>', says=["A quote set large."]),
        Piece(
            '<div class="kg-card kg-button-card kg-align-center"><a href="https://example.org/join" class="kg-btn">Join us</a></div>',
            says=["Join us"],
        ),
        Piece(
            '<ul><li value="1"><span>One thing</span></li><li value="2"><span>Another thing</span><ul><li value="1"><span>Below it</span></li></ul></li></ul>',
            says=["One thing", "Another thing", "Below it"],
            blocks=["list"],
        ),
        Piece("<hr>", blocks=["divider"]),
    ],
    "ghost-html-card": [
        table(
            [["Year", "Ships"], ["2024", "7"], ["2025", "12"]],
            head=True,
            wrap="<!--kg-card-begin: html-->\n{}\n<!--kg-card-end: html-->",
        ),
    ],
}


class Told:
    """What readers get of one archive, and what its import said."""

    def __init__(self, archive, folder):
        path = folder / "content.ndjson"
        lines = [
            {
                "kind": "article",
                "slug": slug,
                "headline": slug,
                "body_html": "\n\n".join(piece.markup for piece in pieces),
                "status": "published",
                "published_at": "2020-02-20T11:30:00Z",
            }
            for slug, pieces in archive.items()
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        run = Import(path)
        run.run()
        self.report = run.report
        self.bodies = dict(Article.objects.values_list("slug", "body"))

    def text(self, slug):
        """The words of a body in their order, the edges of elements being spaces."""
        return " ".join(plain_texts(self.bodies[slug]))

    def said_of(self, slug):
        return "\n".join(line for line in self.report.notices if f'"{slug}"' in line)


def plain_texts(value):
    if isinstance(value, str):
        value = re.sub(r"<(?:/p|/li|br|/?[uo]l)[^>]*>", " ", value)
        yield from unescape(re.sub(r"<[^>]+>", "", value)).split()
    elif isinstance(value, list):
        for inner in value:
            yield from plain_texts(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in {"id", "type", "url", "provider"}:
                yield from plain_texts(inner)


ARCHIVES = {"wordpress": WORDPRESS, "ghost": GHOST}


@pytest.fixture(params=ARCHIVES)
def archive(request):
    return ARCHIVES[request.param]


@pytest.fixture(scope="module")
def all_told():
    """By the name of an archive, what one import of it has told; nobody changes it."""
    return {}


@pytest.fixture
def told(request, archive, all_told, tmp_path):
    name = request.node.callspec.params["archive"]
    if name not in all_told:
        all_told[name] = Told(archive, tmp_path)
    return all_told[name]


def test_archive_comes_in_whole(archive, told):
    assert told.report.mistakes == []
    assert told.bodies.keys() == archive.keys()


def test_every_word_is_there_in_its_order(archive, told):
    missing = []
    for slug, pieces in archive.items():
        text, at = told.text(slug), 0
        for phrase in (phrase for piece in pieces for phrase in piece.says):
            if (found := text.find(phrase, at)) < 0:
                missing.append((slug, phrase))
            else:
                at = found + len(phrase)
    assert missing == []


def test_every_table_list_and_quote_is_a_block(archive, told):
    kinds = {"table", "list", "quote", "embed", "divider", "heading"}
    lacking = {}
    for slug, pieces in archive.items():
        wanted = Counter(kind for piece in pieces for kind in piece.blocks if kind in kinds)
        had = Counter("quote" if block["type"] == "pullquote" else block["type"] for block in told.bodies[slug])
        if wanted - had:
            lacking[slug] = dict(wanted - had)
    assert lacking == {}


def test_cells_of_a_table_stay_apart(archive, told):
    for slug, pieces in archive.items():
        wanted = [piece.rows for piece in pieces if piece.rows]
        tables = [block["rows"] for block in told.bodies[slug] if block["type"] == "table"]
        plain = [[[" ".join(plain_texts(cell)) for cell in row] for row in rows] for rows in tables]
        assert plain == wanted or not wanted


def test_what_cannot_be_kept_is_counted_by_kind_and_named(archive, told):
    for slug, pieces in archive.items():
        wanted = Counter()
        for piece in pieces:
            wanted.update(piece.counted)
        for piece in pieces:
            for word in piece.named:
                assert word in told.said_of(slug) or word in told.text(slug), (slug, word)
        assert not wanted or told.said_of(slug), slug
    wanted = Counter()
    for pieces in archive.values():
        for piece in pieces:
            wanted.update(piece.counted)
    assert {kind: told.report.noticed[kind] for kind in wanted} == dict(wanted)


def test_nothing_of_a_program_is_printed(archive, told):
    for slug in archive:
        text = told.text(slug)
        for word in ("No script here", "No noscript here", "color: red", "wp:", "kg-card", "[caption", "[gallery"):
            assert word not in text, (slug, word)


def test_no_block_is_empty(archive, told):
    for slug in archive:
        for block in told.bodies[slug]:
            if block["type"] in {"paragraph", "heading", "quote", "list", "table"}:
                assert list(plain_texts(block)), (slug, block)
