"""Words without a blank: nothing scrolls sideways, on a wide screen and on a phone."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cms.publishing import press
from newsroom.models import Article
from tests.browser import MARKS
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
    update,
)

pytestmark = MARKS
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 7  # 294 letters
WIDER = """() => {
  const { documentElement: page } = document;
  if (page.scrollWidth <= page.clientWidth) return "";
  const isHidden = (element) => getComputedStyle(element).position === "fixed" || element.closest(".visually-hidden");
  const over = [...document.querySelectorAll("body *")].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    return width && right > page.clientWidth + 1 && !isHidden(element);
  });
  const names = over.slice(0, 6).map((element) => `${element.tagName}.${element.className}`);
  return `${page.scrollWidth} > ${page.clientWidth}: ${names.join(", ")}`;
}"""


@pytest.fixture
def pages():
    """All that shows a name, each name a long word."""
    boss, _new = User.objects.get_or_create(username="editor", defaults={"is_staff": True, "is_superuser": True})
    User.objects.filter(pk=boss.pk).update(first_name=LONG[:140], last_name=LONG[:140])
    section = make_section(LONG[:200], slug="long")
    make_section(LONG[:199], slug="below", parent=section)
    topic, byline = make_topic(LONG[:200], slug="long"), make_byline(LONG[:200], slug="long", job_title=LONG[:200])
    photo = make_photo(caption=LONG, credit_line=LONG[:200], alt_text=LONG)
    other = publish(make_article(headline=LONG, slug=LONG[:150].lower(), kicker=LONG[:100]))
    values = {"section": section, "topics": [topic], "bylines": [byline], "lead_photo": photo, "related": [other]}
    story = publish(make_article(headline=LONG, standfirst=LONG, slug="long", corrections=[LONG], **values))
    update(story, headline=LONG[1:], desk_note=LONG)
    press.submit(story, by=boss)
    press.assign(story, boss, by=boss)
    press.publish(story, at=timezone.now() + timedelta(minutes=5))
    blurb = publish(make_blurb(text_html=f"<p>{LONG}</p>", label=LONG[:50], source_name=LONG[:200]))
    video = publish(make_video(headline=LONG, slug="long", credit_line=LONG[:200], poster=photo))
    assert Article.objects.count() == 2
    return [
        "/",
        "/admin/",
        "/admin/schedule/",
        "/admin/schedule/?by=month",
        "/admin/publishing/act/",
        *(f"/admin/newsroom/{kind}/" for kind in ("article", "blurb", "video", "section", "topic", "byline")),
        "/admin/media/photo/",
        f"/admin/newsroom/article/{story.pk}/change/",
        f"/admin/newsroom/article/{story.pk}/history/",
        f"/admin/newsroom/blurb/{blurb.pk}/change/",
        f"/admin/newsroom/video/{video.pk}/change/",
        f"/admin/newsroom/section/{section.pk}/change/",
        f"/admin/newsroom/byline/{byline.pk}/change/",
        f"/admin/media/photo/{photo.pk}/change/",
        f"/admin/newsroom/topic/{topic.pk}/delete/",
    ]


SIZES = ((1440, 900), (390, 844))


def test_nothing_scrolls_sideways(open_desk, pages):
    wider = {}
    page = open_desk()

    def look(what):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(60)
            if found := page.evaluate(WIDER):
                wider[width, what] = found

    for address in pages:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        look(address)
    page.goto(pages[-8])  # a story's page, with a chooser open
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.locator("#id_topics + .select2-container").click()
        page.locator(".select2-results__option[aria-selected]").first.wait_for()
        if found := page.evaluate(WIDER):
            wider[width, "chooser"] = found
        page.keyboard.press("Escape")
    assert "\n".join(f"{place}: {found}" for place, found in wider.items()) == ""
