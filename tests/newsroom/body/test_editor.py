"""A body on its way into the editor and back."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.body import BLOCKS, blocks_from_html, editor_html
from newsroom.body.form_field import unlabelled, with_untouched

KEY = "0d2f8d36-5f0e-4c5c-9d0e-6f1d2b1a0c11"


def placed(kind, **values):
    return {"link": kind, "id": KEY, **values}


def item(text, *inner):
    return {"html": text, "list": {"ordered": False, "start": 1, "items": list(inner)} if inner else None}


def listed(*items):
    return {"type": "list", "ordered": False, "start": 1, "items": list(items)}


def every_block():
    """One block of each type, as a working copy keeps it."""
    photo = placed("photo", caption='A "quoted" & <odd> caption', alt_text="")
    return [
        {
            "id": "b1",
            "type": "paragraph",
            "html": 'It <strong>rains</strong> &amp; <a href="https://x.org/?a=1&amp;b=2">pours</a>.',
        },
        {"id": "b2", "type": "heading", "level": 3, "html": "A <em>heading</em>"},
        {
            "id": "b3",
            "type": "list",
            "ordered": True,
            "start": 5,
            "items": [item("one"), item("two<br>lines", item("a"), item("b")), item("<s>three</s>")],
        },
        {
            "id": "b4",
            "type": "quote",
            "html": "<p>Never.</p><ul><li>a</li></ul>",
            "attribution": 'Anna "Ann" O\'Hara & co',
        },
        {"id": "b5", "type": "pullquote", "html": "<p><em>Never</em> again.</p>", "attribution": None},
        {
            "id": "b13",
            "type": "table",
            "caption": 'A "caption" & more',
            "header_rows": 1,
            "header_columns": 1,
            "rows": [["", "2025"], ["<strong>Ships</strong>", "1<br>2"], ["Boats", ""]],
        },
        {"id": "b6", "type": "photo", "photo": photo},
        {"id": "b7", "type": "gallery", "photos": [photo, photo]},
        {"id": "b8", "type": "video", "video": placed("video", whole=True)},
        {"id": "b9", "type": "related", "article": placed("article")},
        {
            "id": "b10",
            "type": "embed",
            "provider": "youtube",
            "url": "https://youtu.be/abcdefghijk",
            "title": "</div>'\"",
        },
        {"id": "b11", "type": "factbox", "title": "Facts", "html": "<p>One</p><ul><li>Two</li></ul>"},
        {"id": "b12", "type": "divider"},
        {"id": "b14", "type": "paywall"},
    ]


def test_every_type_of_block_comes_back_as_it_went():
    blocks = every_block()
    assert sorted(block["type"] for block in blocks) == sorted(BLOCKS)

    sent = blocks_from_html(editor_html(blocks, lambda block: {"label": '"<Label>"', "picture": "/media/x?a&b"}))

    assert orjson.dumps(with_untouched(sent, blocks)) == orjson.dumps(blocks)
    assert {block["id"]: block for block in sent} == {block["id"]: block for block in blocks}


TEXTS = st.lists(
    st.sampled_from(
        ["word", " ", "&amp;", "&lt;b&gt;", "<br>", "<strong>x</strong>", "<em><s>y</s></em>", "“ї”", "'", '"']
    ),
    min_size=1,
    max_size=8,
).map("".join)


@given(st.lists(TEXTS, max_size=5))
def test_untouched_body_is_the_same_to_the_byte(texts):
    blocks = [{"id": f"b{number}", "type": "paragraph", "html": text} for number, text in enumerate(texts)]

    sent = blocks_from_html(editor_html(blocks, unlabelled))

    assert orjson.dumps(with_untouched(sent, blocks)) == orjson.dumps(blocks)


def test_blocks_around_an_edited_one_stay_as_they_were():
    blocks = every_block()
    text = editor_html(blocks, unlabelled).replace("A <em>heading</em>", "Another heading")

    after = with_untouched(blocks_from_html(text), blocks)

    changed = {**blocks[1], "html": "Another heading"}
    assert orjson.dumps([block for block in after if block["id"] != "b2"]) == orjson.dumps(blocks[:1] + blocks[2:])
    assert after[1] == changed


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("<p></p>", []),
        ("<p>One</p><p>Two</p>", [{"type": "paragraph", "html": "One"}, {"type": "paragraph", "html": "Two"}]),
        ("bare", [{"type": "paragraph", "html": "bare"}]),
        ("<h1>Top</h1>", [{"type": "heading", "level": 2, "html": "Top"}]),
        ("<h6>Low</h6>", [{"type": "heading", "level": 4, "html": "Low"}]),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", [listed(item("a"), item("b"))]),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", [listed(item("a", item("b")), item("c"))]),
        (
            "<blockquote><p>a</p><p>b</p><footer>C</footer></blockquote>",
            [{"type": "quote", "html": "<p>a</p><p>b</p>", "attribution": "C"}],
        ),
        (
            '<blockquote data-pull="yes" data-attribution="C"><p>a</p></blockquote>',
            [{"type": "pullquote", "html": "<p>a</p>", "attribution": "C"}],
        ),
        ("<p>a<script>alert(1)</script></p>", [{"type": "paragraph", "html": "a"}]),
        ('<p><a href="javascript:alert(1)">a</a></p>', [{"type": "paragraph", "html": "a"}]),
        ('<div data-block="no json"></div><hr>', [{"type": "divider"}]),
        (
            "<blockquote><p>a</p><ul><li>b</li></ul></blockquote>",
            [{"type": "quote", "html": "<p>a</p><ul><li>b</li></ul>", "attribution": None}],
        ),
        ("<ul><li>a<blockquote>b<blockquote>c</blockquote></blockquote></li></ul>", [listed(item("a<br>b<br>c"))]),
    ],
)
def test_html_of_an_editor_or_a_page_becomes_blocks(text, blocks):
    assert blocks_from_html(text) == blocks


def test_card_that_landed_in_a_list_is_not_lost():
    card = '<div data-block="{&quot;id&quot;:&quot;c&quot;,&quot;type&quot;:&quot;divider&quot;}"></div>'

    blocks = blocks_from_html(f"<ul><li><p>a</p>{card}</li><li><p>b</p></li></ul>")

    assert {"id": "c", "type": "divider"} in blocks
    assert [block["items"] for block in blocks if block["type"] == "list"] == [[item("a"), item("b")]]


@pytest.mark.parametrize("block", every_block(), ids=lambda block: block["type"])
def test_each_block_comes_back_alone_to_the_byte(block):
    sent = blocks_from_html(editor_html([block], lambda block: {"label": "</div>"}))

    assert orjson.dumps(with_untouched(sent, [block])) == orjson.dumps([block])


def test_card_that_is_not_filled_in_yet_is_not_kept():
    assert blocks_from_html('<div data-unfilled="{&quot;type&quot;:&quot;photo&quot;}"></div><p>a</p>') == [
        {"type": "paragraph", "html": "a"}
    ]


def test_heads_of_a_table_are_its_first_rows_and_columns_of_nothing_but_heads():
    html = (
        '<table data-id="t"><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr>'
        "<tr><th><p>c</p></th><td><p>d</p></td></tr></tbody></table>"
    )

    assert blocks_from_html(html) == [
        {
            "id": "t",
            "type": "table",
            "caption": None,
            "header_rows": 1,
            "header_columns": 1,
            "rows": [["a", "b"], ["c", "d"]],
        }
    ]


def test_body_of_an_older_release_comes_to_the_editor_in_its_shape_of_today():
    old = [
        {"id": "l", "type": "list", "ordered": False, "items": ["a", "b"]},
        {"id": "q", "type": "quote", "html": "Never.", "attribution": ""},
    ]

    sent = blocks_from_html(editor_html(old, unlabelled))

    assert sent == [
        {"id": "l", **listed(item("a"), item("b"))},
        {"id": "q", "type": "quote", "html": "<p>Never.</p>", "attribution": None},
    ]
    assert with_untouched(sent, old) == old
