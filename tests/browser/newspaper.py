"""The newspaper in a browser: what its tests share."""

from datetime import timedelta

from django.utils import timezone

from cms.publishing import press
from tests.factories import make_article, make_blurb, make_section, make_video, publish

# A page asks for what is new when somebody turns to it again; the tests need not wait half a minute.
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
SHOWN = "[...document.querySelectorAll('[data-items] > li')].map((item) => item.dataset.item)"
LONG = " ".join(["The council sat until midnight and agreed on nothing but the date of its next meeting."] * 4)


def printed(item, hours):
    """Bring an item before readers, with the date of so many hours ago."""
    return publish(item, published_at=timezone.now() - timedelta(hours=hours))


def fill(number, **values):
    """So many items of the feed, an hour between each two, the newest first: stories, blurbs, and a film."""
    section = values.setdefault("section", make_section("City"))
    items = []
    for hours in range(1, number + 1):
        if hours == 5:
            item = make_video(headline="The first train", slug="first-train", section=section)
        elif hours % 3 == 0:
            item = make_blurb(text_html=f"<p>Blurb {hours}. {LONG}</p>", section=section)
        else:
            item = make_article(headline=f"Story {hours}", slug=f"story-{hours}", standfirst=LONG, section=section)
        items.append(printed(item, hours))
    return items


def names(items):
    return [str(item.pk) for item in items]


def withdraw(item):
    press.withdraw(item, reason="withdrawn")
