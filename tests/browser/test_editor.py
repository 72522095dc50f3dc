"""The text of a story in a real browser: its cards, how they come in and move, and what is pasted."""

import base64
import random
import re

import orjson

from media.models import Photo
from newsroom.body import length
from newsroom.models import Article
from tests.browser import MARKS, expect, press, settled
from tests.factories import make_article, make_photo, make_picture, make_video, publish

pytestmark = MARKS
PASTE = """([html, text]) => {
  const data = new DataTransfer()
  if (html) data.setData("text/html", html)
  data.setData("text/plain", text)
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
  document.activeElement.dispatchEvent(paste)
}"""
DROP = """(place, [content, name, dy]) => {
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0))
  const data = new DataTransfer()
  data.items.add(new File([bytes], name, { type: "image/jpeg" }))
  const { left, top } = place.getBoundingClientRect()
  const at = { dataTransfer: data, clientX: left + 20, clientY: top + dy, bubbles: true, cancelable: true }
  for (const name of ["dragenter", "dragover", "drop"]) place.dispatchEvent(new DragEvent(name, at))
}"""


def text_of(page):
    return page.locator(".field-body .ProseMirror[contenteditable]").first


def write(page, *texts):
    """Type, and press what stands in a list."""
    for text in texts:
        for key in text if isinstance(text, list) else []:
            page.keyboard.press(key)
        if isinstance(text, str):
            page.keyboard.type(text)


def new_story(page):
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    text_of(page).click()


def open_story(page, article):
    page.goto(f"/admin/newsroom/article/{article.pk}/change/")
    settled(page)


def kept(page):
    """Press "Save draft"; the blocks that are stored then."""
    page.locator(".desk-bar").get_by_role("button", name="Save").first.click()
    page.locator(".messagelist").wait_for()
    return Article.objects.order_by("-modified_at")[0].body


def said(blocks):
    return [{name: value for name, value in block.items() if name != "id"} for block in blocks]


