"""What is pasted into a story, from the programs that newsrooms write in, in a real browser."""

import re
from pathlib import Path

import pytest

from tests.browser import EDITOR, MARKS, begin, expect, settled

pytestmark = MARKS
PASTES = Path(__file__).parent / "pastes"
PASTE = """([html, text]) => {
  const data = new DataTransfer()
  if (html) data.setData("text/html", html)
  data.setData("text/plain", text)
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
  document.activeElement.dispatchEvent(paste)
}"""


@pytest.fixture
def paste(sheet):
    """`paste(html)` into an empty story, or after `into`: what the editor sends then, and what it says."""

    def paste_in(html, text="x", into="", keys=()):
        begin(sheet, into)
        for key in keys:
            sheet.keyboard.press(key)
        sheet.evaluate(PASTE, [html, text])
        return plain(sheet), sheet.locator(".story-left-out span").inner_text()

    paste_in.page = sheet
    return paste_in


def plain(page):
    """What is sent, without the ids."""
    return re.sub(r' data-id="[^"]*"', "", page.evaluate(f"() => {EDITOR}.getHTML()"))


def link(address, text):
    return f'<a href="{address}">{text}</a>'


def table(*rows, caption=""):
    """Cells as text; a head begins with #."""
    cell = "<{0}><p>{1}</p></{0}>"
    lines = (
        "".join(cell.format("th", text[1:]) if text[:1] == "#" else cell.format("td", text) for text in row)
        for row in rows
    )
    said = f' data-caption="{caption}"' if caption else ""
    return f"<table{said}><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


WORD_HOUSE = (
    "<h2>Report title</h2>"
    "<p>Some <strong>bold</strong> and <em>it</em> text with a "
    f"{link('https://example.org/a?b=1&amp;c=2', 'link')}.</p>"
    "<ul><li><p>First</p></li><li><p>Second <strong>x</strong> for $$5 at AT$&amp;T</p></li></ul>"
    "<ol><li><p>Num</p></li></ol>" + table(["A", "B"], ["1", "2"])
)
SHAPES = {
    "word": (WORD_HOUSE, "Left out of what you pasted: 1 picture"),
    "word-footnotes": (
        f"<p>The port silted up.[1] See the {link('https://example.org/report?year=2024#part', 'report')}.</p>"
        '<ol start="3"><li><p>First item</p><ol><li><p>Subitem</p></li></ol></li><li><p>Second item</p></li></ol>'
        + table(["#Year", "#Ships"], ["2024", "7<br>of them new"])
        + "<hr><p>[1] Harbour log, 1931.</p>",
        "Left out of what you pasted: 1 picture",
    ),
    "word-online": (
        "<p>Before</p><ul><li><p>One</p><ul><li><p>Inner</p></li></ul></li><li><p>Two</p></li></ul>",
        "",
    ),
    "google-docs": (
        "<h2>Docs heading</h2><p>Plain then <strong>bold</strong> and "
        f"{link('https://example.com/page?x=1', 'a link')}.</p>"
        "<ul><li><p><em>one</em></p><ul><li><p>inner</p></li></ul></li><li><p>two</p></li></ul><p>bad</p>",
        "",
    ),
    "google-docs-table": (
        f"<p>A note<sup>[1]</sup> and {link('https://example.com/a?id=3', 'a link')}</p>"
        '<ol start="5"><li><p>Five</p><ol><li><p>inner</p></li></ol></li><li><p>Six</p></li></ol>'
        + table(["#Month", "#Savings"], ["January", "$250<br>in cash"], ["Source: the bank", ""]),
        "",
    ),
    "gmail": (
        "<p>Dear desk,</p><p>The figures: <strong>12</strong> and 30.<br>More tomorrow 😀</p>"
        + table(["Left column", link("https://example.org/news", "Right column")])
        + "<p>On Mon, Ann wrote:</p><blockquote><p>First.</p><ul><li><p>a point</p></li></ul></blockquote>",
        "",
    ),
    "excel": (table(["#Ward", "#Votes"], ["North", "1,204"], ["South", "930"]), ""),
    "google-sheets": (table(["#Port", "#Ships"], ["Odesa<br>and Chornomorsk", "12"]), ""),
    "apple-notes": (
        "<p><strong>Shopping</strong></p><p>One two</p>"
        "<ul><li><p>Bread</p><ul><li><p>rye</p></li></ul></li><li><p>Milk</p></li></ul>"
        + table(["A", "1"], ["B", "2"]),
        "",
    ),
    "wordpress-page": (
        "<h2>The count</h2><p>A ship</p>"
        + table(["#Year", "#Ships"], ["#2024", "7"], caption="Ships in port")
        + '<blockquote data-attribution="Ann Able"><p>Never again.</p><ul><li><p>Not once</p></li></ul></blockquote>'
        '<blockquote data-attribution="B. Best" data-pull="yes"><p>It will not.</p></blockquote>'
        "<p>Search</p><p>He reviewed <em>The Long Quay</em> for the paper🚢.</p><p>Next line</p><p>after</p>"
        "<p>Term</p><p>Meaning</p>",
        "Left out of what you pasted: 1 picture, 1 video, 1 audio clip, 1 embedded page, 1 form, 1 other thing",
    ),
}


