"""What front ends are promised: the keys of everything, and how times, addresses and missing values are written."""

import re

import pytest

from tests.factories import publish, update

ARTICLE_CARD = (
    "kind id slug url web_url headline kicker standfirst genre language published_at updated_at breaking corrected "
    "word_count reading_minutes section topics byline bylines lead_photo lead_video access ai_use"
)
ARTICLE = f"{ARTICLE_CARD} is_whole dateline body body_html related corrections translations seo live series"
BLURB = (
    "kind id url web_url label title text text_html published_at updated_at breaking is_key is_pinned language section "
    "topics byline bylines photo article video source ai_use"
)
VIDEO_CARD = (
    "kind id slug url web_url headline standfirst label published_at updated_at language section topics byline bylines "
    "poster duration_seconds has_captions access ai_use"
)
VIDEO = f"{VIDEO_CARD} is_whole sources embed tracks transcript transcript_html credit_line copyright_notice"
PHOTO = (
    "kind id url alt_text extended_description caption credit_line creator source copyright_notice usage_terms "
    "usable_until digital_source_type ai_use taken_at published_at width height focal_point placeholder "
    "dominant_colour src template formats crops"
)
BYLINE = "slug name url web_url job_title type bio_html portrait links email"
SECTION = "slug name url web_url description parent children position"
TOPIC = "slug name url web_url type description same_as"
BLOCKS = {
    "paragraph": "html",
    "heading": "level html",
    "list": "ordered start items",
    "quote": "html attribution",
    "pullquote": "html attribution",
    "table": "caption header_rows header_columns rows",
    "photo": "photo",
    "gallery": "photos",
    "video": "video",
    "related": "article",
    "embed": "provider url html title",
    "factbox": "title html",
    "divider": "",
}


def keys(text):
    return set(text.split())


def test_article_and_its_card_have_these_keys(newsroom, api):
    full, bare = api("articles/full/"), api("articles/bare/")
    cards = api("articles/")["results"]

    assert full.keys() == bare.keys() == keys(ARTICLE)
    assert [card.keys() for card in cards] == [keys(ARTICLE_CARD)] * 3
    assert [card.keys() for card in full["related"]] == [keys(ARTICLE_CARD)]
    assert full["section"].keys() == keys("slug name url")
    assert full["topics"][0].keys() == keys("slug name type url")
    assert [byline.keys() for byline in full["bylines"]] == [keys("slug name role url")] * 2
    assert full["lead_photo"].keys() == keys(PHOTO)
    assert full["lead_video"].keys() == keys(VIDEO)
    assert api("articles/?slug=full")["results"][0]["lead_video"].keys() == keys(VIDEO_CARD)
    assert api("articles/full/?fields=lead_video.sources")["lead_video"]["sources"] == full["lead_video"]["sources"]
    assert [note.keys() for note in full["corrections"]] == [keys("type text published_at")]
    assert [other.keys() for other in full["translations"]] == [keys("language slug url web_url")]
    assert full["seo"].keys() == bare["seo"].keys() == keys("title description canonical_url image")
    assert full["seo"]["image"].keys() == keys(PHOTO)


def test_what_an_article_lacks_is_null_or_an_empty_list(newsroom, api):
    bare = api("articles/bare/")

    nothing = keys("kicker standfirst section byline lead_photo lead_video dateline body_html live")
    assert {name: bare[name] for name in nothing} == dict.fromkeys(nothing)
    lists = keys("topics bylines body related corrections translations series")
    assert {name: bare[name] for name in lists} == {name: [] for name in lists}
    own = {"title": bare["headline"], "description": None, "canonical_url": bare["web_url"], "image": None}
    assert bare["seo"] == own
    assert (bare["word_count"], bare["reading_minutes"], bare["breaking"], bare["corrected"]) == (0, 1, False, False)


