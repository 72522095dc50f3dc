"""Fields in which one searches, at machine speed, while the server answers late or in another order."""

import json

from newsroom.models import Article, Byline
from tests.browser import MARKS, add_row, expect, press, settled
from tests.factories import make_article, make_byline, make_photo, make_section, make_topic

pytestmark = MARKS
LATER = """
const [late, others] = %s;
const isSearch = (address) => /autocomplete|photo.choose/.test(String(address));
const wait = (address) => {
  const query = new URL(address, location.href).searchParams;
  const text = query.get("term") ?? query.get("q") ?? "";
  return new Promise((done) => setTimeout(done, late[text] ?? others));
};
const { fetch } = window;
window.fetch = async (address, options) => {
  if (isSearch(address)) await wait(address);
  return fetch(address, options);
};
const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (method, address, ...rest) {
  this.searched = isSearch(address) ? address : "";
  return open.call(this, method, address, ...rest);
};
XMLHttpRequest.prototype.send = function (...args) {
  if (!this.searched) return send.apply(this, args);
  wait(this.searched).then(() => this.readyState === 1 && send.apply(this, args));
};
"""


def answer_late(page, others, **texts):
    """Let the answers to these searches come after so many milliseconds, and all others after `others`."""
    page.add_init_script(LATER % json.dumps([texts, others]))


def shown(page, name):
    return page.locator(f"#id_{name} + .select2-container .select2-selection__rendered")


def test_enter_takes_what_was_typed_however_late_the_answer(open_desk):
    for name in ("Politics", "Motorsport", "Sport", "Sports abroad"):
        make_section(name)
    for name in ("Ann Able", "Eleonora Dow", "Nora Hale"):
        make_byline(name)
    for name in ("Accidents", "Floods", "Rivers"):
        make_topic(name)
    make_article(headline="Another story", slug="another")
    page = open_desk()
    answer_late(page, 400, Sport=900, Spor=1500, Floods=1200)
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.keyboard.type("The river rises")

    page.locator("#id_section + .select2-container").click()
    page.keyboard.type("Sport\n")
    expect(page.locator(".choice-note").first).to_have_text("Looking for “Sport”…")
    add_row(page, "placed_bylines", 0)
    page.keyboard.type(
        "Nora\n\n", delay=30
    )  # as fast as hands; the cursor is there, without opening it first, and Enter twice
    page.locator("#id_topics + .select2-container").click()
    page.keyboard.type("Floods\nRivers\n")  # the second is answered before the first
    expect(page.locator("#id_topics option:checked")).to_have_count(2)

    expect(shown(page, "section")).to_contain_text("Sport")
    assert page.locator("#id_section option:checked").inner_text() == "Sport"
    assert page.locator("#id_placed_bylines-0-byline option:checked").inner_text() == "Nora Hale"
    assert {*page.locator("#id_topics option:checked").all_inner_texts()} == {"Floods", "Rivers"}

    page.locator("#id_section + .select2-container").click()
    page.keyboard.type("Politics\n")
    press(page, "Save draft")  # which waits for it
    article = Article.objects.get(headline="The river rises")
    assert (article.section.name, article.placed_bylines.get().byline.name) == ("Politics", "Nora Hale")
    assert sorted(topic.name for topic in article.topics.all()) == ["Floods", "Rivers"]


def test_name_that_nothing_matches_is_kept_and_made_by_who_may(open_desk):
    make_byline("Ann Able")
    page = open_desk()
    answer_late(page, 500)
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.keyboard.type("Begun with its byline")
    add_row(page, "placed_bylines", 0)
    field = page.locator("#placed_bylines-0 .select2-selection")

    field.click()
    page.keyboard.type("Nora Hale\n")
    note = page.locator("#placed_bylines-0 .choice-note")
    expect(note).to_contain_text("Nothing matches “Nora Hale”.")
    expect(page.locator(".select2-container--open .select2-search__field")).to_have_value("Nora Hale")
    expect(page.locator(".select2-results__option", has_text="Make a new byline: Nora Hale")).to_be_visible()
    page.keyboard.press("Enter")  # there is an answer now, and nothing in it was pointed at
    assert page.locator("#id_placed_bylines-0-byline").input_value() == ""
    assert Byline.objects.count() == 1

    page.keyboard.press("Escape")
    press(page, "Publish")
    expect(page.locator(".messagelist")).to_contain_text("“Nora Hale” was not found")
    expect(page.locator(".standing .state")).to_have_text("Draft")

    field.click()
    page.keyboard.type("Nora Hale")
    page.locator(".select2-results__option", has_text="Make a new byline: Nora Hale").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#placed_bylines-0 .select2-selection__rendered")).to_contain_text("Nora Hale")
    assert Byline.objects.get(slug="nora-hale").name == "Nora Hale"
    press(page, "Save draft")
    assert Article.objects.get().placed_bylines.get().byline.name == "Nora Hale"


