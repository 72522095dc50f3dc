"""The desk's first page, its keys, its lists and its schedule in a real browser."""

import re
from datetime import date, timedelta

from django.utils import timezone

from newsroom.models import Article
from tests.browser import MARKS, expect, settled
from tests.factories import make_article, make_section, publish, update

pytestmark = MARKS


def test_blurb_is_out_in_three_acts_and_no_page_load(open_desk, api):
    make_section("World")
    page = open_desk()
    page.goto("/admin/")
    loads = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    page.keyboard.press("b")
    expect(page.locator("#quick-blurb-text")).to_be_focused()
    page.keyboard.type("The bridge is closed? Yes: both lanes.")
    page.locator("#quick-blurb-section").select_option(label="World")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".quick-said")).to_contain_text("Published.")
    expect(page.locator("#quick-blurb-text")).to_have_value("")
    shown = api("blurbs/")["results"][0]
    assert (shown["text"], shown["section"]["slug"]) == ("The bridge is closed? Yes: both lanes.", "world")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert loads == []

    # Nothing is lost when the server cannot be reached, and no twin is made when it comes back.
    page.keyboard.press("b")
    page.keyboard.type("One lane is open.")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".quick-errors")).to_contain_text("your text is still here")
    page.context.set_offline(False)
    page.locator(".quick-blurb").get_by_role("button", name="Publish").click()
    expect(page.locator(".quick-said")).to_contain_text("Published.")
    assert api("blurbs/")["results"][0]["text"] == "One lane is open."
    assert len(api("blurbs/")["results"]) == 2
    assert loads == []


def test_keys_lead_around_the_desk_and_none_fires_while_somebody_types(open_desk):
    for headline in ("First", "Second", "Third"):
        make_article(headline=headline)
    page = open_desk()
    page.goto("/admin/")

    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("b?n")
    expect(page.locator("#desk-search")).to_have_value("b?n")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#desk-search").evaluate("(field) => field.blur()")

    with page.expect_navigation(url=re.compile("/newsroom/article/$")):
        page.keyboard.press("g")
        page.keyboard.press("s")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#result_list tr.selected th")).to_contain_text("Second")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    settled(page)
    expect(page.locator("#id_headline")).to_have_value("Second")

    with page.expect_navigation(url=re.compile("/admin/schedule/$")):
        page.locator("#content-start").focus()
        page.keyboard.press("g")
        page.keyboard.press("c")
    this_week = page.locator("#schedule-span").inner_text()
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert page.locator("#schedule-span").inner_text() != this_week
    with page.expect_navigation():
        page.keyboard.press("t")
    expect(page.locator("#schedule-span")).to_have_text(this_week)
    with page.expect_navigation():
        page.keyboard.press("d")
    expect(page.locator(".schedule-day")).to_have_count(1)


def test_breaking_is_switched_and_many_withdrawn_from_the_list(open_desk, api):
    story = publish(make_article(slug="flood", headline="It rains"))
    update(story, headline="It pours")
    publish(make_article(slug="other", headline="Other"))
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    settled(page)

    page.locator(".desk-more > summary").click()
    page.locator(".desk-bar").get_by_role("button", name="Breaking on").click()
    expect(page.locator(".rows-said")).to_have_text("Breaking: on. Readers see it now.")
    expect(page.locator("#id_breaking")).to_be_checked()
    assert (api("articles/flood/")["breaking"], api("articles/flood/")["headline"]) == (True, "It rains")
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('galley.written.'))") == []
    page.locator("#id_kicker").fill("Weather")
    page.locator(".desk-bar").get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(".standing .state")).to_have_text("Live")
    assert Article.objects.get(pk=story.pk).kicker == "Weather"
    assert (api("articles/flood/")["breaking"], api("articles/flood/")["headline"]) == (True, "It pours")

    page.goto("/admin/newsroom/article/?tab=live")
    row = page.locator("#result_list tr", has_text="It pours")
    row.locator(".row-menu summary").click()
    row.get_by_role("button", name="Breaking off").click()
    expect(page.locator("p.rows-said")).to_contain_text("Breaking: off.")
    expect(row.locator(".breaking-mark")).to_be_hidden()
    page.locator("#action-toggle").check()
    loads = []
    page.on("request", lambda request: request.is_navigation_request() and loads.append(request.url))
    page.locator(".chosen-bar").get_by_role("button", name="Withdraw…").click()
    expect(page.locator("dialog .bulk-items input:checked")).to_have_count(2)
    page.get_by_role("dialog").get_by_role("button", name="Published in error").click()
    expect(page.locator(".messagelist")).to_contain_text("Done with 2.")
    expect(page.locator("#result_list tbody tr")).to_have_count(0)
    assert api("articles/")["results"] == []
    assert loads == []


def test_hour_that_comes_twice_is_asked_about_while_a_story_is_scheduled(open_desk, settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    year = timezone.now().year + 1
    day = max(at for at in (date(year, 10, 31) - timedelta(days=n) for n in range(7)) if at.weekday() == 6)
    story = make_article()
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    settled(page)

    page.locator(".desk-schedule > summary").click()
    page.locator("#id_schedule_at").fill(f"{day:%Y-%m-%d}T03:30")
    expect(page.locator(".desk-schedule .moment-said").first).to_contain_text("comes twice")
    page.locator("#id_schedule_at_which").select_option("second")
    page.locator(".desk-schedule").get_by_role("button", name="Schedule").click()
    expect(page.locator(".standing .state")).to_contain_text("Scheduled for")
    expect(page.locator("#id_schedule_at_which")).to_have_value("second")
