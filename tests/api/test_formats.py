"""One address, several forms: which is answered to whom, and that no cache takes one for another."""

import json

import pytest

from cms.api import renderers
from cms.previews import previews
from cms.publishing.models import Publication
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
)

pytestmark = pytest.mark.django_db
TYPES = {
    "json": "application/json",
    "jsonld": "application/ld+json",
    "ninjs": "application/vnd.iptc.ninjs+json",
    "md": "text/markdown; charset=utf-8",
    "email": "text/html; charset=utf-8",
}
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"


@pytest.fixture
def addresses(once):
    return once(make_addresses)


def make_addresses():
    """One of each, with the formats that there are of it."""
    photo = make_photo()
    common = {"section": make_section("World"), "topics": [make_topic("Flood")], "bylines": [make_byline("Ada")]}
    publish(make_article(slug="vote", lead_photo=photo, **common))
    blurb = publish(make_blurb(**common))
    publish(make_video(slug="barrier", poster=photo, **common))
    written = ["json", "jsonld", "ninjs", "md", "email"]
    return {
        "articles/vote/": written,
        f"blurbs/{blurb.pk}/": written,
        "videos/barrier/": written,
        f"photos/{photo.pk}/": ["json", "jsonld", "ninjs"],
        "bylines/ada/": ["json", "jsonld", "md"],
        "sections/world/": ["json", "jsonld"],
        "topics/flood/": ["json", "jsonld"],
        **{f"{name}/": ["json", "email"] for name in ("feed", "articles", "blurbs", "videos")},
        **{f"{name}/": ["json"] for name in ("photos", "bylines", "sections", "topics", "changes")},
    }


def test_format_chooses_and_any_other_is_refused_by_name(addresses, api):
    for path, formats in addresses.items():
        for form, media_type in TYPES.items():
            response = api.get(f"{path}?format={form}", Accept=CHROME)
            if form in formats:
                assert (response.status_code, response["Content-Type"]) == (200, media_type), (path, form)
            else:
                error = response.json()["errors"][0]
                assert (response.status_code, error["parameter"], error["allowed"]) == (400, "format", sorted(formats))


def test_description_tells_of_every_form(addresses, api):
    document = api("schema/")
    for path, formats in addresses.items():
        names = ["slug", "id"]
        templates = [f"/api/v1/{path}"] + [f"/api/v1/{path.partition('/')[0]}/{{{name}}}/" for name in names]
        operation = next(document["paths"][name] for name in templates if name in document["paths"])["get"]
        told = operation["responses"]["200"]["content"]
        assert list(told) == [TYPES[form].partition(";")[0] for form in formats]
        parameter = next(each for each in operation["parameters"] if each["name"] == "format")
        assert parameter["schema"]["enum"] == formats


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        (CHROME, "json"),
        ("application/json, text/plain, */*", "json"),
        ("text/html", "json"),
        ("text/markdown", "md"),
        ("text/markdown, text/html, */*", "md"),
        ("text/html, text/markdown;q=0.9, */*;q=0.8", "md"),
        ("text/markdown;q=0.5, application/json", "json"),
        ("text/*", "md"),
        ("TEXT/MARKDOWN ; charset=UTF-8", "md"),
        ("application/ld+json", "jsonld"),
        ("application/ld+json, application/json", "jsonld"),
        ("application/json, application/ld+json", "json"),
        ("application/ld+json;q=0.9, application/json;q=0.8, */*;q=0.1", "jsonld"),
        ("application/ld+json;q=0, */*", "json"),
        ("application/*;q=0.5, text/markdown;q=0.4", "json"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("application/vnd.iptc.ninjs+json", "ninjs"),
        ("application/json;q=0, */*", "jsonld"),
        ("text/markdown;q=1.5", "md"),
        ("text/markdown;q=x", "md"),
        ("text/markdown;q=nan, application/json;q=0.1", "json"),
    ],
)
def test_accept_chooses_where_format_does_not(addresses, api, accept, form):
    response = api.get("articles/vote/", Accept=accept)
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[form])
    assert api.get("articles/vote/?format=json", Accept=accept)["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "accept", "there"),
    [
        ("articles/", "text/markdown", "application/json"),
        ("feed/", "application/ld+json, text/html", "application/json"),
        ("sections/world/", "text/markdown", "application/json, application/ld+json"),
        ("articles/vote/", "application/json;q=0", "application/json, application/ld+json"),
        ("articles/vote/", "*/*;q=0", "text/markdown"),
        ("schema/", "text/markdown", "application/json"),
    ],
)
def test_accept_of_what_there_is_not_is_told_what_there_is(addresses, api, path, accept, there):
    response = api.get(path, Accept=accept)
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")
    assert there in response.json()["detail"]


def test_html_is_never_answered_to_accept(addresses, api):
    for path in addresses:
        assert api.get(path, Accept="text/html")["Content-Type"] == "application/json"