def test_body_blocks_have_these_keys(newsroom, api):
    body = api("articles/full/")["body"]

    assert {block["type"] for block in body} == set(BLOCKS)
    assert [block.keys() for block in body] == [keys(f"id type {BLOCKS[block['type']]}") for block in body]
    by_type = {block["type"]: block for block in body}
    assert by_type["photo"]["photo"].keys() == keys(PHOTO)
    assert [photo.keys() for photo in by_type["gallery"]["photos"]] == [keys(PHOTO)] * 2
    assert by_type["video"]["video"].keys() == keys(VIDEO)
    assert by_type["related"]["article"].keys() == keys(ARTICLE_CARD)
    assert len({block["id"] for block in body}) == len(body)


def test_what_a_block_lacks_is_null(newsroom, api):
    body = api("articles/full/")["body"]

    assert [block["attribution"] for block in body if block["type"] == "quote"] == ["The mayor", None]
    assert [block["attribution"] for block in body if block["type"] == "pullquote"] == [None]
    assert [block["title"] for block in body if block["type"] == "factbox"] == ["The barrier", None]
    assert [block["title"] for block in body if block["type"] == "embed"] == ["Film", None]


def test_placed_photo_has_the_words_of_its_place_and_its_own_credit(newsroom, api):
    full = api("articles/full/")
    gallery = next(block for block in full["body"] if block["type"] == "gallery")

    assert (full["lead_photo"]["caption"], full["lead_photo"]["alt_text"]) == ("At dusk", "A street")
    assert [photo["caption"] for photo in gallery["photos"]] == ["A street in spring", "There"]
    assert {photo["credit_line"] for photo in [full["lead_photo"], *gallery["photos"]]} == {"A. Name/Agency"}


def test_blurb_has_these_keys(newsroom, api):
    blurbs = api("blurbs/")["results"]
    full = api(f"blurbs/{newsroom['blurb'].pk}/")
    bare = api(f"blurbs/{newsroom['bare_blurb'].pk}/")

    assert [blurb.keys() for blurb in [*blurbs, full, bare]] == [keys(BLURB)] * 4
    assert full["article"].keys() == keys(ARTICLE_CARD)
    assert full["video"].keys() == keys(VIDEO_CARD)
    assert full["photo"].keys() == keys(PHOTO)
    assert full["source"] == {"name": "The council", "url": "https://council.example.org/"}
    nothing = keys("label title section byline photo article video source")
    assert {name: bare[name] for name in nothing} == dict.fromkeys(nothing)


def test_story_of_a_blurb_has_its_pictures_at_the_blurb_s_own_address(newsroom, api):
    """In a list they would be half of the page, beside the blurb's own."""
    row = next(row for row in api("blurbs/")["results"] if row["id"] == str(newsroom["blurb"].pk))
    story = next(card for card in api("articles/")["results"] if card["slug"] == row["article"]["slug"])

    assert api(row["url"])["article"] == story
    assert row["article"] == {**story, "lead_photo": None, "lead_video": None}
    assert story["lead_photo"].keys() == story["lead_video"]["poster"].keys() == row["photo"].keys()


def test_video_and_its_card_have_these_keys(newsroom, api):
    full, bare = api("videos/barrier/"), api("videos/bare-video/")

    assert full.keys() == bare.keys() == keys(VIDEO)
    assert [card.keys() for card in api("videos/")["results"]] == [keys(VIDEO_CARD)] * 2
    assert full["embed"].keys() == keys("provider url html")
    assert [track.keys() for track in full["tracks"]] == [keys("kind language label url")] * 2
    assert [source.keys() for source in full["sources"]] == [keys("url type width height")]
    assert full["poster"].keys() == keys(PHOTO)
    assert full["transcript_html"] == "<p>One.</p><p>Two &amp; three.</p>"
    assert (bare["sources"], bare["tracks"]) == ([], [])
    nothing = keys("standfirst label section byline duration_seconds transcript transcript_html copyright_notice")
    assert {name: bare[name] for name in nothing} == dict.fromkeys(nothing)


