"""The first click into a text and the keys after it, at machine speed, in a real browser."""

import re

import pytest

from newsroom.models import Article
from tests.browser import MARKS, expect, press, settled
from tests.factories import make_article, make_photo

pytestmark = MARKS
TEXT = ".field-body .ProseMirror[contenteditable]"
WAITING = ".field-body .prose-editor.is-waiting"
LINES = ["The first line of it.", "The second line, which is clicked.", "The third line."]
BODY = [{"id": f"p{number}", "type": "paragraph", "html": line} for number, line in enumerate(LINES)]
# Where the letter stands before which somebody clicks.
POINT = """([selector, line, offset]) => {
  const node = document.querySelectorAll(`${selector} p`)[line].firstChild
  const range = document.createRange()
  range.setStart(node, offset)
  range.setEnd(node, offset + 1)
  const { left, top, height } = range.getBoundingClientRect()
  return [left + 1, top + height / 2]
}"""
MIDDLE = """(selector) => {
  const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect()
  return [left + width / 2, top + height / 2]
}"""
# A page that is busy: nothing of its own runs for so long.
BUSY = "(milliseconds) => { const end = Date.now() + milliseconds; while (Date.now() < end); }"


def lines(page):
    return page.locator(f"{TEXT} > p").all_inner_texts()


def struck(page, selector, keys):
    """Click before the "w" of "which", and press at once what is given."""
    point = page.evaluate(POINT, [selector, 1, LINES[1].index("which")])
    page.mouse.click(*point)
    for key in keys:
        page.keyboard.press(key)


@pytest.fixture
def story():
    return make_article(body=BODY)


@pytest.mark.parametrize(
    ("keys", "second"),
    [
        (["a", "b", " "], ["The second line, ab which is clicked."]),
        (["Home", "X"], ["XThe second line, which is clicked."]),
        (["Enter", "/"], ["The second line, ", "/which is clicked."]),
        (["Backspace", "Backspace", "!"], ["The second line!which is clicked."]),
        (["Delete", "W"], ["The second line, Which is clicked."]),
        (["End", "Enter", "/"], ["The second line, which is clicked.", "/"]),
    ],
)
def test_keys_at_once_after_the_first_click_land_where_it_was(open_desk, keys, second):
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{make_article(body=BODY).pk}/change/")
    settled(page)
    struck(page, TEXT, keys)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert lines(page) == [LINES[0], *second, LINES[2]]


def test_twenty_first_clicks_into_a_busy_page_lose_no_key(open_desk, story):
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    settled(page)
    for number in range(20):
        page.evaluate("() => document.activeElement.blur()")
        before = lines(page)
        at = number % 3  # another line each time: two clicks on one are a double click
        point = page.evaluate(POINT, [TEXT, at, 4])
        page.evaluate(f"() => void setTimeout(() => ({BUSY})(60), {number % 5})")
        page.mouse.click(*point)
        page.keyboard.type("xyz")
        page.wait_for_timeout(60)  # no hand goes on to another key sooner
        page.keyboard.press("Home")
        page.wait_for_timeout(60)
        page.keyboard.type("Q")
        page.evaluate("() => new Promise(requestAnimationFrame)")
        before[at] = f"Q{before[at][:4]}xyz{before[at][4:]}"
        assert lines(page) == before


def test_click_below_the_text_takes_the_next_key_at_its_end(open_desk):
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)

    page.locator(TEXT).click()
    page.keyboard.type("At once.")

    assert lines(page) == ["At once."]


def test_home_struck_at_once_after_a_click_below_the_text_is_obeyed(open_desk):
    article = make_article(body=BODY[:1])
    page = open_desk()
    for _ in range(3):
        page.goto(f"/admin/newsroom/article/{article.pk}/change/")
        settled(page)
        page.locator(TEXT).click(position={"x": 200, "y": 150})
        page.keyboard.press("Home")
        page.keyboard.type("X")
        assert lines(page) == [f"X{LINES[0]}"]
        page.keyboard.press("Control+z")


def test_card_that_learns_of_its_photo_while_somebody_clicks_moves_no_caret(open_desk):
    photo = make_photo(caption="A bridge")
    link = {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}
    page = open_desk()
    body = [*BODY, {"id": "c1", "type": "photo", "photo": link}]
    page.goto(f"/admin/newsroom/article/{make_article(body=body).pk}/change/")
    settled(page)
    page.evaluate(f"""() => document.addEventListener("mousedown", () => {{
      const {{ editor }} = document.querySelector("{TEXT}")
      setTimeout(() => {{
        const [card] = editor.storage.storyCard.views.values()
        card.tell({{ ...card.shown, asked: Date.now() }})
      }})
      const end = Date.now() + 30
      while (Date.now() < end);
    }}, true)""")

    struck(page, TEXT, ["a", "b", " "])

    assert lines(page) == [LINES[0], "The second line, ab which is clicked.", LINES[2]]


