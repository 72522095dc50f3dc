"""Tables, lists in lists, and quotes of more than a line, written in a real browser."""

import re

import pytest

from tests.browser import MARKS, begin, expect
from tests.browser.test_editor_paste import PASTE, plain, table

pytestmark = MARKS
TEXT = ".field-body .ProseMirror[contenteditable]"


@pytest.fixture
def page(sheet):
    return sheet


def write(page, *texts):
    for text in texts:
        for key in text if isinstance(text, list) else []:
            page.keyboard.press(key)
        if isinstance(text, str):
            page.keyboard.type(text)


def tool(page, name):
    page.locator(".story-table-tools").get_by_role("button", name=name, exact=True).click()


def test_table_is_written_by_keyboard_alone(page):
    write(page, "Before.", ["Enter"], "/tab", ["Enter"])
    write(
        page, "Year", ["Tab"], "Ships", ["Tab"], "Tonnes", ["Tab"], "2023", ["Enter"], "2024", ["ArrowUp", "Tab"], "7"
    )
    write(page, ["Shift+Enter"], "of them new", ["Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"])
    expect(page.locator(".story-table-caption")).to_be_focused()
    write(page, "Ships in port", ["Enter"], ["Tab"] * 8, "last", ["Tab"], "one more row", ["Control+Enter"], "After.")

    assert plain(page) == (
        "<p>Before.</p>"
        + table(
            ["#Year", "#Ships", "#Tonnes"],
            ["2023", "7<br>of them new", ""],
            ["2024", "", "last"],
            ["one more row", "", ""],
            caption="Ships in port",
        )
        + "<p>After.</p>"
    )


def test_tools_of_a_table_are_reached_and_left_by_keyboard(page):
    begin(page, table(["a", "b"], ["c", "d"]) + "<p>x</p>")
    page.locator(".story-table td").first.click()
    write(page, ["Alt+F10"])
    expect(page.locator("[data-act=headRow]")).to_be_focused()
    write(page, ["Enter", "ArrowRight", "Enter", "Escape"])
    expect(page.locator(TEXT)).to_be_focused()
    write(page, ["End"], "!")

    assert plain(page) == table(["#a!", "#b"], ["#c", "d"]) + "<p>x</p>"
    expect(page.locator("[data-act=headRow]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-act=headColumn]")).to_have_attribute("aria-pressed", "true")


def test_rows_and_columns_come_and_go_and_heads_stay_heads(page):
    begin(page, table(["#a", "#b"], ["#c", "d"]) + "<p>x</p>")
    page.locator(".story-table td").first.click()
    tool(page, "Add a row below")
    tool(page, "Add a column after")
    assert plain(page) == table(["#a", "#b", "#"], ["#c", "d", ""], ["#", "", ""]) + "<p>x</p>"

    page.locator(".story-table th").first.click()
    tool(page, "Add a row below")
    assert plain(page).startswith(table(["#a", "#b", "#"], ["#", "", ""], ["#c", "d", ""], ["#", "", ""]))
    page.locator(".story-table th").first.click()
    tool(page, "Remove the row")
    assert plain(page) == table(["#", "", ""], ["#c", "d", ""], ["#", "", ""]) + "<p>x</p>"
    tool(page, "Remove the column")
    assert plain(page) == table(["", ""], ["d", ""], ["", ""]) + "<p>x</p>"
    tool(page, "Header row")
    assert plain(page) == table(["#", "#"], ["d", ""], ["", ""]) + "<p>x</p>"
    tool(page, "Remove the table")
    assert plain(page) == "<p>x</p>"


def test_table_is_moved_by_keys_and_taken_out_when_all_of_it_is_chosen_or_it_is_empty(page):
    begin(page, "<p>One</p>" + table(["a", "b"], ["c", "d"]))
    page.locator(".story-table td").first.click()
    write(page, ["Alt+ArrowUp"])
    assert plain(page) == table(["a", "b"], ["c", "d"]) + "<p>One</p>"

    page.locator(".story-table td").first.drag_to(page.locator(".story-table td").last)
    write(page, ["Delete"])
    assert plain(page) == "<p>One</p>"

    begin(page, table(["", ""], ["", ""]) + "<p>One</p>")
    page.locator(".story-table td").first.click()
    write(page, ["Backspace"])
    assert plain(page) == "<p>One</p>"


