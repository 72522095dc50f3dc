"""Markdown says what the story says, whatever signs stand in it: a parser of CommonMark reads the same."""

import html
import re

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from newsroom.body import BLOCKS, DESK_ONLY, blocks_from_html, body_html, clean_inline, plain
from newsroom.formats import markdown
from newsroom.formats.markdown import Blocks, front_matter, inline, text
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_video, paragraphs, publish

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NASTY = "*_[]<>&|`~#+-=.!1 7aЖ世「」。\"'()\\:$^{}€😀“”—\u00a0@/\n"
TEXTS = [
    "# not a heading",
    "#hashtag and C#",
    "1. not a list",
    "1986. A great year",
    "2) neither",
    "- nor this",
    "+ nor that",
    "* nor this",
    "---",
    "===",
    "***",
    "___",
    "> no quote",
    "snake_case_word and _emphasis_ and __init__",
    "2*3*4 and *stars*",
    "[not](a link)",
    "![not](a picture)",
    "[ref]: https://example.org",
    "<b>no tag</b> <https://example.org> a < b > c",
    "AT&T &amp; &copy; &#35; Q&A;",
    "`code` ``two``",
    "~~not struck~~ ~one~",
    "a | b | c",
    "| --- | --- |",
    ":--|--:",
    "~~~ fence",
    "back\\slash \\* \\",
    "Wow!",
    "https://example.org/a_b_c?x=1&copy=2",
    "    four spaces",
    "\t tab",
    "$x^2$ :smile: [^1] {.class}",
    "世界**强调**「引用」",
    "مرحبا *عالم*",
    "שלום (עולם) - 1.",
    "Ж — «цитата» *",
    "100 % _sure_",
    "end with \\",
]


def read(written):
    return PARSER.render(written)


def same(source, written):
    """What a line says once it is read again, and what it was to say, in one spelling."""
    rendered = re.sub(r"^<p>|</p>\n$", "", read(written)).replace("<br />\n", "<br>").replace("<br />", "<br>")
    return clean_inline(rendered), clean_inline(source)


@pytest.mark.parametrize("words", TEXTS)
def test_no_text_is_taken_for_a_sign(words):
    source = clean_inline(html.escape(words, quote=False))
    read_again, expected = same(source, inline(source))
    assert read_again == expected
    assert plain(read(text(words))) == " ".join(words.split())
    heading = read(f"## {inline(source, is_heading=True)}")
    assert heading.startswith("<h2>")
    assert plain(heading) == plain(source)
    items = read(f"- {inline(source)}\n- b")
    assert items.count("<li>") == 2
    assert plain(items) == f"{plain(source)} b"
    table = read(Blocks().write([{"type": "table", "caption": None, "header_rows": 1, "header_columns": 0,
                                  "rows": [["a", "b"], [source, "c"]]}])[0])  # fmt: skip
    assert table.count("<td>") == 2
    assert plain(table) == f"a b {plain(source)} c"


LINES = [
    "<strong>„Ja“</strong>er",
    "a<strong>b</strong>c",
    "a<em>b</em>c",
    "<strong>「强调」</strong>です",
    "これは<strong>「重要」</strong>な点",
    "<strong>a</strong><em>b</em><strong>c</strong>",
    "<strong><em>both</em></strong> and <em>a <strong>b</strong> c</em>",
    "<em>a*b</em>*c",
    "<strong>a </strong>b",
    "<strong>a<br>b</strong>",
    "one<br>- two<br># three<br>1. four",
    "<code>`</code> <code>a``b</code> <code> x </code> <code>|</code>",
    "<code><em>x</em> y</code>",
    'Wow!<a href="https://example.org/">x</a>',
    '<a href="https://example.org/a(b)c_d*e">x</a>',
    '<a href="https://example.org/?a=1&amp;copy;=2">[x]</a>',
    '<a href="mailto:a@example.org">a_b</a>(c)',
    '<strong><a href="https://example.org/">x</a></strong>y',
    '<a href="https://example.org/"><strong>x</strong></a>',
    "H<sub>2</sub>O and x<sup>2</sup> and <s>old</s>new",
    "<s>~</s> <strong>*</strong>",
    "<strong>€5</strong>m and a<em>😀</em>b",
    "<em>a</em>_b_ <em>_</em>",
    "\u05d0<strong>\u05d1</strong>\u05d2",
]


@pytest.mark.parametrize("source", LINES)
def test_marks_are_read_as_they_were_meant(source):
    source = clean_inline(source)
    read_again, expected = same(source, inline(source))
    assert read_again == expected