def placed(photo, **values):
    return {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": "", **values}


def test_story_with_every_kind_of_card_is_written_by_keyboard_alone(open_desk):
    bridge, tower = make_photo(caption="A bridge"), make_photo(caption="A tower")
    film, other = make_video(headline="A film of fog"), publish(make_article(headline="The older story"))
    page = open_desk()
    new_story(page)

    # Nothing waits for anything: what is typed before an answer has come is not lost.
    write(page, "It rains./r", ["Enter"], "older", ["Enter"], "It pours.", ["Enter"])
    expect(page.locator(".story-card-related .story-card-name")).to_have_text("The older story")
    write(page, "/pho", ["Enter"])
    page.locator("dialog.photo-library[open]").wait_for()
    write(page, "bridge", ["Enter"])
    expect(page.locator("dialog.photo-library[open]")).to_have_count(0)
    page.locator(".story-card-photo img[src]").wait_for()
    write(page, ["ArrowUp", "Enter"], "Seen from here", ["Tab"], "Fog", ["Enter"])
    write(page, "/vid", ["Enter"], "film", ["Enter"], "/emb", ["Enter"], "https://youtu.be/abcdefghijk", ["Enter"])
    expect(page.locator(".story-card-video .story-card-name")).to_have_text("A film of fog")
    expect(page.locator(".story-card-player")).to_contain_text("YouTube")
    write(page, "/quo", ["Enter"], "It may.", ["Tab"], "B. Speaker", ["Enter"])
    write(page, "/pul", ["Enter"], "It will not.", ["Tab"], "A. Speaker", ["Enter"])
    write(
        page, "/fact", ["Enter"], "In short", ["Enter"], "One ", ["Control+b"], "bold", ["Control+b", "Enter"], "- two"
    )
    write(page, ["Escape", "ArrowDown"], "/gal", ["Enter"])
    page.locator("dialog.photo-library[open]").wait_for()
    write(page, "tower", ["Enter"])
    expect(page.get_by_role("button", name="Add photo")).to_be_focused()
    write(page, ["Enter"])
    page.locator("dialog.photo-library[open]").wait_for()
    write(page, "bridge", ["Enter"])
    expect(page.locator(".story-card-gallery li")).to_have_count(2)
    page.get_by_role("button", name="Done").last.focus()
    write(page, ["Enter"], "/div", ["Enter"], "The end.")
    expect(page.locator(".story-count")).to_contain_text("Words: ")
    blocks = kept(page)

    assert said(blocks) == [
        {"type": "paragraph", "html": "It rains."},
        {"type": "related", "article": {"link": "article", "id": str(other.pk)}},
        {"type": "paragraph", "html": "It pours."},
        {"type": "photo", "photo": placed(bridge, caption="Seen from here", alt_text="Fog")},
        {"type": "video", "video": {"link": "video", "id": str(film.pk), "whole": True}},
        {"type": "embed", "provider": "youtube", "url": "https://youtu.be/abcdefghijk", "title": None},
        {"type": "quote", "html": "<p>It may.</p>", "attribution": "B. Speaker"},
        {"type": "pullquote", "html": "<p>It will not.</p>", "attribution": "A. Speaker"},
        {
            "type": "factbox",
            "title": "In short",
            "html": "<p>One <strong>bold</strong></p><ul><li>two</li></ul>",
        },
        {"type": "gallery", "photos": [placed(tower), placed(bridge)]},
        {"type": "divider"},
        {"type": "paragraph", "html": "The end."},
    ]


def test_blocks_are_moved_by_hand_and_by_keys_and_all_of_it_is_taken_back(open_desk):
    photo = make_photo(caption="A bridge")
    blocks = [
        {"id": "p1", "type": "paragraph", "html": "One"},
        {"id": "p2", "type": "paragraph", "html": "Two"},
        {"id": "c3", "type": "photo", "photo": placed(photo)},
        {"id": "p4", "type": "paragraph", "html": "Four"},
    ]
    article = make_article(body=blocks)
    page = open_desk("editor", 1440, 1600)
    open_story(page, article)
    before = page.locator("#id_body").input_value()

    text_of(page).locator("> p").first.click()
    write(page, ["Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowUp"], "!")
    card = page.locator(".story-card-photo")
    card.hover()
    card.get_by_role("button", name="Move up").click()
    caption = card.locator(".story-card-caption")
    caption.click()
    write(page, "Fog", ["Escape", "Alt+ArrowDown"])
    text_of(page).locator("> p", has_text="Two").hover()
    handle = page.locator(".story-gutter [draggable=true]").bounding_box()
    end = text_of(page).locator("> p", has_text="Four").bounding_box()
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 60, handle["y"] + 40, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] - 2, steps=6)
    page.mouse.up()
    expect(text_of(page).locator("> p").last).to_have_text("Two")
    moved = page.locator("#id_body").input_value()
    for _ in range(20):
        page.keyboard.press("Control+z")
    after = page.locator("#id_body").input_value()
    for _ in range(20):
        page.keyboard.press("Control+Shift+z")

    assert strip_shown(after) == strip_shown(before)
    assert strip_shown(page.locator("#id_body").input_value()) == strip_shown(moved)
    stored = kept(page)
    assert [block["id"] for block in stored] == ["c3", "p1", "p4", "p2"]
    assert stored[0]["photo"]["caption"] == "Fog"
    assert sorted(block["html"] for block in stored[1:]) in (["Four", "One!", "Two"], ["Four", "One", "Two!"])


def strip_shown(text):
    return [part.split('data-shown="')[0] + part.split('"><span></span></div>')[-1] for part in text.split("<div ")]


def test_picture_that_is_dropped_goes_to_the_library_and_gets_its_credit_on_its_card(open_desk, api):
    page = open_desk()
    new_story(page)
    write(page, "One", ["Enter"], "Two")
    page.locator("#id_headline").fill("The river rises")
    content = base64.b64encode(make_picture(400, 300).read()).decode()

    text_of(page).locator("> p").first.evaluate(DROP, [content, "river.jpg", 20])
    page.locator(".story-card-mend input").first.wait_for()
    expect(page.locator(".story-card-mend input").first).to_be_focused()
    write(page, "C. Name/Agency", ["Tab"], "A river")
    # Published at once: what was written on the card is saved first.
    page.locator(".desk-bar").get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".standing .state")).to_have_text("Live")

    photo = Photo.objects.get()
    assert (photo.credit_line, photo.alt_text) == ("C. Name/Agency", "A river")
    body = api("articles/the-river-rises/")["body"]
    assert [block["type"] for block in body] == ["paragraph", "photo", "paragraph"]
    assert body[1]["photo"]["credit_line"] == "C. Name/Agency"