COPIED = """() => {
  const data = new DataTransfer()
  const copy = new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true })
  document.activeElement.dispatchEvent(copy)
  return data.getData("text/plain")
}"""


def test_cells_that_are_chosen_are_copied_as_those_of_a_sheet_and_nothing_between_them(page):
    begin(page, table(["a", "b"], ["c", "d"], ["e", "f"]) + "<p>One</p>")
    cells = page.locator(".story-table td")
    cells.nth(0).drag_to(cells.nth(4))
    assert page.evaluate(COPIED) == "a\nc\ne"
    cells.nth(0).drag_to(cells.nth(3))
    assert page.evaluate(COPIED) == "a\tb\nc\td"


def test_change_in_a_table_that_was_pasted_is_taken_back_and_done_again(page):
    page.evaluate(PASTE, ["<table><tr><th>Company<th>Contact<tr><td>Alfreds<td>Maria</table>", "x"])
    page.locator(".story-table td").last.click()
    write(page, ["End"], " Anders")
    written = page.locator("#id_body").input_value()
    write(page, ["Control+z"])
    assert "Anders" not in page.locator("#id_body").input_value()
    write(page, ["Control+y", "Control+y"])
    assert page.locator("#id_body").input_value() == written


def test_items_go_in_and_out_of_lists_with_tab(page):
    write(page, "/num", ["Enter"], "one", ["Enter"], "two", ["Enter", "Tab"], "deeper", ["Enter"], "still", ["Enter"])
    write(page, ["Tab"], "deepest", ["Enter", "Shift+Tab", "Shift+Tab"], "three")
    assert plain(page) == (
        "<ol><li><p>one</p></li><li><p>two</p><ol><li><p>deeper</p></li><li><p>still</p>"
        "<ol><li><p>deepest</p></li></ol></li></ol></li><li><p>three</p></li></ol>"
    )


def test_item_goes_into_the_list_that_stands_there_and_takes_those_below_with_it(page):
    begin(page, "<ul><li><p>a</p><ol><li><p>b</p></li></ol></li><li><p>c</p></li></ul>")
    write(page, ["Tab"], "!")
    assert plain(page) == "<ul><li><p>a</p><ol><li><p>b</p></li><li><p>c!</p></li></ol></li></ul>"

    begin(page, "<ul><li><p>a</p><ul><li><p>b</p><ol><li><p>x</p></li></ol></li><li><p>c</p></li></ul></li></ul>")
    page.locator(TEXT).get_by_text("b", exact=True).click()
    page.wait_for_timeout(600)  # what is written without a pause is one step to undo
    write(page, ["Shift+Tab"])
    assert plain(page) == ("<ul><li><p>a</p></li><li><p>b</p><ol><li><p>x</p></li><li><p>c</p></li></ol></li></ul>")
    page.keyboard.press("Control+z")
    assert "<li><p>b</p><ol><li><p>x</p></li></ol></li><li><p>c</p></li>" in plain(page)


def test_first_number_of_a_list_is_chosen(page):
    write(page, "/num", ["Enter"], "Five", ["Shift+Home"])
    page.locator("[data-name=firstNumber]").click()
    page.locator("dialog[open] input").fill("5")
    page.keyboard.press("Enter")
    write(page, ["End"], "!")

    assert plain(page) == '<ol start="5"><li><p>Five!</p></li></ol>'


def test_quote_holds_paragraphs_and_lists_and_keeps_its_speaker(page):
    write(page, "/quo", ["Enter"], "We have asked.", ["Enter"], "For:", ["Enter"], "- a quay", ["Enter", "Tab"])
    write(page, ["Enter"], "a dredger", ["Tab", "Tab"], "Ann Able", ["Enter"], "After.")

    shown = re.sub(r"<p></p>", "", plain(page))
    assert 'data-attribution="Ann Able"' in shown
    assert shown.startswith("<blockquote")
    assert shown.endswith("</blockquote><p>After.</p>")
    assert "<p>We have asked.</p><p>For:</p><ul>" in shown
