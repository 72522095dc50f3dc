"""A desk in a real browser, Debian's Chromium driven by Playwright: what its tests share."""

import re
import time
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
expect = sync_api.expect
expect.set_options(timeout=30_000)  # milliseconds: a busy machine is no fault of the desk

# The one without a window takes a third less of a processor.
CHROMIA = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]
CHROMIUM = next((path for path in CHROMIA if path.exists()), CHROMIA[-1])
MARKS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium: the desk was not tried in a browser"
    ),
]


def settled(page):
    """Wait until the page's editor can be written in."""
    page.locator(".ProseMirror[contenteditable]").first.wait_for()


EDITOR = 'document.querySelector(".field-body .ProseMirror[contenteditable]").editor'
BEGIN = f"""async (html) => {{
  {EDITOR}.commands.setContent(html)
  {EDITOR}.view.dom.parentElement.querySelector(":scope > .story-left-out button").click()
  {EDITOR}.commands.focus("end")
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame)
}}"""

FORGET = f"""() => {{
  const {{ view }} = {EDITOR}
  const {{ doc, plugins, selection }} = view.state
  view.updateState(view.state.constructor.create({{ doc, plugins, selection }}))
}}"""


def begin(page, html):
    """Have this stand in a story, and the caret behind it; nothing is said any more of what was left out before."""
    page.evaluate(BEGIN, html)


def begin_anew(page):
    """Empty a story, with nothing that could be taken back."""
    begin(page, "")
    page.evaluate(FORGET)


def until(page, question, answer, timeout=30):
    """Ask a page again and again until it gives this answer: its own policy forbids it to wait for a text of ours."""
    ends = time.monotonic() + timeout
    while (given := page.evaluate(question)) != answer and time.monotonic() < ends:
        page.wait_for_timeout(50)
    assert given == answer


def choose(page, name, text):
    """Search in an autocomplete field and take the first that is found."""
    shown = page.locator(f"#id_{name} + .select2-container")
    shown.click()
    with page.expect_response(re.compile(r"/autocomplete/\?term=[^&]")):
        page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option--highlighted", has_text=text).click()
    expect(shown).to_contain_text(text)


def add_row(page, group, row):
    page.locator(f"#{group}-group .add-row a").click()
    page.locator(f"#{group}-{row}").wait_for()


def press(page, label):
    """Press a button of the bar, and wait for what the desk says about it."""
    page.locator(".desk-bar").get_by_role("button", name=label, exact=True).click()
    page.locator(".desk-bar:not([aria-busy])").wait_for()
    page.locator(".messagelist").wait_for()


def choose_photo(page, name, text):
    """Search in the library that opens for a field, and take the first photo that is found."""
    page.locator(f"#id_{name}_choose").click()
    dialog = page.locator("dialog.photo-library[open]")
    dialog.locator("input[type=search]").fill(text)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    page.locator(f".photo-choice:has(#id_{name}) .photo-preview img").wait_for()