def test_parent_of_a_section_and_a_photo_are_chosen_at_machine_speed(open_desk):
    politics, _sport = make_section("Politics"), make_section("Sport")
    make_photo(caption="A river", credit_line="A/B")
    make_photo(caption="A bridge", credit_line="A/B")
    page = open_desk()
    answer_late(page, 400, brid=1200)
    page.goto(f"/admin/newsroom/section/{politics.pk}/change/")
    page.locator("#id_parent + .select2-container").click()
    page.keyboard.type("Sport\n")
    page.locator("[name=_continue]").click()
    page.locator(".messagelist").wait_for()
    politics.refresh_from_db()
    assert politics.parent.name == "Sport"

    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.locator("#id_lead_photo_choose").click()
    dialog = page.locator("dialog.photo-library[open]")
    dialog.locator("input[type=search]").focus()
    page.keyboard.type("brid\nge")  # the answer to the first letters comes after more of them
    expect(dialog.locator("[data-query]")).to_have_attribute("data-query", "bridge")
    expect(dialog).to_have_count(1)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".photo-preview")).to_contain_text("A bridge")


def test_filter_of_many_sections_is_searched_in(open_desk):
    sections = [make_section(f"Part {number:02}") for number in range(60)]
    make_article(headline="In the last", section=make_section("Sport"))
    make_article(headline="In the first", section=sections[0])
    page = open_desk()
    answer_late(page, 200, Spor=900)
    page.goto("/admin/newsroom/article/")
    page.locator(".desk-filter summary", has_text="Section").click()
    expect(page.locator(".desk-filter[open] input")).to_be_focused()
    page.keyboard.type("Nothing")
    expect(page.locator(".desk-filter[open] p")).to_have_text("Nothing matches “Nothing”.")
    page.locator(".desk-filter[open] input").fill("Spor")
    page.keyboard.type("t\n")
    page.wait_for_url("**section__id__exact**")
    expect(page.locator("#result_list .row-title > span")).to_have_text(["In the last"])
    expect(page.locator(".desk-filter strong")).to_have_text("Sport")


def test_neither_a_resting_mouse_nor_an_older_list_chooses(open_desk):
    for name in ("Richard Branson", "Richard Gere", "Richard Stallman"):
        make_byline(name)
    page = open_desk()
    answer_late(page, 300)
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    add_row(page, "placed_bylines", 0)
    field = page.locator("#placed_bylines-0 .select2-selection")
    listed = page.locator(".select2-results__option[aria-selected]")

    field.click()
    box = page.locator(".select2-container--open .select2-search__field").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] + 65)  # where the second or third is to be
    page.keyboard.type("Richard")
    expect(listed).to_have_count(4)  # and the offer to make one
    page.keyboard.press("Enter")
    expect(page.locator("#id_placed_bylines-0-byline option:checked")).to_have_text("Richard Branson")

    field.click()
    page.keyboard.type("Richard")
    expect(listed).to_have_count(4)  # and the offer to make one
    page.keyboard.type(" S\n")
    expect(page.locator("#id_placed_bylines-0-byline option:checked")).to_have_text("Richard Stallman")


def test_enter_points_at_the_offer_to_make_what_there_is_not_and_enter_again_makes_it(open_desk):
    make_byline("Ann Able")
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    add_row(page, "placed_bylines", 0)
    page.locator("#id_placed_bylines-0-byline + .select2-container").click()
    page.keyboard.type("Zora New")
    offer = page.locator(".select2-results__option", has_text="Make a new byline: Zora New")
    offer.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".select2-results__option--highlighted")).to_have_text("Make a new byline: Zora New")
    assert Byline.objects.count() == 1
    page.keyboard.press("Enter")
    expect(shown(page, "placed_bylines-0-byline")).to_contain_text("Zora New")
    assert Byline.objects.filter(name="Zora New").count() == 1


def test_click_into_the_text_while_a_list_is_open_writes_there(open_desk):
    make_section("World")
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    text = page.locator(".field-body .ProseMirror[contenteditable]").first
    page.locator("#id_section + .select2-container").click()
    page.locator(".select2-results__option", has_text="World").wait_for()
    text.click()
    page.keyboard.type("It rains.")
    expect(text).to_have_text("It rains.")
    expect(page.locator(".select2-container--open")).to_have_count(0)
