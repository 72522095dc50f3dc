"""What the description says of writing is what is done."""

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from cms.api.manage.routes import managed, routes
from newsroom.body import BLOCKS
from tests.factories import make_article, make_photo, make_section, make_video

pytestmark = pytest.mark.django_db
BELOW = "/api/v1/manage/"
HERE = "https://news.example.org/openapi"


@pytest.fixture
def document(api):
    return api("schema/")


def wrong_with(document, path, method, response):
    """What an answer has that the description does not, or the other way round."""
    told = document["paths"][path][method]["responses"][str(response.status_code)]
    if response.status_code == 204:
        return []
    return mistakes(document, told["content"][response["Content-Type"]]["schema"], response.json())


def mistakes(document, schema, data):
    registry = Registry().with_resource(HERE, DRAFT202012.create_resource(document))
    schema = {"$ref": f"{HERE}{schema['$ref']}"} if "$ref" in schema else schema
    found = Draft202012Validator(schema, registry=registry).iter_errors(data)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_every_address_and_method_is_described(document):
    expected = {f"{BELOW}batch/": ["post"]}
    for name, view in managed().items():
        for route, actions in routes(view).items():
            expected[f"{BELOW}{name}{route.replace('(?P<name>[^/]+)', '{id}')}/"] = list(actions)

    found = {path: list(told) for path, told in document["paths"].items() if path.startswith(BELOW)}
    assert found == expected
    operations = [operation for told in document["paths"].values() for operation in told.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert [operation["operationId"] for operation in operations if not operation["summary"]] == []


def test_answers_are_as_described(document, desk):
    section = make_section("World")
    lines = {
        "articles": {"headline": "Vote", "section": "world", "body_html": "<p>Yes.</p>"},
        "blurbs": {"text_html": "<p>Now.</p>"},
        "videos": {"headline": "Film"},
        "topics": {"name": "Flood", "slug": "flood"},
        "bylines": {"name": "Ada", "slug": "ada"},
        "sections": {"name": "Town", "slug": "town", "parent": "world"},
    }
    make_photo()
    wrong = {}
    for name, line in lines.items():
        made = desk.post(f"{name}/", line)
        one = f"{name}/{made.json()['id']}/"
        changed = desk.patch(one, {}, made)
        for path, method, response in (
            ("", "post", made),
            ("", "get", desk.get(f"{name}/")),
            ("{id}/", "get", desk.get(one)),
            ("{id}/", "patch", changed),
            ("{id}/", "patch", desk.patch(one, {"nothing": 1}, changed)),
            ("{id}/", "patch", desk.ask("PATCH", one, {})),
            ("{id}/", "put", desk.put(one, line, '"0"')),
            ("{id}/", "delete", desk.delete(one, changed)),
            ("{id}/", "get", desk.get(one)),
        ):
            if found := wrong_with(document, f"{BELOW}{name}/{path}", method, response):
                wrong[name, path, method, response.status_code] = found
    photos = desk.get("photos/")
    assert wrong_with(document, f"{BELOW}photos/", "get", photos) == []
    assert wrong == {}
    assert section.name == "World"


def test_verbs_and_batches_are_answered_as_described(document, desk):
    make_video(slug="film", poster=None)
    article = make_article(slug="vote")
    one = f"articles/{article.pk}"
    asked = [
        ("publish", desk.post(f"{one}/publish/", {}), 200),
        ("publish", desk.post("videos/film/publish/", {}), 422),
        ("schedule", desk.post(f"{one}/schedule/", {"at": "2100-01-01"}), 200),
        ("withdraw", desk.post(f"{one}/withdraw/", {"reason": "bored"}), 400),
        ("withdraw", desk.post(f"{one}/withdraw/", {"reason": "error"}), 200),
        ("restore", desk.post(f"{one}/restore/", {"version": article.head_id}), 200),
    ]
    assert [(verb, response.status_code) for verb, response, _ in asked] == [(verb, code) for verb, _, code in asked]
    paths = {verb: f"{BELOW}articles/{{id}}/{verb}/" for verb, _, _ in asked}
    assert {verb: wrong_with(document, paths[verb], "post", response) for verb, response, _ in asked} == {
        verb: [] for verb in paths
    }
    batch = desk.post("batch/", [{"method": "GET", "path": f"{one}/"}])
    assert wrong_with(document, f"{BELOW}batch/", "post", batch) == []


def test_lines_that_an_export_writes_are_as_described(document, desk):
    """So are all that programs are told of an item: it can be sent back."""
    make_section("World")
    made = desk.post("articles/", {"headline": "Vote", "section": "world"})
    known = document["components"]["schemas"]["ArticleLine"]["properties"]
    line = {name: value for name, value in made.json().items() if name in known}
    assert mistakes(document, {"$ref": "#/components/schemas/ArticleLine"}, line) == []
    assert desk.put(f"articles/{made.json()['id']}/", made.json(), made).status_code == 200


def test_every_block_of_a_body_is_described_as_it_is_written(document, desk):
    photo = make_photo()
    make_video(slug="film")
    make_article(slug="other")
    blocks = [
        {"type": "paragraph", "html": "One."},
        {"type": "heading", "level": 2, "html": "Why"},
        {"type": "list", "ordered": True, "items": ["First", {"html": "Second", "list": {"items": ["Third"]}}]},
        {"type": "quote", "html": "Yes.", "attribution": "Mayor"},
        {"type": "pullquote", "html": "Yes."},
        {"type": "table", "caption": None, "header_rows": 1, "rows": [["Ward", "Votes"], ["North", 1204]]},
        {"type": "photo", "photo": str(photo.pk)},
        {"type": "gallery", "photos": [{"photo": str(photo.pk), "caption": "Here."}, str(photo.pk)]},
        {"type": "video", "video": "film"},
        {"type": "related", "article": "other"},
        {"type": "embed", "url": "https://www.youtube.com/watch?v=aqz-KE-bpKQ"},
        {"type": "factbox", "title": "Why", "html": "<p>So.</p>"},
        {"type": "divider"},
        {"type": "paywall"},
        {"type": "paragraph", "html": "Two.", "id": "own"},
    ]
    line = {"headline": "Vote", "body": blocks, "ai_use": {"level": "assisted"}, "seo": {"title": "Vote"}}
    line["corrections"] = [
        {"text": "It was ten."},
        {"type": "clarification", "text": "No.", "published_at": "2026-03-01"},
    ]
    shape = {"$ref": "#/components/schemas/ArticleLine"}
    assert {block["type"] for block in blocks} == {*BLOCKS}
    assert mistakes(document, shape, line) == []
    made = desk.post("articles/", line)
    assert made.status_code == 201, made.content
    assert len(made.json()["body"]) == len(blocks)
    assert wrong_with(document, f"{BELOW}articles/", "post", made) == []
    for wrong in (
        {"type": "photo"},
        {"type": "heading", "level": "2", "html": "x"},
        {"type": "divider", "html": "x"},
        {},
    ):
        assert mistakes(document, shape, {"body": [wrong]}) != []


def test_parts_of_blurbs_and_videos_are_described_as_they_are_written(document, desk):
    blurb = {"text_html": "<p>Now.</p>", "source": {"name": "Agency"}, "ai_use": {"level": "none"}}
    tracks = [{"language": "en", "label": "English", "url": "https://example.org/en.vtt"}]
    for name, line in (("blurbs", blurb), ("videos", {"headline": "Film", "tracks": tracks, "ai_use": None})):
        assert mistakes(document, {"$ref": f"#/components/schemas/{name.title()[:-1]}Line"}, line) == []
        made = desk.post(f"{name}/", line)
        assert made.status_code == 201, made.content
        assert wrong_with(document, f"{BELOW}{name}/", "post", made) == []
