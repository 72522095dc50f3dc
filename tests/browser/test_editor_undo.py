"""Undo and redo in the text of a story, across every card, in a real browser."""

import random

import pytest

from tests.browser import EDITOR, MARKS, expect, settled
from tests.factories import make_article, make_photo

pytestmark = MARKS
# A text as it would be sent, less what cards show of other things, which is nobody's writing.
DOCUMENT = f"""() => {{
  const doc = {EDITOR}.getJSON()
  const strip = (node) => {{
    if (node.attrs) delete node.attrs["data-shown"]
    node.content?.forEach(strip)
    return node
  }}
  return JSON.stringify(strip(doc))
}}"""
ALL_BACK = f"() => {{ let steps = 0; while (steps < 1000 && {EDITOR}.commands.undo()) steps += 1; return steps }}"
ALL_AGAIN = f"() => {{ let steps = 0; while (steps < 1000 && {EDITOR}.commands.redo()) steps += 1; return steps }}"
FIELDS = ".story-card-caption, .story-card-alt, .story-card-title, .story-speaker, .story-table-caption"
WORDS = ["rain", "river", "and", "the bridge", "Ms O’Hara", "42", "тиша", "so."]
KEYS = ["Tab", "Shift+Tab", "Control+b", "Enter", "Control+Shift+b", "Control+z", "Control+y"]
CARET = f"""(chance) => {{
  const places = []
  {EDITOR}.state.doc.descendants((node, at) => {{
    if (node.isTextblock) places.push(at + 1, at + 1 + node.content.size)
  }})
  {EDITOR}.commands.setTextSelection(places[Math.floor(chance * places.length)])
  {EDITOR}.view.focus()
}}"""
PICK = """(chance) => {
  const found = [...document.querySelectorAll(`SELECTOR`)].filter((each) => each.offsetParent)
  const one = found[Math.floor(chance * found.length)]
  one?.DO()
  return Boolean(one)
}"""
SCRIPTS = {
    "field": PICK.replace("SELECTOR", FIELDS).replace("DO", "focus"),
    "tool": PICK.replace("SELECTOR", ".story-table-tools button").replace("DO", "click"),
    "out": PICK.replace("SELECTOR", ".story-card-tools button:last-child").replace("DO", "click"),
}
KINDS = ["quo", "pul", "hea", "list", "num", "div", "fact", "table", "rel", "emb"]


def text_of(page):
    return page.locator(".field-body .ProseMirror[contenteditable]").first


def taken_back_and_done_again(page):
    end = page.evaluate(DOCUMENT)
    page.evaluate(ALL_BACK)
    start = page.evaluate(DOCUMENT)
    page.evaluate(ALL_AGAIN)
    return start, page.evaluate(DOCUMENT), end


@pytest.mark.parametrize("kind", ["/quo", "/pul"])
def test_text_after_a_quote_with_a_speaker_comes_back_with_redo(sheet, kind):
    page = sheet
    for text in ("Before.", ["Enter"], kind, ["Enter"], "It will not.", ["Tab"], "A. Speaker", ["Enter"], "After it."):
        for key in text if isinstance(text, list) else []:
            page.keyboard.press(key)
        if isinstance(text, str):
            page.keyboard.type(text)
    written = page.locator("#id_body").input_value()

    for _ in range(30):
        page.keyboard.press("Control+z")
    assert text_of(page).inner_text().strip() == ""
    for _ in range(30):
        page.keyboard.press("Control+Shift+z")

    assert page.locator("#id_body").input_value() == written


def test_speaker_that_is_written_and_taken_back_in_its_field_leaves_what_follows(sheet):
    page = sheet
    page.keyboard.type("One")
    page.keyboard.press("Enter")
    page.keyboard.type("/pul")
    page.keyboard.press("Enter")
    page.keyboard.type("Two")
    page.keyboard.press("Tab")
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    page.keyboard.type("Three")
    written = page.locator("#id_body").input_value()

    page.locator(".story-speaker").click()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    for _ in range(5):
        page.keyboard.press("Control+y")

    assert page.locator("#id_body").input_value() == written


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_written_is_taken_back_whole_and_done_again_whole(open_desk, seed):
    photo = make_photo(caption="A bridge")
    chance = random.Random(seed)
    page = open_desk()
    body = [
        {"id": "p1", "type": "paragraph", "html": "One"},
        {"id": "p2", "type": "paragraph", "html": "Two <em>more</em>"},
    ]
    page.goto(f"/admin/newsroom/article/{make_article(body=body).pk}/change/")
    settled(page)
    start = page.evaluate(DOCUMENT)
    for _ in range(25):
        act(page, chance, photo)

    back, again, end = taken_back_and_done_again(page)

    assert (back, again) == (start, end)


ACTS = ["write"] * 3 + ["insert"] * 3 + ["field"] * 3 + ["move", "delete", "photo", "tool", "out", "key"]


def act(page, chance, photo):
    """One thing that an editor does, wherever the caret or the focus happens to be put."""
    name = chance.choice(ACTS)
    if name in SCRIPTS:
        if page.evaluate(SCRIPTS[name], chance.random()) and name == "field":
            page.keyboard.type(chance.choice(WORDS))
            if chance.random() < 0.5:
                page.keyboard.press("Enter")
                page.keyboard.type(chance.choice(WORDS))
        return
    page.evaluate(CARET, chance.random())
    if name == "write":
        page.keyboard.type(chance.choice(WORDS))
        if chance.random() < 0.4:
            page.keyboard.press("Enter")
            page.keyboard.type(chance.choice(WORDS))
    elif name == "insert":
        for key in ("End", "Enter"):
            page.keyboard.press(key)
        page.keyboard.type(f"/{chance.choice(KINDS)}")
        page.keyboard.press("Enter")
        page.keyboard.type(chance.choice(WORDS))
    elif name == "photo":
        link = {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}
        page.evaluate(f"(photo) => {EDITOR}.commands.insertCard({{ type: 'photo', photo }})", link)
    elif name == "move":
        page.keyboard.press(chance.choice(["Alt+ArrowUp", "Alt+ArrowDown"]))
    elif name == "delete":
        for _ in range(chance.randrange(1, 6)):
            page.keyboard.press(chance.choice(["Backspace", "Delete", "Shift+ArrowLeft"]))
    else:
        page.keyboard.press(chance.choice(KEYS))


def test_caption_of_a_table_and_its_cells_are_steps_of_one_thread(sheet):
    page = sheet
    page.keyboard.type("/table")
    page.keyboard.press("Enter")
    page.keyboard.type("Year")
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".story-table-caption")).to_be_focused()
    page.keyboard.type("Ships in port")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Ships")
    page.locator("[data-act=rowBelow]").click()
    written = page.locator("#id_body").input_value()

    start, again, end = taken_back_and_done_again(page)

    assert again == end
    assert 'data-caption="Ships in port"' in written
    assert page.locator("#id_body").input_value() == written
    assert "table" not in start