texts = st.text(NASTY, min_size=1, max_size=6).map(lambda words: html.escape(words, quote=False).replace("\n", "<br>"))
marks = st.recursive(
    texts,
    lambda inner: st.tuples(
        st.sampled_from(["strong", "em", "code", "s", "sub", "a"]), st.lists(inner, max_size=3)
    ).map(
        lambda pair: (
            f"<{pair[0]}{' href=' + chr(34) + 'https://example.org/x' + chr(34) if pair[0] == 'a' else ''}>"
            f"{''.join(pair[1])}</{pair[0]}>"
        )
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(marks, max_size=5).map("".join))
@example("<em>*</em>a<strong>_</strong>")
def test_whatever_a_line_holds_it_is_read_as_it_was_meant(source):
    source = clean_inline(source)
    read_again, expected = same(source, inline(source))
    assert read_again == expected


def blocks_of(*blocks):
    return [{"id": str(number), **block} for number, block in enumerate(blocks)]


def listing(*items, ordered=False, start=1):
    return {"ordered": ordered, "start": start, "items": [
        {"html": item, "list": None} if isinstance(item, str) else {"html": item[0], "list": item[1]} for item in items
    ]}  # fmt: skip


BODIES = [
    [{"type": "list", **listing("a", ("b", listing("c", ("d", listing("e", ordered=True)))), "f")}],
    [{"type": "list", **listing("a", "b", ordered=True, start=5)}, {"type": "list", **listing("c", ordered=True)}],
    [{"type": "list", **listing("a")}, {"type": "list", **listing("b")}, {"type": "list", **listing("c")}],
    [{"type": "list", **listing(*map(str, range(12)), ordered=True, start=95)}],
    [{"type": "list", **listing("a<br>b", "- c", "1. d")}, {"type": "paragraph", "html": "e"}],
    [{"type": "list", **listing("a", ordered=True)}, {"type": "list", **listing("b")}],
    [{"type": "quote", "html": "<p>a</p><ul><li>b</li></ul><p>c</p>", "attribution": None}],
    [{"type": "quote", "html": f"<p>{name}</p>", "attribution": None} for name in "ab"],
    [{"type": "paragraph", "html": "a"}, {"type": "divider"}, {"type": "paragraph", "html": "b"}],
    [{"type": "heading", "level": 3, "html": "C #"}, {"type": "paragraph", "html": "a"}],
    [{"type": "table", "caption": None, "header_rows": 1, "header_columns": 0,
      "rows": [["a", "b|c"], ["<em>d</em>", "e<br>f"], ["<code>g|h</code>", ""]]}],
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_blocks_are_read_as_they_were_meant(body):
    body = blocks_of(*body)
    rendered = read("\n\n".join(Blocks().write(body))).replace("<br />\n", "<br>").replace("<br />", "<br>")

    def shapes(written):
        return [{name: value for name, value in block.items() if name != "id"} for block in blocks_from_html(written)]

    assert shapes(rendered) == shapes(body_html(body))


def test_list_inside_that_begins_with_another_number_is_a_list():
    rendered = read(Blocks().write([{"type": "list", **listing(("a", listing("b", "c", ordered=True, start=4)))}])[0])
    assert rendered.count("<ol") == 1
    assert '<ol start="4">' in rendered


@pytest.mark.parametrize("start", [-3, 0, 1_000_000])
def test_list_keeps_its_numbers_whatever_they_are(start):
    rendered = read(Blocks().write([{"type": "list", **listing("a", "b", ordered=True, start=start)}])[0])
    assert rendered.count("<li>") == 2
    shown = plain(rendered) if start < 0 else rendered
    assert str(start) in shown


def test_table_without_heads_has_empty_ones_and_heads_at_the_side_are_strong():
    table = {
        "type": "table",
        "caption": "Votes *",
        "header_rows": 0,
        "header_columns": 1,
        "rows": [["a", "1"], ["b", "2"]],
    }
    written = Blocks().write([table])[0]
    assert written.splitlines()[2:] == ["|  |  |", "| --- | --- |", "| **a** | 1 |", "| **b** | 2 |"]
    assert plain(read(written)).startswith("Votes * a 1")


def test_every_kind_of_block_is_written():
    assert markdown.BLOCKS.keys() == BLOCKS.keys() - DESK_ONLY


@pytest.mark.parametrize(
    "words", [*TEXTS, "a: b", "yes", "null", "2026-02-20", '"quoted"', "line\u2028end\x85", "\x7f", "😀", "'"]
)
def test_head_of_the_page_is_yaml_that_says_the_same(words):
    head = front_matter({"title": words, "authors": [words, "B"], "none": None, "words": 3})
    read_again = yaml.safe_load(head.removeprefix("---\n").removesuffix("---"))
    assert read_again == {"title": words, "authors": [words, "B"], "words": 3}


# Whole items


def parts_of(response):
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    head, body = response.content.decode().removeprefix("---\n").split("\n---\n", 1)
    return yaml.safe_load(head), body


def test_story_has_its_head_its_text_and_every_credit(newsroom, api):
    head, body = parts_of(api.get("articles/full/?format=md"))

    told = api("articles/full/")
    assert head["title"] == "Full"
    assert (head["byline"], head["authors"]) == (told["byline"], ["Ada Writer", "An Agency"])
    assert (head["date"], head["url"], head["language"]) == (told["published_at"], told["web_url"], "en-GB")
    assert head["credits"] == ["A. Name/Agency"]
    assert body.startswith("\n# Full\n\nAll of it.\n")
    assert "\nLviv — One *two*.\n" in body
    assert "\n**Correction, 2020-01-01:** It was Tuesday.\n" in body
    assert body.count("(A. Name/Agency)") == 6  # the lead's, its film's, a photo's, two of a gallery's, a film's
    for words in (
        "> — The mayor",
        "| Ward | Votes |",
        "> **The barrier**",
        "[Film](https://www.youtube.com/watch?v=aqz-KE-bpKQ)",
    ):
        assert words in body
    assert re.findall(r"!\[([^\]]*)\]", body) == ["A street", "A quay", "A street", ""]


def test_correction_is_called_so_in_the_language_of_its_story(db, api):
    publish(make_article(slug="uk", language="uk", corrections=["Було у вівторок."]))
    publish(make_article(slug="sv", language="sv", corrections=["Det var tisdag."]))

    assert "**Виправлення, 2020-01-01:** Було у вівторок." in parts_of(api.get("articles/uk/?format=md"))[1]
    assert "**Correction, 2020-01-01:** Det var tisdag." in parts_of(api.get("articles/sv/?format=md"))[1]


def test_signs_in_every_plain_text_stay_texts(db, api):
    odd = "*a* [b](c) <d> # 1."
    byline = make_byline("*A* [B]", slug="a-b", job_title=odd, links=[{"label": odd, "url": "https://example.org/(x)"}])
    photo = make_photo(alt_text=odd, caption=odd, credit_line=odd)
    publish(make_article(headline=odd, slug="odd", standfirst=odd, dateline="*L*", lead_photo=photo, bylines=[byline],
                         corrections=[odd], body=paragraphs("It.")))  # fmt: skip
    publish(
        make_video(headline=odd, slug="odd", standfirst=odd, transcript=f"{odd}\n\n# b", credit_line=odd, poster=photo)
    )

    _, body = parts_of(api.get("articles/odd/?format=md"))
    rendered = read(body)
    assert rendered.startswith(f"<h1>{html.escape(odd)}</h1>\n<p>{html.escape(odd)}</p>")
    assert f'alt="{html.escape(odd)}"' in rendered
    assert "<em>" not in rendered
    assert "*L* — It." in plain(rendered)
    _, body = parts_of(api.get("videos/odd/?format=md"))
    assert "<em>" not in read(body)
    assert "\n\\# b\n" in body
    _, body = parts_of(api.get("bylines/a-b/?format=md"))
    assert read(body).startswith("<h1>*A* [B]</h1>")
    assert "<em>" not in read(body)


def test_blurb_has_its_source_and_what_it_leads_to(newsroom, api):
    head, body = parts_of(api.get(f"blurbs/{newsroom['blurb'].pk}/?format=md"))

    assert head["source"] == "The council"
    assert "[The council](https://council.example.org/)" in body
    assert "[Full](http://localhost:8000/articles/full)" in body
    assert body.count("A. Name/Agency") == 2


def test_blurb_with_nothing_but_a_text_is_that_text(db, api):
    blurb = publish(make_blurb(text_html="<p>One <strong>two</strong>.</p><ul><li>Three</li></ul>"))

    assert parts_of(api.get(f"blurbs/{blurb.pk}/?format=md"))[1] == "\nOne **two**.\n\n- Three\n"


def test_head_of_the_page_says_what_ai_did(db, api):
    publish(make_article(slug="made", ai_use_level="generated"))
    assert '\nai_use: "AI made it."\n' in api.get("articles/made/?format=md").content.decode()