def test_every_form_has_a_tag_of_its_own_by_either_way(addresses, api):
    for path, formats in addresses.items():
        tags = {form: api.get(f"{path}?format={form}")["ETag"] for form in formats}
        for form in {"jsonld", "ninjs", "md"} & set(formats):
            accept = TYPES[form].partition(";")[0]
            tags[f"{form} by Accept"] = api.get(path, Accept=accept)["ETag"]
        tags["usual"] = api.get(path)["ETag"]
        assert len(set(tags.values())) == len(tags), path
        for form in formats:
            response = api.get(f"{path}?format={form}", If_None_Match=tags[form])
            assert (response.status_code, response.content) == (304, b"")
            others = ", ".join(tag for name, tag in tags.items() if name != form)
            assert api.get(f"{path}?format={form}", If_None_Match=others).status_code == 200
        if "md" in formats:  # which this process has answered a moment ago
            assert api.get(path, If_None_Match=tags["md by Accept"]).status_code == 200
            assert api.get(path, Accept="text/markdown", If_None_Match=tags["usual"]).status_code == 200
            assert api.get(path, Accept="text/markdown", If_None_Match=tags["md by Accept"]).status_code == 304


def test_caches_are_told_the_same_of_every_form(addresses, api):
    labels = ["Cache-Control", "Surrogate-Key", "X-Edition", "Last-Modified", "Access-Control-Allow-Origin"]
    for path, formats in addresses.items():
        usual = api.get(f"{path}?format=json")
        for form in formats:
            response = api.get(f"{path}?format={form}")
            assert [response.get(name) for name in labels] == [usual.get(name) for name in labels], (path, form)
            assert response["Vary"] == "Accept-Encoding, Authorization"
        varies = bool({"jsonld", "ninjs", "md"} & set(formats))
        assert api.get(path)["Vary"] == f"{'Accept, ' if varies else ''}Accept-Encoding, Authorization"


def test_fields_and_count_are_of_json_alone(addresses, api):
    for query in (
        "articles/vote/?fields=headline&format=md",
        "feed/?fields=headline&format=email",
        "feed/?count=exact&format=email",
    ):
        response = api.get(query)
        assert response.status_code == 400
        assert "is for JSON" in response.json()["errors"][0]["message"]
    assert api.get("articles/vote/?fields=headline", Accept="text/markdown").status_code == 400
    assert api.get("articles/vote/?fields=headline", Accept="text/markdown, application/json;q=2").status_code == 400


@pytest.mark.parametrize("form", ["jsonld", "ninjs", "md", "email"])
def test_story_that_an_older_release_let_in_is_no_fault_of_ours(db, api, form):
    publish(make_article(slug="odd"))
    api("articles/odd/")  # whose JSON is kept
    row = Publication.objects.get(kind="article")
    document = json.loads(row.document)
    document |= {"body": [{"id": "x", "type": "hologram"}], "topics": None}
    Publication.objects.filter(pk=row.pk).update(document=json.dumps(document))

    response = api.get(f"articles/odd/?format={form}")

    assert (response.status_code, "The newsroom's log says why" in response.json()["detail"]) == (404, True)
    assert api.get("articles/odd/").status_code == 200


def test_head_and_gzip_go_with_every_form(addresses, api):
    for path, formats in addresses.items():
        for form in formats:
            whole = api.get(f"{path}?format={form}")
            head = api.client.head(f"/api/v1/{path}?format={form}")
            assert (head["Content-Length"], head.content) == (str(len(whole.content)), b"")
    assert api.get("articles/vote/?format=md", Accept_Encoding="gzip").status_code == 200


def test_old_slug_leads_to_the_same_form(addresses, api):
    response = api.get("articles/VOTE/?format=md")
    assert (response.status_code, response["Location"]) == (
        308,
        "http://localhost:8000/api/v1/articles/vote/?format=md",
    )


@pytest.mark.parametrize("form", ["jsonld", "ninjs", "md", "email"])
def test_preview_has_every_form_and_no_cache(db, api, form):
    draft = make_article(slug="draft", headline="Not yet", lead_photo=make_photo())
    token = f"Preview {previews.token_of(previews.make(draft, None))}"

    response = api.get(f"articles/draft/?format={form}", Authorization=token)

    assert (response.status_code, response["Content-Type"]) == (200, TYPES[form])
    assert response["Cache-Control"] == "private, no-store"
    assert not response.has_header("ETag")
    assert "Not yet" in response.content.decode()
    assert ".jpg?preview=" in response.content.decode()
    assert api.get(f"articles/draft/?format={form}").status_code == 404
    assert api.get(f"articles/draft/?format={form}", Authorization="Preview nonsense").status_code == 401


def test_detail_in_any_form_is_a_few_statements(addresses, api, django_assert_max_num_queries):
    for form in ("json", "jsonld", "ninjs", "md", "email"):
        with django_assert_max_num_queries(6):
            api.get(f"articles/vote/?format={form}")
    with django_assert_max_num_queries(4):
        api.get("feed/?format=email")


def test_answers_to_the_same_wish_are_kept_once():
    assert renderers.is_for_json(CHROME)
    assert renderers.is_for_json("application/xml")
    assert not renderers.is_for_json("text/markdown, */*")
    assert not renderers.is_for_json("application/json;q=0")
    assert renderers.wanted("text/markdown, */*") == renderers.wanted("text/markdown;q=1, text/html, */*;q=0.9")
