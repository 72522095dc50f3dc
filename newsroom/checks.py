"""What is looked at before something of the newsroom is published."""

import html
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from cms.publishing.checks import Draft, Problem, error, warning
from newsroom.body import free_blocks, in_shape, plain, texts_of

LONGEST_HEADLINE = 110  # search engines cut what is longer
NO_NAMES = {
    "here", "click here", "link", "this link", "more", "read more", "this", "page",
    "тут", "тут.", "тутешня сторінка", "за посиланням", "посилання", "детальніше", "читати далі",
}  # fmt: skip
LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL)


def has_a_headline(draft: Draft) -> Iterator[Problem]:
    headline = draft.data.get("headline")
    if not headline:
        yield error(_("Write a headline."), "headline")
    title = (draft.data.get("seo") or {}).get("title") or headline or ""
    if len(title) > LONGEST_HEADLINE:
        yield warning(
            _("The headline has %(length)d characters; search engines show %(most)d. Give them a shorter title.")
            % {"length": len(title), "most": LONGEST_HEADLINE},
            "seo_title" if draft.kind == "article" else "headline",
        )


def story_has_a_slug(draft: Draft) -> Iterator[Problem]:
    """A headline makes one, unless it has no letter to make it of; without one it is the headline that is missing."""
    if draft.data.get("headline") and not draft.data.get("slug"):
        yield error(_("Give the story a slug, the last part of its address."), "slug")


def video_has_what_it_needs(draft: Draft) -> Iterator[Problem]:
    if not draft.data.get("slug"):
        yield error(_("Give the video a slug, the last part of its address."), "slug")
    if not draft.data.get("poster"):
        yield error(_("Choose a poster, the picture that stands for the video."), "poster")
    if not draft.data.get("credit_line"):
        yield error(_("Give the video its credit line."), "credit_line")
    if not draft.data.get("provider_url") and not draft.data.get("file"):
        text = _("Upload the video's file, or give the address of its page at a provider.")
        yield error(text, "provider_url")


def page_can_be_found(draft: Draft) -> Iterator[Problem]:
    if not draft.data.get("title"):
        yield error(_("Write a title."), "title")
    if not draft.data.get("slug"):
        yield error(_("Give the page a slug, the last part of its address."), "slug")
    if not draft.data.get("body"):
        yield warning(_("There is no text."), "body")


def blurb_has_a_text(draft: Draft) -> Iterator[Problem]:
    if not plain(draft.data.get("text_html") or ""):
        yield error(_("Write the text of the blurb."), "text_html")


def has_a_byline_where_asked(draft: Draft) -> Iterator[Problem]:
    section = draft.row(draft.data.get("section"))
    if section and section.needs_byline and not draft.data.get("bylines"):
        yield error(_('Say who wrote it: stories in "%(section)s" need a byline.') % {"section": section}, "bylines")


def is_complete(draft: Draft) -> Iterator[Problem]:
    if not draft.data.get("standfirst"):
        yield warning(_("There is no standfirst, the summary under the headline."), "standfirst")
    if not draft.data.get("body"):
        yield warning(_("There is no text."), "body")
    if not draft.data.get("section"):
        yield warning(_("It has no section."), "section")


def lead_photo_is_described(draft: Draft) -> Iterator[Problem]:
    placed = draft.data.get("lead_photo")
    if not placed and not draft.data.get("lead_video"):
        yield warning(_("There is no lead photo; lists show the story without a picture."), "lead_photo")
    photo = draft.row(placed)
    if photo and photo.is_decorative and not (photo.alt_text or placed.get("alt_text")):
        text = _("The lead photo is marked as decorative. Say in its alt text here what it shows.")
        yield warning(text, "lead_photo_alt_text")


def links_say_where_they_lead(draft: Draft) -> Iterator[Problem]:
    name = "body" if "body" in draft.data else "text_html"
    for text in texts(draft.data):
        for label in LINK.findall(text):
            words = plain(html.unescape(label)).strip(" .:!»›→")
            if not words:
                yield warning(_("A link has no text."), name)
            elif words.lower() in NO_NAMES or words.lower().startswith(("http://", "https://")):
                yield warning(_('A link says "%(text)s"; say where it leads.') % {"text": words[:60]}, name)


def texts(data: dict) -> Iterator[str]:
    """The HTML of a snapshot that has links in it."""
    htmls = [data.get("text_html") or ""]
    for block in data.get("body") or []:
        htmls += texts_of(in_shape(block))
    return (text for text in htmls if "<a" in text)


def headings_go_down_by_one(draft: Draft) -> Iterator[Problem]:
    above = 1
    for block in draft.data.get("body") or []:
        if block["type"] == "heading":
            if block["level"] > above + 1:
                text = _('The heading "%(text)s" skips a level.') % {"text": plain(block["html"])[:60]}
                yield warning(text, "body")
            above = block["level"]


def something_is_left_to_be_opened(draft: Draft) -> Iterator[Problem]:
    """Where a story's free part ends: once, with something below it, and only where not all of it is free."""
    body = draft.data.get("body") or []
    marks = [block for block in body if block["type"] == "paywall"]
    if draft.data.get("access", "free") == "free":
        if marks:
            yield warning(
                _('Everyone can read the whole story; the mark "Free up to here" in it changes nothing.'), "body"
            )
        return
    if len(marks) > 1:
        yield warning(_('"Free up to here" is in it more than once; the first one counts.'), "body")
    if body and not [block for block in body[len(free_blocks(body)) :] if block["type"] != "paywall"]:
        text = _(
            'Everyone gets the whole text. Put "Free up to here" where the free part ends, or let everyone read it.'
        )
        yield warning(text, "body")


def video_can_be_followed(draft: Draft) -> Iterator[Problem]:
    if draft.data.get("file") and not draft.data.get("tracks"):
        yield warning(_("There are no captions, for those who cannot hear it."), "tracks")


def front_has_a_name(draft: Draft) -> Iterator[Problem]:
    if not draft.data.get("name"):
        yield error(_("Give the front a name."), "name")


def front_has_a_slug(draft: Draft) -> Iterator[Problem]:
    if not draft.data.get("slug"):
        yield error(_("Give the front a slug, the last part of its address."), "slug")


def front_is_arranged(draft: Draft) -> Iterator[Problem]:
    containers = draft.data.get("containers") or []
    if not containers:
        yield warning(_("There is nothing on it yet; add a container."), "containers")
    for number, container in enumerate(containers, 1):
        if not container["pinned"] and container["rule"] is None:
            text = _("Container %(number)d is empty: pin something in it, or give it a rule.") % {"number": number}
            yield warning(text, "containers")
        if len(container["pinned"]) > container["count"]:
            text = _("Container %(number)d shows %(count)d items; what is pinned below them waits.")
            yield warning(text % {"number": number, "count": container["count"]}, "containers")