def test_photo_has_these_keys(newsroom, api):
    photo = api(f"photos/{newsroom['photo'].pk}/")

    assert [row.keys() for row in [*api("photos/")["results"], photo]] == [keys(PHOTO)] * 3
    assert photo["focal_point"] == {"x": 0.25, "y": 0.5}
    assert list(photo["crops"]) == ["original", "16x9", "3x2", "1x1", "4x5"]
    assert [list(crop) for crop in photo["crops"].values()] == [["width", "height", "widths"]] * 5
    assert photo["formats"] == ["jpg"]
    folder = photo["src"].rsplit("/", 1)[0]
    assert photo["template"] == f"{folder}/{{crop}}-{{width}}.{{format}}"
    version = newsroom["photo"].sizes_version
    assert folder == f"http://localhost:8000/media/{newsroom['photo'].pk}/{version}"
    assert photo["placeholder"].startswith("data:image/")


def test_byline_section_and_topic_have_these_keys(newsroom, api):
    bylines, sections, topics = (api(f"{path}/")["results"] for path in ("bylines", "sections", "topics"))
    byline, section, topic = api("bylines/ada-writer/"), api("sections/town/"), api("topics/flood/")

    assert [row.keys() for row in [*bylines, byline]] == [keys(BYLINE)] * 3
    assert byline["portrait"].keys() == keys(PHOTO)
    assert byline["links"] == [{"label": "Site", "url": "https://ada.example.org/"}]
    assert [row.keys() for row in [*sections, section]] == [keys(SECTION)] * 3
    assert section["parent"].keys() == keys("slug name url")
    assert [child.keys() for child in api("sections/region/")["children"]] == [keys("slug name url")]
    assert [row.keys() for row in [*topics, topic]] == [keys(TOPIC)] * 3
    agency = api("bylines/an-agency/")
    nothing = keys("job_title bio_html portrait email")
    assert {name: agency[name] for name in nothing} == dict.fromkeys(nothing)


def test_list_has_these_keys(newsroom, api):
    assert api("feed/").keys() == keys("next newer results")
    assert api("feed/?count=exact").keys() == keys("next newer results count")
    assert api("feed/?count=exact")["count"] == 7
    changes = api("changes/")
    assert changes.keys() == keys("edition next results")
    shown = keys("edition action kind id slug url at previous_slug")
    assert [row.keys() for row in changes["results"]] == [shown] * len(changes["results"])


def test_problem_has_these_keys(newsroom, api):
    response = api.get("feed/?sectoin=town")
    problem = response.json()

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem.keys() == keys("type title status detail instance errors request_id")
    assert problem["type"] == "/problems/unknown-parameter"
    assert [error.keys() for error in problem["errors"]] == [keys("parameter code message allowed")]
    assert "'section'" in problem["errors"][0]["message"]


def told(data, name=""):
    """Every value of an answer with its key."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from told(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from told(value, name)
    else:
        yield name, data


@pytest.fixture
def values(newsroom, api):
    """Every value that any answer shows, with its key."""
    lists = ["feed", "articles", "blurbs", "videos", "photos", "bylines", "sections", "topics", "changes"]
    answers = [api(f"{path}/?page_size=100") for path in lists]
    details = [api(row["url"]) for answer in answers[1:-1] for row in answer["results"]]
    return list(told([answers, details]))


def test_times_are_utc_in_whole_seconds(values):
    times = [value for name, value in values if name in {"at", "usable_until"} or name.endswith("_at")]

    assert "2026-02-19T17:42:11Z" in times
    assert [t for t in times if t and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", t)] == []


def test_addresses_are_absolute_and_lead_somewhere(values, api):
    addresses = {value for name, value in values if name in {"url", "web_url", "src", "next", "newer"} and value}
    relative = [address for address in addresses if not address.startswith(("http://", "https://"))]
    own = {address for address in addresses if "/api/v1/" in address}

    assert relative == []
    assert [address for address in addresses if not address.isascii()] == []
    assert len(own) > 15
    assert [address for address in own if api.get(address).status_code != 200] == []


def test_old_slug_leads_to_the_new_one_in_any_alphabet(newsroom, api):
    update(newsroom["full"], slug="новий-слаг")
    publish(newsroom["full"])

    response = api.get("articles/full/?fields=slug")

    assert response.status_code == 308
    assert response.headers["Location"].isascii()
    assert api(response.headers["Location"])["slug"] == "новий-слаг"
