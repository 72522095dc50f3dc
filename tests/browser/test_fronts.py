"""Fronts are arranged in a browser: by keys alone, and by hand; and a story is on top of Home in a moment."""

import pytest
from django.contrib.auth.models import User

from newsroom.arranging.putting import put_on_top
from tests.browser import MARKS, expect
from tests.browser.test_acts import Hand
from tests.browser.test_screens import HEARD, SETTLED, axe
from tests.desk.test_fronts import container, items, make_front
from tests.factories import make_article, make_blurb, make_photo, make_section, make_video, publish

pytestmark = MARKS


def order(page):
    """What stands in each container: headlines, those that the rule found in brackets."""
    read = """() => [...document.querySelectorAll(".front-container")].map((one) =>
      [...one.querySelectorAll(".front-card")].map((card) => {
        const text = card.querySelector(".front-headline, .front-text").textContent
        return card.classList.contains("is-pinned") ? text : `(${text})`
      }))"""
    return page.evaluate(read)


def stands(page, *rows):
    """Wait until the containers hold this: what a rule finds is asked from the server."""
    for _ in range(200):
        if order(page) == list(rows):
            break
        page.wait_for_timeout(50)
    assert order(page) == list(rows)


def focused(page):
    return page.evaluate("document.activeElement.querySelector('.front-headline, .front-text')?.textContent")


def said(page, text):
    expect(page.locator(".front-said")).to_contain_text(text)


@pytest.fixture
def home():
    """Home with a lead of one, and a row that a rule fills."""
    photo = make_photo(width=640, height=480)
    one, _two, _three = [
        publish(make_article(headline=text, kicker="City", lead_photo=photo)) for text in ("One", "Two", "Three")
    ]
    publish(make_blurb(text_html="<p>Short.</p>"))
    lead = container(one, layout="lead", title="", count=2)
    return publish(make_front(lead, container(title="All", rule={"kind": ["article"]}, count=2)))


def test_front_is_arranged_by_keys_alone_and_everybody_can_use_it(open_desk, home, api):
    checker = axe()
    publish(make_video(headline="Storm film"))
    page = open_desk()
    complaints = []
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    page.goto(f"/admin/newsroom/front/{home.pk}/change/")
    stands(page, ["One"], ["(Three)", "(Two)"])
    keys = page.keyboard

    page.locator(".front-card").first.focus()
    keys.press("ArrowDown")
    keys.press("End")
    assert focused(page) == "Two"
    keys.press("p")
    stands(page, ["One"], ["Two", "(Three)"])
    said(page, "Two: pinned at place 1 in All.")
    keys.press("Alt+ArrowUp")
    stands(page, ["One", "Two"], ["(Three)"])
    keys.press("Alt+ArrowLeft")
    stands(page, ["Two", "One"], ["(Three)"])
    assert focused(page) == "Two"

    keys.press("Enter")
    expect(page.locator(".front-finder li", has_text="One")).to_contain_text("pinned in Lead")
    keys.type("storm")
    keys.press("Enter")
    stands(page, ["Storm film", "Two", "One"], ["(Three)", "(One)"])
    assert focused(page) == "Storm film"
    expect(page.locator(".front-warning")).to_have_text("Not shown: this holds 2. Show more, or unpin something above.")
    keys.press("Delete")
    stands(page, ["Two", "One"], ["(Three)"])
    keys.press("Control+z")
    stands(page, ["Storm film", "Two", "One"], ["(Three)", "(One)"])
    keys.press("Control+z")
    keys.press("PageDown")
    keys.press("Alt+ArrowUp")
    stands(page, ["(Three)"], ["Two", "One"])
    said(page, "All: now container 1 of 2.")

    keys.press("Control+Shift+Enter")
    expect(page.locator(".messagelist")).to_contain_text("Updated.")
    assert items(api) == [["Three"], ["Two", "One"]]
    assert page.evaluate("document.activeElement.className") == "front-handle"
    assert complaints == []

    page.locator(".front-summary").last.click()
    page.evaluate(checker)
    found = []
    for width, scheme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        for wrong in page.evaluate(HEARD):
            if wrong["impact"] in {"serious", "critical"}:
                found += [(width, wrong["id"], target) for target in wrong["targets"]]
    assert found == []