def test_text_from_the_programs_of_a_newsroom_comes_whole_and_says_what_it_left(paste):
    pasted = {name: paste((PASTES / f"{name}.html").read_text()) for name in SHAPES}

    assert pasted == SHAPES


def test_what_was_left_out_is_said_until_it_is_closed(paste):
    page = paste.page
    paste("<p>One</p><img src=a><img src=b><form><input></form>")
    notice = page.locator(".story-left-out")
    expect(notice).to_contain_text("Left out of what you pasted: 2 pictures, 1 form")
    expect(notice.locator("[role=status]")).to_have_attribute("aria-live", "polite")

    notice.get_by_role("button", name="Close").click()

    expect(notice.locator("span")).to_have_text("")
    expect(page.locator(".field-body .ProseMirror[contenteditable]")).to_be_focused()


LINKS = [
    ("https://example.org/a?utm_source=x&b=1&gclid=2", "https://example.org/a?b=1"),
    ("https://example.org/?fbclid=1#top", "https://example.org/#top"),
    ("https://example.org/a?q=a%20b&amp=1", "https://example.org/a?q=a%20b&amp;amp=1"),
    ("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fx%3Futm_medium%3Dy&sa=D", "https://example.org/x"),
    ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F&data=1", "https://example.org/"),
    ("mailto:a@example.org", "mailto:a@example.org"),
    ("#_ftn1", None),
    ("/admin/newsroom/article/add/#_ftn1", None),
    ("DESK/admin/newsroom/article/add/#_ftn1", None),
    ("file:///C:/a.docx#_ftn1", None),
    ("javascript:alert(1)", None),
]


def test_links_lead_to_the_web_alone_and_count_nobody(paste, live_server):
    html = "".join(f'<p><a href="{given.replace("DESK", live_server.url)}">x</a></p>' for given, _kept in LINKS)
    right = "".join(f'<p><a href="{kept}">x</a></p>' if kept else "<p>x</p>" for _given, kept in LINKS)

    assert paste(html)[0] == right
    # From another page's editor of the same make, where nothing is cleaned on the way in.
    assert paste(html.replace("<p>", '<p data-pm-slice="1 1 []">', 1))[0] == right


def test_sheet_that_comes_as_text_is_a_table_and_other_text_is_not(paste):
    assert paste("", "Ward\tVotes\nNorth\t1,204\n")[0] == table(["Ward", "Votes"], ["North", "1,204"])
    assert paste("", "One\tline")[0] == "<p>One\tline</p>"
    assert paste("", "One\n\nTwo")[0] == "<p>One</p><p>Two</p>"


def test_pasting_beside_or_into_a_table_swallows_nothing(paste):
    two = table(["#A", "#B"], ["1", "2"])
    web = "<p>Intro</p><table><tr><th>A<th>B<tr><td>1<td>2</table>"

    assert paste(web, into="<p>After</p>", keys=["Home"])[0] == f"<p>Intro</p>{two}<p>After</p>"
    assert paste("<p>One</p><ul><li>Two</li></ul><h2>Three</h2>", into=two)[0] == table(
        ["#A", "#B"], ["1", "2One<br>Two<br>Three"]
    )
    assert paste("", "x\ty\nz\tw", into=two)[0] == table(["#A", "#B", "#"], ["1", "x", "y"], ["", "z", "w"])


def test_item_pasted_on_top_of_a_list_keeps_the_list(paste):
    kept = paste(
        "<ul><li>new</li></ul>", into="<ul><li><p>one</p></li><li><p>two</p></li></ul>", keys=["Control+Home"]
    )[0]

    assert re.sub(r"<[^>]+>", " ", kept).split() in (["newone", "two"], ["new", "one", "two"])


def test_fact_box_and_blurb_are_pasted_into_as_cleanly(open_desk, paste):
    page = paste.page
    html = (
        '<p>See <a href="https://example.org/?utm_source=x">this</a><a href="#_ftn1">[1]</a></p>'
        "<table><tr><td>12</td><td>30</td></tr></table><blockquote><p>Never.</p></blockquote><img src=a>"
    )
    right = f"<p>See {link('https://example.org/', 'this')}[1]</p><p>12 | 30</p><p>Never.</p>"
    page.keyboard.type("/fact")
    for key in ("Enter", "Enter"):
        page.keyboard.press(key)
    page.evaluate(PASTE, [html, "x"])
    assert page.evaluate(f"() => JSON.parse({EDITOR}.state.doc.firstChild.attrs['data-block']).html") == right
    expect(page.locator(".story-card .story-left-out")).to_contain_text("1 picture")

    page = open_desk()
    page.goto("/admin/newsroom/blurb/add/")
    settled(page)
    page.locator(".ProseMirror[contenteditable]").click()
    page.evaluate(PASTE, [html, "x"])
    assert page.locator("textarea[data-django-prose-editor-configurable]").first.input_value() == right
    expect(page.locator(".story-left-out")).to_contain_text("1 picture")
