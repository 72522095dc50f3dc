"""The API's description of itself: that it is OpenAPI 3.1, that it tells the truth, and that it leaves nothing out."""

import ast
import os
import re
import subprocess
import sys

import orjson
import pytest
import yaml
from django.conf import settings
from drf_spectacular.drainage import GENERATOR_STATS
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from cms.api import schema
from cms.delivery import events
from cms.previews import previews
from cms.publishing import press
from cms.publishing.models import Change
from tests.factories import make_article, publish, update

PARTS = "https://news.example.org/openapi"
SHARED = ("photo", "byline", "section", "topic")


@pytest.fixture
def whole(api):
    return api("schema/")


@pytest.fixture
def document(whole):
    """What readers ask. What is written has tests of its own (tests/api/manage/test_described.py)."""
    paths = {path: told for path, told in whole["paths"].items() if not path.startswith("/api/v1/manage/")}
    return {**whole, "paths": paths}


class Described:
    """Checks answers against the description, in which a key that is not told of is a mistake."""

    def __init__(self, document):
        self.document = document
        self.schemas = document["components"]["schemas"]
        strict = {name: self._strict(name, told) for name, told in self.schemas.items()}
        resource = DRAFT202012.create_resource({"components": {"schemas": strict}})
        self.registry = Registry().with_resource(PARTS, resource)

    @staticmethod
    def _strict(name, told):
        """(A problem may have more: a 410 says why. The description itself is checked by another's rules.)"""
        is_open = "properties" not in told or name in {"Problem", "OpenApi"}
        return told if is_open else {**told, "additionalProperties": False}

    def mistakes(self, told, data):
        told = {**told, "$ref": PARTS + told["$ref"]} if "$ref" in told else told
        checker = Draft202012Validator(told, registry=self.registry, format_checker=FormatChecker())
        return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(data)]

    def message(self, told, data):
        """Of a message, which is a component narrowed down."""
        return [wrong for part in told.get("allOf", [told]) for wrong in self.mistakes(part, data)]

    def component(self, name, data):
        return self.mistakes({"$ref": f"#/components/schemas/{name}"}, data)

    def operation(self, path):
        return self.document["paths"][path]["get"]

    def answer(self, path, status="200"):
        told = self.operation(path)["responses"][status]
        if "$ref" in told:
            told = self.document["components"]["responses"][told["$ref"].rsplit("/", 1)[1]]
        return told

    def wrong(self, path, response):
        """What a response of this path has that the description does not say."""
        told = self.answer(path, str(response.status_code))
        (content_type, content), *_ = told["content"].items()
        wrong = [] if response.headers["Content-Type"] == content_type else [response.headers["Content-Type"]]
        wrong += [f"no header {name}" for name in told.get("headers", {}) if name not in response.headers]
        return wrong + self.mistakes(content["schema"], response.json())


@pytest.fixture
def described(document):
    return Described(document)


def lists(document):
    return [
        path for path in document["paths"] if f"{path}{{slug}}/" in document["paths"] or path.endswith("/feed/")
    ] + [path for path in document["paths"] if f"{path}{{id}}/" in document["paths"]]


def detail_of(document, path):
    return next((found for found in document["paths"] if found.startswith(f"{path}{{")), None)


