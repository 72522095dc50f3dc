"""Menus arranged in a real browser: by dragging, by keys, and found by what they lead to."""

from newsroom.models import Site
from tests.browser import MARKS, expect, press, until
from tests.factories import make_page, make_section, make_site, publish

pytestmark = MARKS
LINES = 'document.querySelector("#id_menus").value'


def names(api, menu="main"):
    return [(entry["label"], [below["label"] for below in entry["children"]]) for entry in api("site/")["menus"][menu]]


def test_menu_is_made_and_arranged_without_a_mouse_and_with_one(open_desk, api):
    for name in ("World", "Europe", "Sport"):
        make_section(name)
    publish(make_page(title="About us", slug="about"))
    page = open_desk()
    page.goto("/admin/newsroom/site/")
    main, footer = page.locator(".menu").nth(0), page.locator(".menu").nth(1)

    # Without a mouse: three entries, found by a few letters, each by Enter, and the second put below the first.
    main.get_by_role("button", name="Add an entry").focus()
    page.keyboard.press("Enter")
    for number, letters in enumerate(("wor", "eur", "spo")):
        field = main.locator(".menu-target").nth(number)
        expect(field).to_be_focused()
        page.keyboard.type(letters)
        expect(main.locator(".menu-found li[aria-selected=true]")).to_be_visible()
        page.keyboard.press("Enter")
        if number < 2:
            page.keyboard.press("Enter")
    expect(main.locator(".menu-entry")).to_have_count(3)
    main.locator(".menu-handle").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".menus + [role=status]")).to_have_text("Europe: in Main menu, place 2 of 3, level 2")
    until(page, LINES, "# main\n| section world\n- | section europe\n| section sport")

    # With one: Sport before World, which takes Europe along.
    handle, goal = main.locator(".menu-handle").nth(2), main.locator(".menu-entry").nth(0)
    handle.hover()
    page.mouse.down()
    box = goal.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 4, steps=8)
    page.mouse.up()
    until(page, LINES, "# main\n| section sport\n| section world\n- | section europe")

    # An address, in the footer, with a label of its own; and a page that goes there by keys, from the menu above.
    footer.get_by_role("button", name="Add an entry").click()
    page.keyboard.type("/newsletters")
    footer.locator(".menu-label").first.fill("Letters")
    main.get_by_role("button", name="Add an entry").click()
    page.keyboard.type("about")
    expect(main.locator(".menu-found li[aria-selected=true]")).to_be_visible()
    page.keyboard.press("Enter")
    main.locator(".menu-handle").nth(3).focus()
    page.keyboard.press("ArrowDown")
    press(page, "Publish")

    assert names(api) == [("Sport", []), ("World", ["Europe"])]
    site = api("site/")
    assert [(entry["label"], entry["url"]) for entry in site["menus"]["footer"]] == [
        ("About us", f"{site['url']}pages/about"),
        ("Letters", f"{site['url']}newsletters"),
    ]


def test_menu_fits_a_phone_and_can_be_emptied_there(open_desk, api):
    make_section("World")
    publish(make_site(name="One", menus={"main": [{"section": "world"}]}))
    page = open_desk(width=390, height=844)
    page.goto("/admin/newsroom/site/")
    expect(page.locator(".menu-entry")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    page.locator(".menu-remove").first.click()
    until(page, LINES, "# main")
    press(page, "Update")
    assert [names(api), Site.objects.get().menus] == [[], {}]
