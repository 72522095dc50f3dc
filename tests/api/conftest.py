from datetime import UTC, datetime

import pytest

from cms.publishing import press
from cms.publishing.links import link
from newsroom.body import BodyField
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_film,
    make_front,
    make_page,
    make_photo,
    make_section,
    make_site,
    make_topic,
    make_video,
    paragraphs,
    publish,
)

TAKEN = datetime(2026, 2, 19, 17, 42, 11, 500_000, tzinfo=UTC)
# A player of a provider that the site had once.
GONE = {"type": "embed", "provider": "elsewhere", "url": "https://elsewhere.example.org/1"}


@pytest.fixture
def newsroom(once):
    return once(make_newsroom)


def make_newsroom():
    """One of everything with all that it can have, and one with no more than it must have."""
    region = make_section("Region", description="The four counties.", position=2)
    town = make_section("Town", parent=region)
    flood = make_topic("Flood", type="event", description="Of 2026.", same_as=["https://www.wikidata.org/wiki/Q1"])
    photo = make_photo(
        width=700,
        height=420,
        extended_description="A quay, a river, a bridge.",
        creator="A. Name",
        source="Agency",
        copyright_notice="© Agency",
        usage_terms="Not for sale.",
        usable_until=datetime(2100, 1, 1, tzinfo=UTC),
        digital_source_type="digitalCapture",
        taken_at=TAKEN,
        focal_x=0.25,
    )
    bare_photo = make_photo(alt_text="", is_decorative=True, caption="")
    writer = make_byline(
        "Ada Writer",
        job_title="Reporter",
        bio_html="<p>Ada writes.</p>",
        portrait=photo,
        email="ada@example.org",
        links=[{"label": "Site", "url": "https://ada.example.org/"}],
    )
    agency = make_byline("An Agency", type="agency")
    common = {"section": town, "topics": [flood, make_topic("Dikes")], "bylines": [writer, agency]}
    video = make_video(
        headline="The barrier",
        slug="barrier",
        standfirst="How it closes.",
        language="en-GB",
        poster=photo,
        file=make_film(),
        tracks=[
            {"label": "English", "text": "WEBVTT\n\n00:00.500 --> 00:01.500\nIt closes.\n"},
            {"kind": "chapters", "label": "Parts", "url": "https://example.org/en.vtt"},
        ],
        transcript="One.\n\nTwo & three.",
        copyright_notice="© Agency",
        **common,
    )
    bare_video = make_video(slug="bare-video", label="", duration_seconds=None, poster=bare_photo)
    bare = make_article(headline="Bare", slug="bare", body=[])
    blocks = [
        {"type": "paragraph", "html": "One <em>two</em>."},
        {"type": "heading", "level": 2, "html": "Why"},
        {"type": "list", "ordered": True, "items": ["First", {"html": "Second", "list": {"items": ["Third"]}}]},
        {"type": "quote", "html": "Yes.", "attribution": "The mayor"},
        {"type": "quote", "html": "No."},
        {"type": "pullquote", "html": "Well."},
        {"type": "table", "header_rows": 1, "rows": [["Ward", "Votes"], ["North"]]},
        {"type": "photo", "photo": {"photo": str(photo.pk), "caption": "Here", "alt_text": "A quay"}},
        {"type": "gallery", "photos": [str(photo.pk), {"photo": str(bare_photo.pk), "caption": "There"}]},
        {"type": "video", "video": str(video.pk)},
        {"type": "related", "article": str(bare.pk)},
        {"type": "embed", "provider": "youtube", "url": "https://www.youtube.com/watch?v=aqz-KE-bpKQ", "title": "Film"},
        {"type": "factbox", "title": "The barrier", "html": "<p>Built in 1982.</p>"},
        {"type": "factbox", "html": "<p>Nameless.</p>"},
        {"type": "divider"},
    ]
    full = make_article(
        headline="Full",
        slug="full",
        kicker="Floods",
        standfirst="All of it.",
        dateline="Lviv",
        genre="explainer",
        language="en-GB",
        breaking=True,
        lead_photo=photo,
        lead_photo_caption="At dusk",
        lead_video=video,
        body=[*BodyField().run_validation(blocks), {"id": "gone", "title": "", **GONE}],
        related=[bare],
        corrections=["It was Tuesday."],
        seo={
            "title": "Search me",
            "description": "Found",
            "canonical_url": "https://example.org/first",
            "image": link("photo", photo.pk),
        },
        **common,
    )
    translated = make_article(
        headline="Повна", slug="повна", language="uk", translation_of=full, body=paragraphs("Слово")
    )
    blurb = make_blurb(
        breaking=True,
        photo=photo,
        article=full,
        video=video,
        source_name="The council",
        source_url="https://council.example.org/",
        **common,
    )
    bare_blurb = make_blurb(label="")
    front = make_front(
        name="Home",
        slug="home",
        description="All the news.",
        seo={"title": "News", "image": link("photo", photo.pk)},
        containers=[
            {
                "layout": "lead",
                "title": "Today",
                "link": {"label": "All of it", "url": "/all"},
                "pinned": [{"article": str(full.pk)}, {"blurb": str(blurb.pk)}, {"video": str(video.pk)}],
                "rule": {"kind": ["article", "video"]},
                "count": 9,
            },
            {"layout": "row", "count": 2},
        ],
    )
    bare_front = make_front(name="Bare", slug="bare")
    page = make_page(
        title="About us",
        slug="about",
        standfirst="Who we are.",
        body=[*paragraphs("Since 1898."), {"id": "a", "type": "photo", "photo": link("photo", photo.pk)}],
        seo={"title": "Who we are", "image": link("photo", photo.pk)},
    )
    entries = [{"label": "All", "children": [{"section": "region"}, {"url": "/letters", "label": "Letters"}]}]
    site = make_site(
        name="The Meridian",
        description="News.",
        logo=str(photo.pk),
        publisher={"name": "Press", "url": "https://press.example.org/"},
        social=[{"label": "Mastodon", "url": "https://social.example.org/@m"}],
        menus={"main": [{"section": "region"}], "footer": [*entries, {"page": str(page.pk)}]},
        usage_policy={"text": "Quote us.", "url": "https://news.example.org/terms"},
    )
    bare_page = make_page(title="Imprint", slug="imprint", body=[])
    outside = (front, bare_front, page, bare_page, site)
    for item in (video, bare_video, bare, full, translated, blurb, bare_blurb, *outside):
        publish(item)
    press.publish(bare)
    return {"full": full, "bare": bare, "blurb": blurb, "bare_blurb": bare_blurb, "photo": photo}