def test_description_is_openapi_3_1(db, whole):
    from openapi_spec_validator import OpenAPIV31SpecValidator  # here, or each process of a round would load it

    assert whole["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(whole).iter_errors()) == []


def test_every_operation_has_a_name_and_words(db, document):
    operations = [path["get"] for path in document["paths"].values()]

    names = """
        getRoot getSchema listFeed listArticles getArticle listBlurbs getBlurb listVideos getVideo listPhotos getPhoto
        listBylines getByline listSections getSection listTopics getTopic listFronts getFront listPages getPage getSite
        listUpdates listChanges streamChanges
    """
    assert sorted(operation["operationId"] for operation in operations) == sorted(names.split())
    parameters = [(op["operationId"], p) for op in operations for p in op.get("parameters", [])]
    assert [op["operationId"] for op in operations if not op["summary"]] == []
    assert [(name, p["name"]) for name, p in parameters if not p["description"]] == []


def test_every_field_has_words(db, document):
    """But for where the names say it all."""
    silent = {
        f"{name}.{key}"
        for name, told in document["components"]["schemas"].items()
        for key, value in told.get("properties", {}).items()
        if "description" not in value and name not in {"Root", "PhotoCrops"}
    }

    assert silent == set()


def test_generator_has_no_complaints(db):
    GENERATOR_STATS.reset()
    schema.SchemaGenerator().get_schema(public=True)

    assert (GENERATOR_STATS._warn_cache, GENERATOR_STATS._error_cache) == ({}, {})


def test_every_example_fits_what_it_is_an_example_of(db, document, described):
    wrong = {}
    for name, told in document["components"]["schemas"].items():
        for key, value in told.get("properties", {}).items():
            for example in value.get("examples", []):
                if mistakes := described.mistakes(value, example):
                    wrong[f"{name}.{key}"] = mistakes
    for name, told in document["components"]["responses"].items():
        for content in told.get("content", {}).values():
            if mistakes := described.mistakes(content["schema"], content["example"]):
                wrong[name] = mistakes

    assert wrong == {}


def test_answers_are_as_described(newsroom, document, described, api):
    wrong = {}
    shown = set()
    for path in lists(document):
        for query in ("?page_size=100", "?page_size=2&count=exact", "?page=1"):
            wrong[path + query] = described.wrong(path, api.get(path + query))
        rows = api(f"{path}?page_size=100")["results"]
        shown.add((path, len(rows) > 1))
        detail = detail_of(document, path)
        for row in rows if detail else []:
            wrong[row["url"]] = described.wrong(detail, api.get(row["url"]))
    for path in ("/api/v1/", "/api/v1/changes/", "/api/v1/schema/", "/api/v1/site/"):
        wrong[path] = described.wrong(path, api.get(path))

    assert {address: mistakes for address, mistakes in wrong.items() if mistakes} == {}
    assert shown == {(path, True) for path in lists(document)}
    assert len(shown) == 10


def test_every_kind_of_block_is_described(newsroom, document, described, api):
    body = api("articles/full/")["body"]
    mapping = document["components"]["schemas"]["Block"]["discriminator"]["mapping"]

    assert mapping.keys() == {block["type"] for block in body}
    for block in body:
        assert described.component(mapping[block["type"]].rsplit("/", 1)[1], block) == []
        others = [ref.rsplit("/", 1)[1] for name, ref in mapping.items() if name != block["type"]]
        assert all(described.component(other, block) for other in others)


def test_description_would_notice_a_lie(newsroom, described, api):
    card = api("articles/")["results"][0]

    assert described.component("ArticleCard", card) == []
    assert described.component("ArticleCard", {**card, "secret": 1}) != []
    assert described.component("ArticleCard", {**card, "headline": None}) != []
    assert described.component("ArticleCard", {name: card[name] for name in card if name != "kicker"}) != []
    assert described.component("FeedItem", {**card, "kind": "blurb"}) != []


def test_described_parameters_are_those_that_are_taken(newsroom, document, api):
    """A problem lists every parameter that it would have taken."""
    different = {}
    for path, operations in document["paths"].items():
        detail = path.replace("{slug}", "full").replace("{id}", "7c9e6679-7425-40de-944b-e07fc1f90ae7")
        response = api.get(f"{detail}?nonsense=1")
        told = sorted(p["name"] for p in operations["get"].get("parameters", []) if p["in"] == "query")
        taken = response.json()["errors"][0]["allowed"]
        if told != taken:
            different[path] = (told, taken)

    assert different == {}


def test_described_values_are_taken_and_others_are_not(newsroom, document, api):
    wrong = []
    for path in [*lists(document), "/api/v1/changes/"]:
        for parameter in document["paths"][path]["get"]["parameters"]:
            name, told = parameter["name"], parameter["schema"]
            closed = told.get("enum") or told.get("items", {}).get("enum")
            values = [*(closed or []), *([",".join(closed)] if closed and told["type"] == "array" else [])]
            values += {"boolean": ["true", "false"]}.get(told["type"], [])
            values += [told[key] for key in ("minimum", "maximum", "default") if key in told and name != "page"]
            wrong += [(path, name, v) for v in values if api.get(f"{path}?{name}={asked(v)}").status_code != 200]
            if closed or told["type"] in {"boolean", "integer"}:
                wrong += [(path, name)] if api.get(f"{path}?{name}=nonsense").status_code != 400 else []
            if "maximum" in told:
                more = told["maximum"] + 1
                wrong += [(path, name, more)] if api.get(f"{path}?{name}={more}").status_code != 400 else []

    assert wrong == []


def asked(value):
    """A value, with the search that some go with alone."""
    return f"{value}&search=flood" if "relevance" in str(value) or "match" in str(value) else value


def fields_of(document, told):
    """Every field below a described shape, as `fields` writes it, but for what differs from block to block."""
    if "$ref" in told:
        yield from fields_of(document, document["components"]["schemas"][told["$ref"].rsplit("/", 1)[1]])
    for part in [*told.get("oneOf", []), *told.get("allOf", []), *([told["items"]] if "items" in told else [])]:
        yield from fields_of(document, part)
    for name, below in told.get("properties", {}).items():
        if name in {"preview", "match"}:
            continue  # they always stand, where they do
        yield name
        if name != "body":
            yield from (f"{name}.{deeper}" for deeper in fields_of(document, below))


def test_fields_reach_as_deep_as_the_description(newsroom, document, api):
    wrong = []
    for path in lists(document):
        told = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        envelope = document["components"]["schemas"][told["$ref"].rsplit("/", 1)[1]]
        fields = sorted(set(fields_of(document, envelope["properties"]["results"]["items"])))
        assert len(fields) > 5
        for start in range(0, len(fields), 100):
            response = api.get(f"{path}?fields={asked(','.join(fields[start : start + 100]))}")
            wrong += [] if response.status_code == 200 else [(path, response.json())]

    assert wrong == []
    assert "lead_photo.crops.16x9.widths" in set(fields_of(document, document["components"]["schemas"]["Article"]))
    assert api("articles/full/?fields=lead_photo.crops.1x1.width,seo.title")["seo"] == {"title": "Search me"}


def test_errors_are_as_described(newsroom, described, api):
    article = "/api/v1/articles/{slug}/"
    press.withdraw(publish(make_article(slug="gone")))
    answers = {
        ("/api/v1/feed/", 400): api.get("feed/?page_size=0"),
        ("/api/v1/feed/", 401): api.get("feed/", Authorization="Bearer nonsense"),
        ("/api/v1/feed/", 404): api.get("feed/?page=99"),
        ("/api/v1/feed/", 405): api.client.post("/api/v1/feed/"),
        ("/api/v1/feed/", 406): api.get("feed/", Accept="application/json;q=0"),
        ("/api/v1/feed/", 414): api.get(f"feed/?section={'a' * 17_000}"),
        (article, 404): api.get("articles/never-there/"),
        (article, 410): api.get("articles/gone/"),
        ("/api/v1/schema/", 400): api.get("schema/?format=xml"),
    }

    assert {key: response.status_code for key, response in answers.items()} == {key: key[1] for key in answers}
    assert {key: wrong for key, response in answers.items() if (wrong := described.wrong(key[0], response))} == {}


def test_previews_are_described_where_there_are_any(newsroom, document, described, api):
    token = {"Authorization": f"Preview {previews.token_of(previews.make(newsroom['full'], None))}"}
    operations = {op["operationId"]: op.get("security") for path in document["paths"].values() for op in path.values()}

    assert described.component("Article", api("articles/full/", **token)) == []
    assert document["components"]["securitySchemes"]["preview"]["scheme"] == "Preview"
    with_preview = {name for name, security in operations.items() if {"preview": []} in security}
    assert with_preview == {"getArticle", "getBlurb", "getFront", "getPage", "getSite", "getVideo"}
    assert operations["getArticle"] == [{}, {"key": []}, {"preview": []}]
    assert operations["listFeed"] == [{}, {"key": []}]


def test_moved_and_not_modified_are_as_described(newsroom, described, api):
    update(newsroom["full"], slug="fuller")
    publish(newsroom["full"])
    answers = [("/api/v1/articles/{slug}/", api.get("articles/full/"))]
    for path, address in (("/api/v1/articles/{slug}/", "articles/fuller/"), ("/api/v1/schema/", "schema/")):
        answers.append((path, api.get(address, If_None_Match=api.get(address).headers["ETag"])))

    assert [response.status_code for _, response in answers] == [308, 304, 304]
    for path, response in answers:
        told = described.answer(path, str(response.status_code))
        assert [name for name in told["headers"] if name not in response.headers] == []
        assert response.content == b""


def test_schema_is_json_or_yaml(db, api):
    as_json, as_yaml = api.get("schema/"), api.get("schema/?format=yaml")

    assert as_json.headers["Content-Type"] == "application/json"
    assert as_yaml.headers["Content-Type"] == "application/yaml"
    assert yaml.load(as_yaml.content, yaml.CSafeLoader) == as_json.json() == api("schema/?format=json")
    assert api("schema/?fields=openapi") == {"openapi": "3.1.0"}
    told = as_json.json()["paths"]["/api/v1/schema/"]["get"]["responses"]["200"]["content"]
    assert list(told) == ["application/json", "application/yaml"]


@pytest.mark.parametrize("query", ["format=xml", "format=", "format=json&format=yaml", "lang=en", "fields=nonsense"])
def test_schema_refuses_what_it_does_not_know(db, api, query):
    response = api.get(f"schema/?{query}")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["parameter"] == query.split("=")[0]


@pytest.mark.parametrize("path", ["schema/", "schema", "schema/?format=yaml", "", "changes/"])
def test_head_options_and_others_are_answered_as_everywhere(db, api, path):
    address = f"/api/v1/{path}"
    got, head = api.client.get(address), api.client.head(address)
    options, post = api.client.options(address), api.client.post(address)

    assert (got.status_code, head.status_code, options.status_code, post.status_code) == (200, 200, 204, 405)
    assert (head.content, head.headers["ETag"]) == (b"", got.headers["ETag"])
    assert int(head.headers["Content-Length"]) == len(got.content)
    assert options.headers["Allow"] == post.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert post.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["schema/", "schema/?format=yaml", ""])
