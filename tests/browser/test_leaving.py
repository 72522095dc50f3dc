"""Pages that are left: nobody is asked about what they never typed, and everybody about what they did."""

from cms.desk.models import Autosave
from newsroom.models import Article, Blurb, Byline, Section, Topic, Video
from tests.browser import MARKS
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
)

pytestmark = MARKS


def asks(page):
    """Whether the browser would ask before the page is left."""
    return page.evaluate("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def old_things():
    """Items as an older site may have left them: what their editors make of them is not what stands there."""
    untidy = "<p>One<b>two</b></p>\n\n<p></p><div>Three</div><p>Four<br></p>"
    section = make_section("World", description="First line.\r\nSecond line.\r\n")
    photo = make_photo(caption="A river\r\n\r\nin May ")
    body = paragraphs("A <b>bold</b> word<br>", "Two  blanks", '<a href="https://x.org">link</a>')
    story = make_article(body=body, section=section, topics=[make_topic("Floods")], bylines=[make_byline("Ann Able")])
    Article.objects.filter(pk=story.pk).update(kicker="Two\nlines", desk_note="One\r\n\r\nTwo", standfirst=" a\r\nb ")
    blurb = make_blurb(section=section)
    Blurb.objects.filter(pk=blurb.pk).update(text_html=untidy)
    video = make_video(section=section)
    Video.objects.filter(pk=video.pk).update(transcript="One.\r\n\r\nTwo.\r\n", copyright_notice="a\nb")
    Byline.objects.update(bio_html=untidy, job_title="a\nb", links=[{"label": "x", "url": "https://x.org/"}])
    Topic.objects.update(description="a\r\nb\r\n", same_as=["https://x.org/"])
    Section.objects.update(description="a\r\nb\r\n")
    return {
        "newsroom/article": story.pk,
        "newsroom/blurb": blurb.pk,
        "newsroom/video": video.pk,
        "media/photo": photo.pk,
        "newsroom/byline": Byline.objects.get().pk,
        "newsroom/topic": Topic.objects.get().pk,
        "newsroom/section": section.pk,
    }


TYPED = {
    "newsroom/article": "#id_headline",
    "newsroom/blurb": ".ProseMirror[contenteditable]",
    "newsroom/video": "#id_headline",
    "media/photo": "#id_caption",
    "newsroom/byline": "#id_name",
    "newsroom/topic": "#id_name",
    "newsroom/section": "#id_name",
}


def test_pages_ask_only_about_what_was_typed(open_desk):
    pages = old_things()
    page = open_desk()
    page.on("dialog", lambda dialog: dialog.accept())
    asked, typed = {}, []
    for place, key in pages.items():
        for where in (f"{key}/change/", "add/"):
            if (place, where) == ("media/photo", "add/"):
                continue
            page.goto(f"/admin/{place}/{where}")
            if place in ("newsroom/article", "newsroom/blurb", "newsroom/byline"):
                page.locator(".ProseMirror[contenteditable]").first.wait_for()
            page.wait_for_timeout(300)
            name = f"{place} {where[-7:]}"
            if asks(page):
                asked[name] = "as it was opened"
                continue
            page.locator(TYPED[place]).first.click()
            page.keyboard.press("Tab")
            page.keyboard.press("Shift+Tab")
            for editor in page.locator(".ProseMirror[contenteditable]").all()[:1]:
                editor.click()
            page.wait_for_timeout(300)
            if asks(page):
                asked[name] = "after looking at it"
                continue
            page.locator(TYPED[place]).first.click()
            page.keyboard.type("x")
            if not (asks(page) or "galley.written" in page.evaluate("Object.keys(localStorage).join()")):
                asked[name] = "not even about a letter"
            page.evaluate("localStorage.clear()")
            typed.append(name)
            assert Autosave.objects.count() <= len(typed)
    assert asked == {}
