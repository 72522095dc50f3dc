"""Lists and the pages of what many share in a real browser: acts go on in place, and nothing typed is lost."""

from newsroom.models import Article, Topic
from tests.browser import MARKS, expect
from tests.factories import make_article, make_topic, publish

pytestmark = MARKS


def test_row_is_withdrawn_and_rows_are_given_a_topic_without_leaving_the_list(open_desk, api):
    publish(make_article(headline="Wrong", slug="wrong"))
    make_article(headline="Draft")
    make_topic("Floods")
    page = open_desk()
    page.goto("/admin/newsroom/article/")
    loads, acts = [], 0
    page.on("request", lambda request: request.is_navigation_request() and loads.append(request.url))

    row = page.locator("#result_list tr", has_text="Wrong")
    for act in (
        lambda: row.locator(".row-menu summary").click(),
        lambda: row.get_by_role("button", name="Withdraw…").click(),
        lambda: page.get_by_role("dialog").get_by_role("button", name="Published in error").click(),
    ):
        act()
        acts += 1
    expect(row.locator(".state")).to_have_text("Withdrawn")
    expect(row.locator(".row-menu summary")).to_be_focused()
    assert api.get("articles/wrong/").status_code == 410
    assert acts == 3

    page.locator("#action-toggle").check()
    page.get_by_role("button", name="Add a topic…").click()
    dialog = page.get_by_role("dialog", name="Add a topic")
    dialog.locator(".select2-selection").click()
    page.keyboard.type("floo")
    page.locator("dialog .select2-results__option--highlighted", has_text="Floods").click()
    dialog.get_by_role("button", name="Add a topic").click()
    expect(page.locator(".messagelist")).to_contain_text("Done with 2.")
    assert [story.topics.count() for story in Article.objects.all()] == [1, 1]

    page.locator("#searchbar").fill("dra")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator(".list-found")).to_contain_text("1 found")
    assert page.url.endswith("?q=dra")
    page.locator("#action-toggle").check()
    page.get_by_role("button", name="Delete selected").click()
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert loads == []
    assert Article.objects.count() == 2


def test_topic_page_that_dies_offers_its_text_again_save_forgets_it_and_deletion_is_asked_in_place(open_desk):
    topic = make_topic("Floods")
    address = f"/admin/newsroom/topic/{topic.pk}/change/"
    page = open_desk()
    page.goto(address)
    page.locator("#id_description").click()
    page.keyboard.type("Water, and too much of it.")
    expect(page.locator(".kept-words")).to_have_text("Not saved yet; kept in this browser")
    page.goto("about:blank")

    page.goto(address)
    expect(page.locator(".page-kept")).to_contain_text("You have unsaved text from")
    page.get_by_role("button", name="Use this text").click()
    expect(page.locator("#id_description")).to_have_value("Water, and too much of it.")
    assert Topic.objects.get().description == ""
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_be_visible()
    assert page.url.endswith(address)
    assert Topic.objects.get().description == "Water, and too much of it."
    page.goto(address)
    expect(page.locator(".page-kept")).to_have_count(0)

    page.locator("a.deletelink").click()
    page.get_by_role("dialog", name="Delete").get_by_role("link", name="Cancel").click()
    expect(page.locator("a.deletelink")).to_be_focused()
    assert Topic.objects.count() == 1
    page.locator("a.deletelink").click()
    page.get_by_role("dialog", name="Delete").get_by_role("button", name="Delete").click()
    expect(page.locator(".messagelist")).to_contain_text("was deleted")
    assert page.url.endswith("/admin/newsroom/topic/")
    assert Topic.objects.count() == 0