def drag(page, start, end, *, at=0.5):
    """Take hold of something in its middle, and let it go at a part of the width and the height of something else."""
    start.scroll_into_view_if_needed()
    box, goal = start.bounding_box(), end.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    x, y = goal["x"] + goal["width"] * at, goal["y"] + goal["height"] * at
    page.mouse.move(x, y - 20, steps=3)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def test_breaking_story_is_on_top_of_home_in_three_acts_and_cards_are_dragged(open_desk, home, api):
    publish(make_article(headline="Breaking", section=make_section("World")))
    page = open_desk()
    page.goto("/admin/newsroom/article/")
    hand = Hand(page)

    hand.click(page.get_by_label("More: Breaking"))
    hand.click(page.get_by_role("link", name="Put on a front…").filter(visible=True))
    expect(page.get_by_role("button", name="Put it on top")).to_be_focused()
    hand.press("Enter")
    expect(page.locator(".front-put-said")).to_have_text("It stands on top of Home. Readers see it now.")
    assert items(api) == [["Breaking", "One"], ["Three", "Two"]]
    assert (hand.acts, hand.loads) == (3, [])

    page.goto(f"/admin/newsroom/front/{home.pk}/change/")
    stands(page, ["Breaking", "One"], ["(Three)", "(Two)"])
    card = page.locator(".front-card")
    drag(page, card.filter(has_text="Two"), card.filter(has_text="Breaking"), at=0.1)
    stands(page, ["Two", "Breaking", "One"], ["(Three)"])
    drag(page, card.filter(has_text="Breaking"), card.filter(has_text="Three"), at=0.2)
    stands(page, ["Two", "One"], ["Breaking", "(Three)"])
    handle = page.locator(".front-handle")
    drag(page, handle.last, handle.first, at=0)
    stands(page, ["Breaking", "(Three)"], ["Two", "One"])
    page.get_by_role("button", name="Undo").click()
    stands(page, ["Two", "One"], ["Breaking", "(Three)"])
    page.get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Updated.")
    assert items(api) == [["Two", "One"], ["Breaking", "Three"]]


def test_two_arrange_one_front_and_what_was_found_is_dragged_into_place(open_desk, home, api):
    night, storm, _film = [publish(make_article(headline=text)) for text in ("Night", "Storm", "Film")]
    olena = User.objects.create_superuser("olena", first_name="Olena")
    lead = home.containers[0]["id"]
    page = open_desk()
    page.goto(f"/admin/newsroom/front/{home.pk}/change/")
    stands(page, ["One"], ["(Film)", "(Storm)"])
    news = page.locator(".front-news")

    put_on_top(home, lead, night, olena)  # while nothing is unsaved here
    expect(news).to_contain_text("Olena saved a newer version at")
    expect(news).to_contain_text("You see it here.")
    stands(page, ["Night", "One"], ["(Film)", "(Storm)"])

    page.get_by_role("button", name="Add to All").click()
    page.get_by_role("combobox").fill("thr")
    found = page.locator(".front-finder [role=option]")
    expect(found).to_have_count(1)
    drag(page, found, page.locator(".front-card").filter(has_text="One"), at=0.9)
    stands(page, ["Night", "One", "Three"], ["(Film)", "(Storm)"])
    expect(page.locator(".front-finder")).to_have_count(0)

    put_on_top(home, lead, storm, olena)  # while the page has something of its own
    expect(news.get_by_role("button", name="Put both together")).to_be_visible()
    stands(page, ["Night", "One", "Three"], ["(Film)", "(Storm)"])
    news.get_by_role("button").click()
    expect(news).to_contain_text("Both are put together here.")
    # What is pinned and has no room stands where a rule finds it, as readers have it.
    stands(page, ["Storm", "Night", "One", "Three"], ["(Film)", "(Three)"])
    page.get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Updated.")
    assert items(api) == [["Storm", "Night"], ["Film", "Three"]]
