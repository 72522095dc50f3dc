"""A live story in a real browser: updates go out in two acts, and nothing that is typed is lost."""

import re

from tests.browser import MARKS, expect, press, settled
from tests.factories import make_article, make_section, publish

pytestmark = MARKS


def is_sent(route):
    return route.request.method == "POST"


def update_texts(api):
    return [row["text"] for row in api("articles/snow/updates/")["results"]]


def test_updates_are_written_in_two_acts_mended_marked_and_withdrawn_in_their_place(open_desk, api):
    story = publish(make_article(slug="snow", genre="live", section=make_section("World")))
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    panel = page.locator(".live-story")
    expect(panel.locator(".live-state")).to_have_text("Goes on")
    text = panel.locator(".live-writing[data-new] .ProseMirror")
    text.click()

    # An update: type, and one key; and the next one at once, even while the first is still on its way.
    held = []
    page.route(re.compile("/updates/$"), lambda route: held.append(route) if is_sent(route) else route.continue_())
    page.keyboard.type("Snow at Vell.")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("The pass is closed.")
    expect(text).to_have_text("The pass is closed.")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(panel.locator(".live-said")).to_contain_text("Published.")
    expect(panel.locator(".live-update")).to_have_count(1)
    page.unroute(re.compile("/updates/$"))
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".live-update")).to_have_count(2)
    assert update_texts(api) == ["The pass is closed.", "Snow at Vell."]

    # In their place: another wording by the same key, a mark, a reason.
    first = panel.locator(".live-update", has_text="Snow at Vell.")
    first.get_by_role("button", name="Edit").click()
    edited = panel.locator(".live-update .live-writing")
    edited.locator(".live-line").fill("Snow")
    edited.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Much of it.")
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".live-update h3")).to_have_text("Snow")
    assert update_texts(api)[1] == "Snow at Vell. Much of it."
    first.get_by_role("button", name="Key event").click()
    expect(first.get_by_role("button", name="Key event")).to_have_attribute("aria-pressed", "true")
    assert [event["label"] for event in api("articles/snow/")["live"]["key_events"]] == ["Snow"]
    second = panel.locator(".live-update", has_text="The pass")
    second.get_by_text("Withdraw", exact=True).click()
    second.get_by_role("combobox").select_option("error")
    second.get_by_role("button", name="Withdraw from readers").click()
    expect(second.locator(".state")).to_have_text("Withdrawn")
    assert update_texts(api) == ["Snow at Vell. Much of it."]

    # The end, and the story's own page goes on from there without a second version beside it.
    panel.get_by_role("button", name="End live coverage").click()
    expect(panel.locator(".live-state")).to_contain_text("Ended")
    assert api("articles/snow/")["live"]["state"] == "ended"
    assert loads == []
    page.locator("#id_standfirst").fill("It snowed.")
    press(page, "Update")
    shown = api("articles/snow/")
    assert (shown["standfirst"], shown["live"]["state"]) == ("It snowed.", "ended")


def test_what_was_typed_is_there_after_a_lost_connection_and_a_closed_page_on_a_phone(open_desk, api):
    story = publish(make_article(slug="snow", genre="news"))
    page = open_desk(width=390, height=800)
    address = f"/admin/newsroom/article/{story.pk}/change/"
    page.goto(address)
    settled(page)

    # A story becomes a live one: what it takes to write updates is there after the save, without a load.
    page.locator("fieldset", has=page.locator("#id_genre")).locator("summary").click()
    page.locator("#id_genre").select_option("live")
    press(page, "Update")
    panel = page.locator(".live-story")
    text = panel.locator(".live-writing[data-new] .ProseMirror[contenteditable]")
    text.click()
    page.keyboard.type("The pass is closed.")
    page.context.set_offline(True)
    panel.get_by_role("button", name="Publish update").click()
    expect(panel.locator(".live-errors")).to_contain_text("your text is still here")
    page.context.set_offline(False)
    page.goto(address)
    expect(panel.locator(".live-errors")).to_contain_text("not sent yet")
    expect(text).to_have_text("The pass is closed.")

    panel.get_by_role("button", name="Publish update").click()
    expect(panel.locator(".live-update")).to_have_count(1)
    expect(text).to_have_text("")

    assert update_texts(api) == ["The pass is closed."]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
