"""What a reader does with the newspaper: searches it, passes a story on, prints it, opens and closes its menu."""

from tests.browser import MARKS, expect, until
from tests.factories import make_article, make_blurb, make_section, paragraphs, publish

pytestmark = MARKS
# What a device offers for passing on, where it does.
DEVICE = "navigator.share = (what) => { window.shared = what; return Promise.resolve() }"
SEEN = "(selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility()).length"
FURNITURE = ".sections, .menu, .to-search, .foot, .share, .read-next, .topics, .skip"


def test_story_is_passed_on_copied_and_printed(open_paper, live_server):
    link = '<a href="https://example.org/report">the report</a>'
    section = make_section("City")
    publish(make_article(slug="other", section=section))
    publish(make_article(slug="rain", headline="Rain", section=section, body=paragraphs(f"As {link} says.")))
    page = open_paper(width=820)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script(DEVICE)
    page.goto("/articles/rain")
    address = f"{live_server.url}/articles/rain"

    page.get_by_role("button", name="Share").click()
    until(page, "window.shared", {"url": address, "title": "Rain"})
    page.get_by_role("button", name="Copy the address").click()
    expect(page.locator("[data-copied]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == address
    expect(page.get_by_role("button", name="Print")).to_be_visible()

    # On paper: the story and its links' addresses in black on white, whatever the screen has, and nothing to press.
    page.emulate_media(media="print", color_scheme="dark")
    assert (page.evaluate(SEEN, FURNITURE), page.evaluate(SEEN, "h1, .text p, .masthead .name")) == (0, 3)
    after = "getComputedStyle(document.querySelector('.text a'), '::after').content"
    assert "https://example.org/report" in page.evaluate(after)
    colours = "[document.documentElement, document.querySelector('h1')].map((each) => getComputedStyle(each).color)"
    assert page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(0, 0, 0)"]


def test_menu_closes_when_a_reader_is_done_with_it(open_paper):
    make_section("City")
    publish(make_article(slug="rain", section=make_section("World")))
    page = open_paper(width=390, height=844)
    page.goto("/")
    menu = page.locator("[data-menu]")
    summary = menu.locator("summary")
    for leave in ("Escape", "Tab", "click"):
        summary.click()
        expect(menu.get_by_role("link", name="News Feed")).to_be_visible()
        if leave == "click":
            page.mouse.click(5, 800)
        elif leave == "Tab":
            menu.get_by_role("link").last.focus()
            page.keyboard.press("Tab")
        else:
            page.keyboard.press("Escape")
            expect(summary).to_be_focused()
        expect(menu.get_by_role("link", name="News Feed")).to_be_hidden()


def test_search_goes_on_in_its_page_and_back(open_paper):
    publish(make_article(headline="The harbour at dawn", slug="harbour"))
    publish(make_article(headline="The bridge", slug="bridge"))
    publish(make_blurb(text_html="<p>Ice on the <em>harbour</em> tonight.</p>"))
    page = open_paper()
    page.goto("/search")
    page.evaluate("window.isStill = true")
    found = page.locator("[data-search-results]")

    for words, number in (("harbour", 2), ("bridge", 1)):
        page.get_by_role("searchbox").fill(words)
        page.keyboard.press("Enter")
        expect(found.locator("[data-item]")).to_have_count(number)
        expect(found.locator("h2").first).to_be_focused()
        assert page.title().startswith(f"Search: {words}")
        assert page.url.endswith(f"/search?q={words}")
    page.get_by_role("searchbox").fill("zebra")
    page.keyboard.press("Enter")
    expect(found.locator(".nothing")).to_contain_text("Nothing was found for “zebra”.")
    page.go_back()
    expect(found.locator("[data-item] h3")).to_have_text(["The bridge"])
    page.go_back()
    expect(found.locator("[data-item]")).to_have_count(2)
    expect(page.get_by_role("searchbox")).to_have_value("harbour")
    # A blurb has no headline, and none is made up for it: its words are shown, and its hour leads to it.
    blurb = found.locator("[data-kind=blurb]")
    expect(blurb.locator("h3")).to_have_count(0)
    expect(blurb.locator(".blurb mark")).to_have_text("harbour")
    expect(blurb.locator(".when a")).to_have_attribute("href", "/blurbs/" + blurb.get_attribute("data-item"))
    assert page.evaluate("window.isStill") is True