def test_pictures_dropped_on_a_gallery_are_in_it_when_it_is_saved_and_one_refused_is_told(open_desk):
    first = make_photo()
    body = [{"id": "g1", "type": "gallery", "photos": [placed(first, caption="", alt_text="")]}]
    article = make_article(headline="The river", body=body)
    page = open_desk()
    open_story(page, article)
    content = base64.b64encode(make_picture(400, 300).read()).decode()

    gallery = page.locator("ol.story-card-gallery")
    gallery.evaluate(DROP, [base64.b64encode(b"no picture").decode(), "broken.jpg", 20])
    expect(page.locator("ol.story-card-gallery ~ [role=alert]")).to_contain_text("broken.jpg")
    gallery.evaluate(DROP, [content, "river.jpg", 20])

    assert [len(block["photos"]) for block in kept(page)] == [2]


def test_address_on_a_line_of_its_own_is_offered_as_a_card(open_desk, settings, live_server):
    settings.FRONT_URL = live_server.url
    other = publish(make_article(headline="The older story", slug="older"))
    page = open_desk()
    new_story(page)

    page.evaluate(PASTE, ["", f"{live_server.url}/articles/older"])
    expect(page.locator(".story-menu [role=option]").first).to_contain_text("The older story")
    write(page, ["Enter"])
    page.locator(".story-card-related").wait_for()
    page.evaluate(PASTE, ["", "https://youtu.be/abcdefghijk"])
    expect(page.locator(".story-menu [role=option]").first).to_contain_text("YouTube")
    write(page, ["Escape", "End", "Enter"], "/emb", ["Enter"], "https://example.org/film", ["Enter"])
    expect(page.locator(".story-card-embed [role=alert]")).to_contain_text("example.org")

    assert said(kept(page)) == [
        {"type": "related", "article": {"link": "article", "id": str(other.pk)}},
        {
            "type": "paragraph",
            "html": '<a href="https://youtu.be/abcdefghijk">https://youtu.be/abcdefghijk</a>',
        },
        {"type": "paragraph", "html": "https://example.org/film"},
    ]


def test_menu_is_opened_by_plus_and_filled_in_by_hand(open_desk):
    photo, more = make_photo(caption="A bridge"), make_photo(caption="A tower")
    body = [
        {"id": "p1", "type": "paragraph", "html": "One"},
        {"id": "g2", "type": "gallery", "photos": [placed(photo), placed(more, caption="Mine")]},
        {"id": "p3", "type": "paragraph", "html": "Three"},
    ]
    article = make_article(body=body)
    page = open_desk()
    open_story(page, article)

    page.get_by_role("button", name="Later").first.click()
    expect(page.locator(".story-card-caption").first).to_have_value("Mine")
    text_of(page).locator("> p", has_text="One").click()
    write(page, ["End", "Enter"])
    page.locator(".story-gutter").get_by_role("button", name="Insert").click()
    expect(page.locator(".story-menu [role=option]").first).to_have_attribute("aria-selected", "true")
    active = text_of(page).get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").inner_text().endswith("Photo")
    page.locator(".story-menu").get_by_text("Fact box").click()
    write(page, "Facts", ["Enter"], "Only one.")
    page.locator(".story-card-factbox").get_by_role("button", name="Done").click()
    text_of(page).locator("> p", has_text="Three").click()
    write(page, ["End", "Enter"])
    page.locator(".story-gutter").get_by_role("button", name="Insert").click()
    write(page, ["Escape"], "and/or")

    stored = kept(page)
    assert orjson.dumps([block for block in stored if block["id"] in {"p1", "p3"}]) == orjson.dumps([body[0], body[2]])
    assert next(block for block in stored if block["id"] == "g2")["photos"] == [
        placed(more, caption="Mine"),
        placed(photo),
    ]
    assert [block.get("html") for block in stored if block["type"] == "factbox"] == ["<p>Only one.</p>"]
    assert stored[-1]["html"] == "and/or"


