"""The slug that a name proposes while it is typed, as the server would make it."""

import json
from pathlib import Path

from newsroom.models import Topic
from tests.browser import MARKS, expect

pytestmark = MARKS
PROPOSED = json.loads((Path(__file__).parent.parent / "newsroom" / "slugs_proposed.json").read_text())


def test_browser_proposes_what_the_server_does(open_desk, settings):
    settings.CONTENT_LANGUAGE = "uk"
    page = open_desk()
    page.goto("/admin/newsroom/topic/add/")

    page.fill("#id_name", "Згурський з'їзд")
    page.press("#id_name", "Tab")
    expect(page.locator("#id_slug")).to_have_value("zghurskyi-zizd")
    page.fill("#id_name", "दिल्ली")
    page.press("#id_name", "Tab")
    expect(page.locator("#id_slug")).to_have_value("दिल्ली")
    ask = "cases => cases.map(({ headline, language, most }) => slugFrom(headline, language, most ?? 80))"
    assert page.evaluate(ask, PROPOSED) == [case["slug"] for case in PROPOSED]

    page.click("[name=_save]")
    expect(page.locator(".messagelist, .messages")).to_contain_text("दिल्ली")
    assert Topic.objects.get().slug == "दिल्ली"
