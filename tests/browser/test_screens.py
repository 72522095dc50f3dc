"""The main screens in a browser: nothing on them is refused by our policy, and whoever cannot see them can use them."""

import importlib.util
from pathlib import Path

import pytest

from tests.browser import MARKS
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_section, make_topic, publish

pytestmark = MARKS
WATCH = "document.addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"
# Colours that are still on their way from light to dark are none that anybody reads.
SETTLED = "() => Promise.all(document.getAnimations().map((change) => change.finished.catch(() => null)))"
HEARD = "axe.run(document, { resultTypes: ['violations'] })"


def axe():
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-playwright-python is not installed: nobody has asked whether all can use the desk")
    return (Path(package.origin).parent / "axe.min.js").read_text()


def test_main_screens_keep_to_the_policy_and_can_be_used_by_all(open_desk):
    checker = axe()
    photo = make_photo()
    story = make_article(
        headline="Rain over the harbour",
        section=make_section("City"),
        topics=[make_topic("Floods")],
        bylines=[make_byline("Ann")],
    )
    story.lead_photo = photo
    story.save()
    publish(story)
    blurb = make_blurb()
    page = open_desk()
    page.add_init_script(WATCH)
    complaints, found = [], []
    page.on("console", lambda line: line.type == "error" and complaints.append((page.url, line.text)))

    screens = {
        "dashboard": "/admin/",
        "stories": "/admin/newsroom/article/",
        "new story": "/admin/newsroom/article/add/",
        "story": f"/admin/newsroom/article/{story.pk}/change/",
        "history": f"/admin/newsroom/article/{story.pk}/history/",
        "photos": "/admin/media/photo/",
        "photo": f"/admin/media/photo/{photo.pk}/change/",
        "blurbs": "/admin/newsroom/blurb/",
        "blurb": f"/admin/newsroom/blurb/{blurb.pk}/change/",
        "schedule": "/admin/schedule/",
        "people": "/admin/auth/user/",
        "new account": "/admin/auth/user/add/",
        "sections": "/admin/newsroom/section/",
        "topic": f"/admin/newsroom/topic/{story.topics.get().pk}/change/",
        "deletion": f"/admin/newsroom/blurb/{blurb.pk}/delete/",
        "password": "/admin/password_change/",
        "log": "/admin/publishing/act/",
        "nothing": "/nothing/",
        "front page": "/",
        "login": "/admin/login/",
    }
    for name, address in screens.items():
        if name == "login":
            page.context.clear_cookies()
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        if name in {"new story", "story", "blurb"}:
            page.locator(".ProseMirror[aria-label]").first.wait_for()
        refused = [text for _url, text in complaints if "404 (Not Found)" not in text or name != "nothing"]
        assert (name, refused) == (name, [])
        headings = page.locator("h1").count()
        assert (name, headings) == (name, 1)
        page.evaluate(checker)
        for scheme, width in (("light", 1440), ("dark", 390)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate(SETTLED)
            for wrong in page.evaluate(HEARD)["violations"]:
                if wrong["impact"] in {"serious", "critical"}:
                    found += [(name, scheme, wrong["id"], node["target"]) for node in wrong["nodes"]]
        complaints.clear()  # the checker's own styles are none of ours
    assert found == []