def held(page):
    """The editor's scripts do not come before the answer is called."""
    pattern, waiting = re.compile(r"django_prose_editor/editor[.\w]*js"), []
    page.route(pattern, lambda route: waiting.append(route))

    def let_go():
        while waiting:
            waiting.pop().continue_()

    return let_go


def test_text_is_written_where_it_was_clicked_before_the_editor_is_there(open_desk, story):
    page = open_desk()
    let_go = held(page)
    page.goto(f"/admin/newsroom/article/{story.pk}/change/", wait_until="commit")
    page.locator(f"{WAITING} p").nth(2).wait_for()
    page.evaluate("() => document.fonts.ready.then(() => null)")  # a letter stands elsewhere in another font
    struck(page, WAITING, ["a", "b", ","])

    page.keyboard.type(" then ")
    let_go()
    settled(page)
    page.keyboard.type("on, ")

    assert lines(page) == [LINES[0], "The second line, ab, then on, which is clicked.", LINES[2]]
    expect(page.locator("#id_body")).to_have_value(re.compile("ab, then on, which"))
    expect(page.locator(WAITING)).to_have_count(0)


def test_every_key_is_kept_while_the_editor_takes_over(open_desk):
    page = open_desk()
    let_go = held(page)
    page.goto("/admin/newsroom/article/add/", wait_until="commit")
    page.locator(WAITING).wait_for()
    page.mouse.click(*page.evaluate(MIDDLE, WAITING))
    page.keyboard.type("First, ")
    let_go()
    written = "First, "
    while page.locator(WAITING).count():
        page.keyboard.type("seven, ")
        written += "seven, "
    page.keyboard.type("and more.")
    page.keyboard.press("Enter")
    page.keyboard.type("The end.")

    settled(page)
    assert lines(page) == [f"{written}and more.", "The end."]


def test_page_whose_editor_never_comes_keeps_and_saves_what_is_written(open_desk):
    page = open_desk()
    page.route(re.compile(r"django_prose_editor/.*js"), lambda route: route.abort())
    page.goto("/admin/newsroom/article/add/")
    page.locator(WAITING).click()
    page.keyboard.type("It rains.")
    page.keyboard.press("Enter")
    page.keyboard.type("It pours.")

    assert page.locator("#id_body").input_value() == "<p>It rains.</p><p>It pours.</p>"
    press(page, "Save draft")
    assert [block["html"] for block in Article.objects.get().body] == ["It rains.", "It pours."]


EVERY = (
    '<p data-id="a1">One <a href="https://example.org/?a=1&amp;b=2">&quot;link&quot;</a> &amp; more</p>'
    '<h2 data-id="a2">Head</h2><h4 data-id="a9">Small</h4>'
    '<ol data-id="a3" start="5"><li><p>Five</p><ul><li><p>a</p></li><li><p>b</p></li></ul></li><li><p></p></li></ol>'
    '<blockquote data-id="a4" data-attribution="Ann &quot;A&quot; O\'Hara" data-pull="yes"><p>Q</p>'
    "<ul><li><p>i</p></li></ul></blockquote>"
    '<table data-id="a5" data-caption="A &amp; B"><tbody><tr><th><p>A</p></th><th><p></p></th></tr>'
    '<tr><th><p>x<br>y</p></th><td><p>1&#x27;s</p></td></tr></tbody></table><hr data-id="a6">'
    '<ul data-id="a7"><li><p>last</p></li></ul>'
)


def test_page_that_nobody_touched_sends_what_it_began_with(open_desk, story):
    page = open_desk()

    def with_everything(route):
        answer = route.fetch()
        html = re.sub(
            r'(<textarea[^>]*id="id_body"[^>]*>).*?(</textarea>)',
            lambda found: found[1] + "\n" + EVERY.replace("&", "&amp;").replace("<", "&lt;") + found[2],
            answer.text(),
            flags=re.DOTALL,
        )
        route.fulfill(response=answer, body=html)

    page.route(re.compile(r"/change/$"), with_everything)
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    settled(page)
    began = page.locator("#id_body").input_value()
    page.locator(f"{TEXT} > p").first.click()
    page.keyboard.type("x")
    page.keyboard.press("Backspace")

    assert "data-caption" in began
    assert page.locator("#id_body").input_value() == began
    assert page.locator("#id_body").evaluate("(field) => field.defaultValue") == began
    page.wait_for_timeout(1500)
    expect(page.locator(".desk-kept")).not_to_have_text("Not saved yet")