def test_schema_and_first_page_may_be_kept_and_asked_for_again(db, api, path):
    first = api.get(path)
    again = api.get(path, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    kept = "public, max-age=15, s-maxage=60, stale-while-revalidate=30, stale-if-error=86400"
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == kept


def test_first_page_links_to_everything(newsroom, document, api):
    links = api("")

    assert [api.get(address).status_code for address in links.values()] == [200] * 14
    assert api("?fields=feed") == {"feed": links["feed"]}
    told = {path for path in document["paths"] if "{" not in path}
    site = document["servers"][0]["url"]
    assert {address.removeprefix(site) for address in links.values()} == told - {"/api/v1/"}


def test_schema_names_its_own_site(db, api, settings):
    settings.PUBLIC_URL = "https://www.example.com"

    assert api("schema/")["servers"] == [{"url": "https://www.example.com"}]


def test_docs_page_needs_nothing_from_elsewhere(db, api):
    page = api.get("/api/docs/")
    text = page.content.decode()

    assert page.status_code == api.get("/api/docs").status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "/api/v1/schema/" in text
    loaded = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(loaded) > 4
    assert [address for address in loaded if not address.startswith(("/static/", "/api/"))] == []
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script>" not in text
    assert "Set-Cookie" not in page.headers


def test_docs_page_is_for_reading(db, api):
    response = api.client.post("/api/docs/")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert api.client.head("/api/docs/").status_code == 200


ASK_AT_ONCE = """
import os, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
import django
django.setup()
from django.test import Client
ready = threading.Barrier(12)
answers = []

def ask(number):
    ready.wait()
    address = "/api/v1/schema/" + ("?format=yaml" if number % 2 else "")
    response = Client(HTTP_HOST="localhost").get(address)
    answers.append((number % 2, response.status_code, response.get("ETag")))

threads = [threading.Thread(target=ask, args=[number]) for number in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(set(answers)))
"""


@pytest.mark.programs
def test_schema_asked_by_several_at_once_right_after_a_start_is_one_answer(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "PYTHONPATH"}}
    process = subprocess.run(
        [sys.executable, "-c", ASK_AT_ONCE],
        env={**environment, "DATA_DIR": str(tmp_path), "DEBUG": "1"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    answers = ast.literal_eval(process.stdout.splitlines()[-1])
    assert [(form, status) for form, status, _tag in answers] == [(0, 200), (1, 200)]
    assert "Traceback" not in process.stderr


def test_lists_may_be_written_with_commas_or_repeated_and_the_schema_says_so(db, document):
    parameters = document["paths"]["/api/v1/feed/"]["get"]["parameters"]
    lists = {told["name"]: told for told in parameters if told["schema"].get("type") == "array"}

    assert set(lists) >= {"kind", "section", "topic", "require_topic", "exclude_slug", "genre", "language", "fields"}
    assert {(told["style"], told["explode"]) for told in lists.values()} == {("form", True)}
    assert all("With commas between them or repeated" in told["description"] for told in lists.values())


# What is sent to others


def test_every_message_to_a_webhook_is_described_and_as_it_is_sent(newsroom, described, whole):
    said = whole["webhooks"]
    told = {name: item["post"]["requestBody"]["content"]["application/json"]["schema"] for name, item in said.items()}
    of_publications = {f"publication.{action}" for action in ("published", "updated", "withdrawn")}
    assert told.keys() == {*of_publications, *(f"{kind}.changed" for kind in SHARED), "test"}

    publish(update(newsroom["full"], standfirst="Another."))
    press.withdraw(newsroom["bare"], "legal")
    section = newsroom["full"].section
    section.name = "Towns"
    section.save()
    changes = list(Change.objects.order_by("edition"))
    messages = [events.message_of(change) for change in changes] + [events.test_message(changes[0].at)]
    wrong = [wrongs for sent in messages if (wrongs := described.message(told[sent.type], orjson.loads(sent.body)))]
    assert wrong == []
    assert {sent.type for sent in messages} >= {*of_publications, "section.changed", "photo.changed", "test"}

    sent = orjson.loads(messages[0].body)
    for lie in ({**sent, "secret": 1}, {**sent, "data": {**sent["data"], "headline": "x"}}, {**sent, "type": "test"}):
        assert described.message(told[messages[0].type], lie) != []


def test_webhooks_are_described_with_the_headers_that_are_sent(db, whole):
    operations = {name: item["post"] for name, item in whole["webhooks"].items()}
    for name, operation in operations.items():
        headers = [parameter["name"] for parameter in operation["parameters"]]
        assert headers == ["webhook-id", "webhook-timestamp", "webhook-signature"], name
        assert operation["summary"], name
    assert operations["publication.published"]["operationId"] == "onPublicationPublished"
    assert "webhooks" in [tag["name"] for tag in whole["tags"]]
