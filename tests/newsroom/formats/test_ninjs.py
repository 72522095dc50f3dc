"""ninjs out: valid by IPTC's own schema, and nothing of a story lost but what ninjs has no place for."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from cms.previews import previews
from newsroom.body import BLOCKS, DESK_ONLY
from tests.factories import make_article, make_blurb, make_photo, make_topic, make_video, paragraphs, publish

pytestmark = pytest.mark.django_db
SCHEMA = json.loads((Path(__file__).parent / "ninjs-schema_3.1.json").read_text())
VALID = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def ninjs(api, path, **headers):
    response = api.get(f"{path}?format=ninjs", **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "application/vnd.iptc.ninjs+json")
    item = response.json()
    assert [f"{error.json_path}: {error.message[:200]}" for error in VALID.iter_errors(item)] == []
    return item


def test_schema_would_notice_a_mistake():
    assert list(VALID.iter_errors({"uri": "urn:1", "pubstatus": "usable"})) != []
    assert list(VALID.iter_errors({"uri": "urn:1", "associations": [{"uri": "urn:2"}]})) != []


def test_everything_is_valid_with_all_that_it_can_have_and_with_nothing(newsroom, api):
    paths = [row["url"] for name in ("articles", "blurbs", "videos", "photos") for row in api(f"{name}/")["results"]]
    for path in paths:
        item = ninjs(api, path)
        assert item["uri"].startswith("urn:uuid:")
        assert item["standard"]["version"] == "3.1"
    assert len(paths) == 9


def test_story_has_its_words_its_makers_and_what_it_is_about(newsroom, api):
    item, told = ninjs(api, "articles/full/"), api("articles/full/")

    assert item["uri"] == f"urn:uuid:{told['id']}"
    assert [(row["role"], row["value"]) for row in item["headlines"]] == [
        ("main", "Full"), ("kicker", "Floods"), ("seo", "Search me"),
    ]  # fmt: skip
    assert item["descriptions"][0]["value"] == "All of it."
    assert (item["by"], item["located"], item["slugline"]) == ("By Ada Writer and An Agency", "Lviv", "full")
    assert [(row["name"], row["role"]) for row in item["infoSources"]] == [
        ("Ada Writer", "writer"),
        ("An Agency", "writer"),
    ]
    assert item["genres"][0]["uri"] == "http://cv.iptc.org/newscodes/genre/Background"
    assert [row["name"] for row in item["subjects"]] == ["Town", "Dikes"]
    assert item["events"][0]["uri"] == "https://www.wikidata.org/wiki/Q1"
    assert (item["firstCreated"], item["versionCreated"]) == (told["published_at"], told["updated_at"])
    assert item["edNote"] == "Correction, 2020-01-01T00:00:00Z: It was Tuesday."
    assert (item["pubStatus"], item["urgency"]) == ("usable", 1)


def test_what_stands_beside_the_text_has_its_place_in_it_and_its_credit(newsroom, api):
    item = ninjs(api, "articles/full/")
    body = item["bodies"][0]["value"]

    by_name = {other["name"]: other for other in item["associations"]}
    assert [name for name in by_name if f'data-association="{name}"' in body] == [
        "photo-1", "gallery-1", "gallery-2", "video-1", "story-1",
    ]  # fmt: skip
    assert set(by_name) - {name for name in by_name if name in body} == {"lead-photo", "lead-video", "related-1"}
    assert "<img" not in body
    assert "<iframe" not in body
    photo = by_name["lead-photo"]
    assert (photo["by"], photo["copyrightNotice"], photo["usageTerms"]) == (
        "A. Name/Agency",
        "© Agency",
        "Not for sale.",
    )
    assert photo["descriptions"][0] == {"role": "caption", "contentType": "text/plain", "value": "At dusk"}
    assert photo["expires"] == "2100-01-01T00:00:00Z"
    assert photo["digitalSourceType"]["uri"] == "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    largest = next(row for row in photo["renditions"] if row["name"] == "original-640")
    assert (largest["width"], largest["height"], largest["poi"]) == (640, 384, {"x": 160, "y": 192})
    picture = api.get(largest["href"].partition("localhost:8000")[2])
    assert picture.getvalue()[:2] == b"\xff\xd8"
    assert all(other.get("by") for other in item["associations"] if other["type"] == "picture")
    film = by_name["video-1"]
    assert {row["contentType"] for row in film["renditions"]} == {"video/mp4", "text/html", "text/vtt"}


def test_every_kind_of_block_stands_in_the_body(newsroom, api):
    types = {block["type"] for block in api("articles/full/")["body"]}
    assert types == BLOCKS.keys() - DESK_ONLY
    body = ninjs(api, "articles/full/")["bodies"][0]["value"]
    for words in (
        "One <em>two</em>",
        "<h2>Why</h2>",
        "Third",
        "The mayor",
        "Well.",
        "<td>North</td>",
        "Film",
        "Built in 1982.",
    ):
        assert words in body


def test_texts_of_any_language_and_with_any_sign_are_valid(api):
    odd = "<b>*“世界”* שלום </script> \u2028 & 'x'"
    photo = make_photo(alt_text=odd, caption=odd, credit_line=odd, creator=odd, usage_terms=odd)
    topics = [make_topic(odd, slug="odd", type="person"), make_topic("Місто", slug="місто", type="place")]
    publish(
        make_article(slug="odd", headline=odd, standfirst=odd, lead_photo=photo, topics=topics, body=paragraphs("&lt;"))
    )

    item = ninjs(api, "articles/odd/")

    assert item["headlines"][0]["value"] == item["people"][0]["name"] == api("articles/odd/")["headline"]
    assert item["places"][0]["literal"] == "місто"


def test_blurb_and_video_have_what_is_theirs(newsroom, api):
    blurb = ninjs(api, f"blurbs/{newsroom['blurb'].pk}/")
    assert {"name": "The council", "role": "source", "uri": "https://council.example.org/"} in blurb["infoSources"]
    assert [other["name"] for other in blurb["associations"]] == ["photo-1", "video-1", "story-1"]
    video = ninjs(api, "videos/barrier/")
    assert (video["type"], video["by"]) == ("video", "A. Name/Agency")
    assert video["bodies"][0]["value"] == "<p>One.</p><p>Two &amp; three.</p>"
    assert video["associations"][0]["rel"] == "poster"


def test_draft_that_is_previewed_is_withheld(api):
    draft = make_article(slug="draft")
    headers = {"Authorization": f"Preview {previews.token_of(previews.make(draft, None))}"}

    assert ninjs(api, "articles/draft/", **headers)["pubStatus"] == "withheld"
    assert api.get("articles/draft/?format=ninjs").status_code == 404


def test_bare_things_have_nothing_empty(api):
    blurb, video = publish(make_blurb(label="")), publish(make_video(duration_seconds=None, label=""))
    for path in (f"blurbs/{blurb.pk}/", f"videos/{video.slug}/"):
        assert [name for name, value in ninjs(api, path).items() if value in (None, "", [], {})] == []


def test_what_ai_did_is_said_in_iptc_s_terms_and_to_readers(api):
    note = "Translated by a machine, checked by an editor."
    photo = make_photo(ai_use_level="generated")
    publish(make_article(slug="helped", lead_photo=photo, ai_use_level="assisted", ai_use_note=note))
    publish(make_video(slug="made", ai_use_level="generated"))
    blurb = publish(make_blurb(ai_use_level="none", ai_use_note="Written on a typewriter."))

    terms = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    helped, made, unaided = (ninjs(api, path) for path in ("articles/helped/", "videos/made/", f"blurbs/{blurb.pk}/"))
    assert helped["digitalSourceType"]["uri"] == f"{terms}compositeWithTrainedAlgorithmicMedia"
    assert [row["value"] for row in helped["descriptions"] if row["role"] == "ai_use"] == [note]
    assert helped["associations"][0]["digitalSourceType"]["uri"] == f"{terms}trainedAlgorithmicMedia"
    assert made["digitalSourceType"] == {
        "uri": f"{terms}trainedAlgorithmicMedia",
        "literal": "trainedAlgorithmicMedia",
    }
    assert "digitalSourceType" not in unaided
    assert [row["value"] for row in unaided["descriptions"]] == ["Written on a typewriter."]
