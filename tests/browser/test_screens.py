"""The screens of the desk in a browser: nothing on them is refused by our policy, and whoever cannot see them can use
them, at a desk and on a phone."""

import importlib.util
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from cms.api.models import Key
from cms.delivery.models import Endpoint
from cms.publishing.models import Version
from tests.browser import MARKS
from tests.browser.test_wide import WIDER
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_front,
    make_page,
    make_photo,
    make_section,
    make_site,
    make_topic,
    make_video,
    publish,
    update,
)

pytestmark = MARKS
WATCH = "document.addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"
# Colours that are still on their way from light to dark are none that anybody reads.
SETTLED = "() => Promise.all(document.getAnimations().map((change) => change.finished.catch(() => null)))"
# What is wrong, and where: all else that the checker tells takes a browser as long again to hand over.
HEARD = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] })
  return violations.map(({ id, impact, nodes }) => ({ id, impact, targets: nodes.map(({ target }) => target) }))
}"""
# What is said not to be there, and is all the same.
NOT_HIDDEN = """() => [...document.querySelectorAll("[hidden]")]
  .filter((one) => one.getClientRects().length && getComputedStyle(one).visibility !== "hidden")
  .map((one) => `${one.tagName}.${one.className}`)"""

IN_PARTS = pytest.mark.parametrize("part", range(3))  # to be looked at by whoever is free


def axe():
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-playwright-python is not installed: nobody has asked whether all can use the desk")
    return (Path(package.origin).parent / "axe.min.js").read_text()


@pytest.fixture
def story():
    story = make_article(
        headline="Rain over the harbour",
        section=make_section("City"),
        topics=[make_topic("Floods")],
        bylines=[make_byline("Ann")],
    )
    story.lead_photo = make_photo()
    story.save()
    return publish(story)


def every_third(screens, part):
    return dict([*screens.items()][part::3])


@pytest.fixture
def found(open_desk):
    """`found(screens, (scheme, width), ...)` is what is wrong with any of these screens."""
    checker, page = axe(), open_desk()
    page.add_init_script(WATCH)
    complaints = []
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))

    def look(screens, *ways):
        wrong = []
        for name, address in screens.items():
            if name == "login":
                page.context.clear_cookies()
            page.set_viewport_size({"width": ways[0][1], "height": 844})
            page.goto(address)
            if name in {"new story", "story", "blurb"}:
                page.locator(".ProseMirror[aria-label]").first.wait_for()
            wrong += [(name, text) for text in complaints if "404 (Not Found)" not in text or name != "nothing"]
            if (headings := page.locator("h1").count()) != 1:
                wrong.append((name, f"{headings} of h1"))
            page.set_viewport_size({"width": 834, "height": 1112})
            if wider := page.evaluate(WIDER):
                wrong.append((name, "on a tablet", wider))
            page.evaluate(checker)
            for scheme, width in ways:
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 844})
                page.evaluate(SETTLED)
                wrong += [(name, width, text) for text in [page.evaluate(WIDER), *page.evaluate(NOT_HIDDEN)] if text]
                for rule in page.evaluate(HEARD):
                    if rule["impact"] in {"serious", "critical"}:
                        wrong += [(name, scheme, width, rule["id"], target) for target in rule["targets"]]
            complaints.clear()  # the checker's own styles are none of ours
        return wrong

    return look


@IN_PARTS
def test_main_screens_keep_to_the_policy_and_can_be_used_by_all(found, story, part):
    photo, topic = story.lead_photo, story.topics.get()
    blurb = make_blurb()
    update(story, headline="More rain over the harbour")
    versions = Version.objects.filter(key=story.pk).order_by("pk")
    first, last = versions.values_list("pk", flat=True)[:2]

    screens = {
        "dashboard": "/admin/",
        "stories": "/admin/newsroom/article/",
        "new story": "/admin/newsroom/article/add/",
        "story": f"/admin/newsroom/article/{story.pk}/change/",
        "history": f"/admin/newsroom/article/{story.pk}/history/",
        "compared": f"/admin/newsroom/article/{story.pk}/compare/?before={first}&after={last}",
        "photos": "/admin/media/photo/",
        "photo": f"/admin/media/photo/{photo.pk}/change/",
        "blurbs": "/admin/newsroom/blurb/",
        "blurb": f"/admin/newsroom/blurb/{blurb.pk}/change/",
        "schedule": "/admin/schedule/",
        "nothing found": "/admin/newsroom/article/?q=nothing",
        "people": "/admin/auth/user/",
        "new account": "/admin/auth/user/add/",
        "sections": "/admin/newsroom/section/",
        "topic": f"/admin/newsroom/topic/{topic.pk}/change/",
        "deletion": f"/admin/newsroom/blurb/{blurb.pk}/delete/",
        "password": "/admin/password_change/",
        "log": "/admin/publishing/act/",
        "nothing": "/nothing/",
        "front page": "/",
        "login": "/admin/login/",
    }
    assert found(every_third(screens, part), ("light", 1440), ("dark", 390)) == []


@IN_PARTS
def test_every_page_of_the_menu_can_be_used_by_all_on_a_tablet_and_a_phone(found, story, part):
    editor = User.objects.get(username="editor")
    make_blurb(), make_video(poster=story.lead_photo), make_page(), make_site(), make_front()
    Endpoint.objects.create(name="Rebuild", receiver="webhook", url="https://example.org/hook", is_on=False)
    Key.objects.create(name="Importer", account=editor, scopes=["read"], key_hash="1" * 64, shown="galley_key_1")
    assert Group.objects.exists()

    screens = {}
    for model in admin.site._registry:
        name = model._meta.label_lower
        pages = {"changelist": [], "change": [model._default_manager.values_list("pk", flat=True).first()]}
        if name in {"newsroom.article", "newsroom.site", "media.photo", "publishing.act"}:
            del pages["change" if name != "newsroom.site" else "changelist"]  # looked at elsewhere, or not there
        for page, args in pages.items():
            screens[name, page] = reverse(f"admin:{name.replace('.', '_')}_{page}", args=args)
    screens |= {
        "new photo": "/admin/media/photo/add/",
        "new webhook": "/admin/delivery/endpoint/add/",
        "new key": "/admin/api/key/add/",
        "a photo's file": f"/admin/media/photo/{story.lead_photo.pk}/replace/",
        "photos to complete": f"/admin/media/photo/complete/?photos={story.lead_photo.pk}",
        "what was done": f"/admin/newsroom/section/{story.section.pk}/history/",
        "what is kept": f"/admin/newsroom/section/{story.section.pk}/delete/",
        "somebody's password": f"/admin/auth/user/{editor.pk}/password/",
        "password is changed": "/admin/password_change/done/",
        "month": "/admin/schedule/?view=month",
    }

    assert found(every_third(screens, part), ("light", 390)) == []
