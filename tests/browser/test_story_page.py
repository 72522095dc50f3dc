"""A story's page as an editor looks at it and holds it: by keys, on a phone, and what helps with a long text."""

from newsroom.models import Article
from tests.browser import MARKS, expect, press, settled
from tests.factories import make_article, make_byline, make_photo, make_section, paragraphs, publish

pytestmark = MARKS
AT_THE_END = """() => {
  const { right, top } = document.querySelector(".field-body .ProseMirror[contenteditable] > p").getBoundingClientRect()
  return document.elementFromPoint(right - 3, top + 8).closest(".ProseMirror") !== null
}"""
FOCUS = "document.activeElement.name || document.activeElement.id || document.activeElement.className"


def test_story_is_written_by_keys_and_its_acts_stand_in_one_row(open_desk):
    make_section("World")
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    text, tools = page.locator(".field-body .ProseMirror[contenteditable]"), page.get_by_role("toolbar", name="Format")
    assert page.locator("h1").all_text_contents() == ["New story"]
    assert text.get_attribute("data-empty") == "Write, or press / for a photo, quote, list"

    page.locator("#id_headline").focus()
    tabs = 0
    while page.evaluate(FOCUS) != "_save" and tabs < 20:
        page.keyboard.press("Tab")
        tabs += 1
    assert tabs <= 10

    text.click()
    expect(tools).not_to_be_visible()
    page.keyboard.type("It rains a lot.")
    page.keyboard.press("Control+Shift+ArrowLeft")
    expect(tools).to_be_visible()
    page.keyboard.press("Alt+F10")
    page.keyboard.press("ArrowRight")
    expect(tools.get_by_role("button", name="List", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    expect(tools).not_to_be_visible()
    page.keyboard.type(" And more.")
    page.locator("#placed_bylines-group .add-row a").click()
    page.locator("#placed_bylines-0 .select2-selection").wait_for()
    assert page.evaluate("document.activeElement.closest('tr').id") == "placed_bylines-0"

    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".desk-more-panel .desk-acts").wait_for(state="attached")
    text.locator("> p").first.scroll_into_view_if_needed()
    assert page.evaluate(AT_THE_END) is True
    row = page.locator(".desk-bar > button, .desk-bar > details > summary").filter(visible=True)
    boxes = [button.bounding_box() for button in row.all()]
    assert len({round(box["y"] + box["height"] / 2) for box in boxes}) == 1
    assert min(box["height"] for box in boxes) >= 24
    page.locator(".desk-more > summary").click()
    page.locator(".desk-bar").get_by_role("button", name="Ready for review").click()
    expect(page.locator(".desk-head .stage")).to_have_text("Ready for review")
    head = page.locator(".desk-head").bounding_box()
    assert head["height"] <= 48
    assert Article.objects.get().body[0]["html"] == "It rains a lot. And more."


def test_name_is_replaced_everywhere_in_a_text_and_taken_back_by_one_step(open_desk):
    photo = make_photo()
    placed = {"link": "photo", "id": str(photo.pk), "caption": "Smit in May", "alt_text": ""}
    blocks = [
        *paragraphs("Smit came. <strong>Sm</strong>it, he said; Smithson did not.", "It’s Smit’s."),
        {"id": "ph", "type": "photo", "photo": placed},
        {"id": "q", "type": "quote", "html": "<p>No.</p>", "attribution": "A. Smit"},
        {"id": "f", "type": "factbox", "title": "Smit", "html": "<p>One <em>Smit</em></p>"},
    ]
    article = make_article(headline="Smit is here", body=blocks, bylines=[make_byline("Ann")])
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{article.pk}/change/")
    settled(page)
    page.locator(".field-body .ProseMirror[contenteditable] > p").first.click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+h")
    bar = page.get_by_role("search", name="Find and replace")
    page.keyboard.type("smit")
    expect(bar).to_contain_text("2 of 9")
    bar.get_by_role("button", name="Whole words only").click()
    expect(bar).to_contain_text("2 of 8")
    bar.get_by_role("textbox", name="Find in the text").press("Enter")
    expect(bar).to_contain_text("3 of 8")
    bar.get_by_role("button", name="Match case").click()
    bar.get_by_role("textbox", name="Find in the text").fill("Smit's")
    expect(bar).to_contain_text("1 of 1")
    bar.get_by_role("textbox", name="Find in the text").fill("Smit")
    bar.get_by_role("textbox", name="Replace with").fill("Smith")
    bar.get_by_role("button", name="Replace all").click()
    expect(bar).to_contain_text("8 replaced")
    press(page, "Save draft")

    assert Article.objects.get().headline == "Smith is here"
    first, second, third, fourth, fifth = Article.objects.get().body
    assert first["html"] == "Smith came. <strong>Smith</strong>, he said; Smithson did not."
    assert (second["html"], third["photo"]["caption"]) == ("It’s Smith’s.", "Smith in May")
    assert (fourth["attribution"], fifth["title"], fifth["html"]) == ("A. Smith", "Smith", "<p>One <em>Smith</em></p>")

    bar.get_by_role("button", name="Replace all").focus()
    page.keyboard.press("Control+z")
    expect(bar).to_contain_text("of 8")
    bar.get_by_role("textbox", name="Find in the text").press("Escape")
    press(page, "Save draft")
    assert Article.objects.get().body == blocks
    assert Article.objects.get().headline == "Smit is here"

    page.locator("#id_headline").press("Home")
    page.keyboard.press("Control+h")
    expect(bar).to_contain_text("1 of 8 · Headline")
    bar.get_by_role("textbox", name="Replace with").press("Enter")
    expect(bar).to_contain_text("1 of 7")
    expect(page.locator("#id_headline")).to_have_value("Smith is here")
    assert page.locator("#id_body").input_value().count("Smith") == 1


def test_copy_of_a_story_is_a_draft_that_says_the_same(open_desk, api):
    story = publish(make_article(headline="Rain today", slug="rain", body=paragraphs("It rains.")))
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    settled(page)
    page.locator("#id_headline").fill("Rain tomorrow")
    page.locator(".desk-more > summary").click()
    page.locator(".desk-bar").get_by_role("button", name="Duplicate").click()

    expect(page.locator(".messagelist")).to_contain_text("This is a copy")
    expect(page.locator(".standing .state")).to_have_text("Draft")
    expect(page.locator("#id_headline")).to_have_value("Rain tomorrow")
    assert str(story.pk) not in page.url
    assert api("articles/rain/")["headline"] == "Rain today"