SHOWN_AS = """(htmls) => htmls.map((html) => {
  document.querySelector(".field-body .ProseMirror[contenteditable]").editor.commands.setContent(html)
  return document.querySelector(".story-count").textContent
})"""


def test_words_and_minutes_below_a_text_are_those_that_readers_are_told(open_desk):
    page = open_desk()
    new_story(page)
    texts = [
        "one — two – three / four",
        "it's 1,204.5 m² of the dogs’ park, well-known e-mail… !!! —",
        "Він сказав: «об’єднання» — 3 разом",
        "हिन्दी में समाचार السلام عليكم 한국어 신문",
        "汉字新闻 and words",
        "日本のカタカナ、ひらがな。ラーメン",
        "ภาษาไทย 24 ข่าว ພາສາລາວ",
        '👍🏽 ok 🇺🇦 #tag @name a_b https://example.org/a-b?c=1 in the U.S.A. צה״ל צה"ל a\u200db',
        "word " * 239,
        "汉" * 511,
        "日本の" * 240,
        "ภาษา" * 432,
    ]
    chance = random.Random(8)
    signs = [*"aБπé1 2.,;:'’‘_-—/·‑…№²я", " ", " "]
    texts += ["".join(chance.choices(signs, k=12)).strip() for _text in range(150)]
    lengths = [length([{"id": "p", "type": "paragraph", "html": text}]) for text in texts]
    told = [f"Words: {words:,} · Reading time: {minutes} min" for words, minutes in lengths]
    shown = page.evaluate(SHOWN_AS, [f"<p>{text}</p>" for text in texts])
    assert list(zip(texts, shown, strict=True)) == list(zip(texts, told, strict=True))
    listing = "<ul><li><p>two</p><ul><li><p>three</p></li></ul></li></ul>"
    table = "<table><tr><td>4</td><td>5</td></tr></table>"
    assert page.evaluate(SHOWN_AS, [f"<h2>One</h2>{listing}{table}"]) == ["Words: 5 · Reading time: 1 min"]
    press(page, "Save draft")


def test_tools_of_a_text_speak_the_language_of_the_desk(open_desk):
    page = open_desk()
    page.set_extra_http_headers({"Accept-Language": "uk"})
    page.goto("/admin/newsroom/article/add/")
    settled(page)

    page.locator(".field-body .ProseMirror[contenteditable]").click()
    expect(page.locator(".field-body .prose-menubar__selected button")).to_have_attribute("title", "Абзац")
    titles = page.locator(".field-body .prose-menubar [title]").evaluate_all("all => all.map(each => each.title)")
    options = page.locator(".field-body .prose-menubar__option").all_text_contents()

    assert "Жирний" in titles
    assert [title for title in [*titles, *options] if re.search("[A-Za-z]{2,}", title)] == []


def test_link_leads_to_a_story_that_is_searched_for_and_the_next_letters_stand_behind_it(open_desk, api):
    publish(make_article(headline="The river rises", slug="river"))
    make_article(headline="The river is a draft", slug="draft")
    page = open_desk()
    new_story(page)
    page.keyboard.type("It rose")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+k")
    page.keyboard.type("river rises\n last week.")  # written on while it is looked for
    expect(text_of(page).locator("a")).to_have_text("It rose")
    page.keyboard.press("Control+Shift+Home")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.type(" See ")
    page.keyboard.type("more")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    page.keyboard.type("is a draft")
    dialog = page.locator("dialog.story-link")
    dialog.get_by_role("option", name="is a draft").click()
    expect(dialog).to_contain_text("Readers do not see this story yet.")
    dialog.get_by_role("combobox").fill("example.org/a?b=c")
    page.keyboard.press("Enter")
    page.keyboard.type("!")

    web = api("articles/river/")["web_url"]
    links = f'<a href="{web}">It rose</a> last week. See <a href="https://example.org/a?b=c">more</a>!'
    assert said(kept(page)) == [{"type": "paragraph", "html": links}]
