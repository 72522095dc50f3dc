"""Whatever is sent, readers get a problem that says what to do: never a fault of ours, never HTML."""

import re
from urllib.parse import quote

import pytest
from django.test import override_settings

from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_byline,
    make_section,
    make_topic,
    make_topics,
    make_video,
    publish,
)

PUBLISHED = ["feed", "articles", "blurbs", "videos"]
SHARED = ["photos", "bylines", "sections", "topics"]
LISTS = [*PUBLISHED, *SHARED]
ALL = [*LISTS, "changes"]
DETAILS = ["articles", "blurbs", "videos", *SHARED]
MEMBERS = {"type", "title", "status", "detail", "instance", "errors"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(api):
    """Asks, and answers the problem that came back; the same status must come for a HEAD."""

    def ask(path, status=400, **headers):
        response = api.get(path, **headers)
        assert (path, response.status_code) == (path, status)
        assert response["Content-Type"] == "application/problem+json"
        problem = response.json()
        assert problem.keys() >= MEMBERS
        assert problem["status"] == status
        assert problem["type"].startswith("/problems/")
        assert all(error.keys() == {"parameter", "code", "message", "allowed"} for error in problem["errors"])
        text = response.content.decode()
        assert not re.search(r"SELECT |site-packages|Traceback|\.py\b|<html", text)
        head = api.client.head(response.wsgi_request.get_full_path(), headers=headers)
        assert (head.status_code, head.content) == (status, b"")
        return problem

    return ask


def repeats(problem, sent):
    """Whether a problem says more than 64 characters of what was sent."""
    return sent[:65] in str(problem)


EVERYWHERE = [*(f"{name}/" for name in ALL), "", "schema/", *(f"{name}/x/" for name in DETAILS)]
UNKNOWN = [
    "colour=red",
    "populate=*",
    "a[]=1",
    "filters[x]=1",
    "title__regex=.*",
    "headline__startswith=a",
    "user__password=x",
    "format=",
    "=",
    "=1",
    "%F0%9F%98%80=1",
    "%0A=1",
    quote("x" * 5000) + "=1",
    "<script>=1",
]


@pytest.mark.apart
@pytest.mark.parametrize("path", EVERYWHERE)
def test_unknown_parameters_are_refused_by_name(refused, path):
    for query in UNKNOWN:
        problem = refused(f"{path}?{query}")
        assert problem["type"] in {"/problems/unknown-parameter", "/problems/invalid-parameter"}
        assert problem["detail"] == problem["errors"][0]["message"]
        assert not repeats(problem, "x" * 5000)


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("feed/?sectoin=world", "section"),
        ("articles/?publishd_after=2026-01-01", "published_after"),
        ("articles/?page_sise=1", "page_size"),
        ("blurbs/?limit=1", "page_size"),
        ("articles/?per_page=10", "page_size"),
        ("articles/?page[size]=10", "page_size"),
        ("articles/?pagination[pageSize]=10", "page_size"),
        ("articles/?offset=20", "page"),
        ("articles/?page[number]=2", "page"),
        ("feed/?tag=flood", "topic"),
        ("feed/?tags_exclude=flood", "exclude_topic"),
        ("feed/?categories=5", "section"),
        ("articles/?category_name=world", "section"),
        ("articles/?author=ada", "byline"),
        ("articles/?section__slug=world", "section"),
        ("articles/?filters[section][slug][$eq]=world", "section"),
        ("articles/?filters[publishedAt][$gte]=2026-01-01", "published_after"),
        ("articles/?topic[]=flood", "topic"),
        ("articles/?since=2026-01-01", "published_after"),
        ("articles/?modified_after=2026-01-01", "updated_after"),
        ("articles/?sort=date", "ordering"),
        ("articles/?orderby=date", "ordering"),
        ("articles/?locale=en", "language"),
        ("articles/?populate=*", "fields"),
        ("articles/?_fields=slug", "fields"),
        ("articles/?_embed", "fields"),
        ("articles/x/?include=tags", "fields"),
        ("feed/?type=article", "kind"),
        ("articles/?Section=world", "section"),
        ("articles/?require_topics=flood", "require_topic"),
        ("articles/?exclude=a", "exclude_slug"),
        ("articles/?q=flood", None),
        ("sections/?search=flood", None),
        ("articles/?status=draft", None),
        ("articles/?colour=red", None),
        ("articles/?titel=x", None),
        ("topics/?section=world", None),
        ("articles/?has_captions=true", None),
        ("blurbs/?slug=a", None),
        ("articles/?kind=article", None),
        ("articles/?fields=title", "headline"),
        ("articles/?fields=excerpt", "standfirst"),
        ("articles/?fields=tags", "topics"),
        ("articles/?fields=authors.name", "bylines"),
        ("articles/?fields=feature_image", "lead_photo"),
        ("articles/?fields=colour", None),
        ("articles/?genre=Opinion", "opinion"),
        ("articles/?genre=colour", None),
        ("photos/?credits=x", "credit"),
        ("feed/?ordering=-publishd_at", "-published_at"),
        ("articles/?genre=opinoin", "opinion"),
        ("feed/?kind=articles", "article"),
        ("topics/?type=persons", "person"),
        ("articles/?fields=hedline", "headline"),
        ("articles/?fields=lead_photo.scr", "src"),
        ("changes/?fields=editon", "edition"),
        ("articles/?breaking=True", "true"),
        ("articles/?count=exat", "exact"),
        ("articles/x/?format=jsn", "json"),
    ],
)
def test_problem_names_the_nearest_valid_name(refused, path, near):
    error = refused(path)["errors"][0]

    if near:
        assert f"Did you mean '{near}'?" in error["message"]
        assert near in error["allowed"]
    else:
        assert "Did you mean" not in error["message"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("topics/?section=world", "'section' here; feed/, articles/, blurbs/ and videos/ take it."),
        ("articles/?has_captions=true", "'has_captions' here; videos/ takes it."),
        ("articles/?kind=article", "'kind' here; feed/ takes it."),
        ("articles/x/?page_size=3", "'page_size' here; feed/, articles/, blurbs/ and others take it."),
        ("articles/?fields=body", "Lists do not show 'body'; ask articles/{slug}/ for it, one by one."),
        ("feed/?fields=slug,seo.title", "Lists do not show 'seo.title'; ask articles/{slug}/ for it, one by one."),
        ("feed/?fields=transcript", "Lists do not show 'transcript'; ask videos/{slug}/ for it, one by one."),
    ],
)
def test_problem_says_where_a_name_belongs(refused, path, message):
    assert message in refused(path)["errors"][0]["message"]


@pytest.mark.parametrize("name", LISTS)
def test_parameters_are_neither_empty_nor_doubled(refused, name):
    for query in ("page_size=", "ordering=", "fields=", "cursor=", "page=", "count=", "fields=%20", "cursor=%09"):
        assert refused(f"{name}/?{query}")["errors"][0]["parameter"] == query.split("=")[0]
    for query in ("page_size=1&page_size=2", "page=1&page=1", "ordering=a&ordering=a", "count=exact&count=exact"):
        assert refused(f"{name}/?{query}")["type"] == "/problems/repeated-parameter"


@pytest.mark.parametrize("name", PUBLISHED)
def test_single_valued_filters_stand_once(refused, name):
    for parameter, value in [("published_after", "2026-01-01"), ("updated_before", "2026-01-01")]:
        problem = refused(f"{name}/?{parameter}={value}&{parameter}={value}")
        assert problem["errors"][0]["code"] == "repeated-parameter"
        assert refused(f"{name}/?{parameter}=")["errors"][0]["parameter"] == parameter


BAD_NUMBERS = [
    "0",
    "-1",
    "101",
    "1.5",
    "1e3",
    "٣",
    "³",
    "+1",
    " 1",
    "0x10",
    "1_0",
    "NaN",
    "9" * 5000,
    str(2**63),
    "1;2",
]


@pytest.mark.parametrize("name", LISTS)
def test_page_sizes_and_pages_are_whole_numbers_in_their_bounds(refused, name):
    for number in BAD_NUMBERS:
        problem = refused(f"{name}/?page_size={quote(number)}")
        assert problem["errors"][0]["parameter"] == "page_size"
        assert "from 1 to 100" in problem["detail"]
        if number != "101":
            assert refused(f"{name}/?page={quote(number)}")["errors"][0]["parameter"] == "page"
    for query in ("page=501", "page=101&page_size=100", "page=10001&page_size=1"):
        assert "10000" in refused(f"{name}/?{query}")["detail"]


def test_changes_take_editions_and_page_sizes_in_their_bounds(refused):
    for number in ["-1", "1.5", "٣", "9" * 5000, str(2**63), "1e3", "1"]:  # nothing has been published: 1 is ahead
        assert refused(f"changes/?after={quote(number)}")["errors"][0]["parameter"] == "after"
    for number in ["0", "1001", "x"]:
        assert refused(f"changes/?page_size={number}")["errors"][0]["parameter"] == "page_size"


@pytest.mark.parametrize("name", LISTS)
def test_page_past_the_end_is_nothing(refused, name):
    assert refused(f"{name}/?page=2", 404)["type"] == "/problems/not-found"


@pytest.mark.parametrize("name", PUBLISHED)
def test_comma_lists_have_no_empty_members_and_at_most_100(refused, name):
    for parameter in ("section", "topic", "byline", "exclude_topic", "language", "fields"):
        for value in (",", "a,", ",a", "a,,b", "a,%20,b", ",".join(["a"] * 101)):
            assert refused(f"{name}/?{parameter}={value}")["errors"][0]["parameter"] == parameter
    if name != "blurbs":
        assert refused(f"{name}/?exclude_slug=" + ",".join(["a"] * 101))["detail"] == "List at most 100 values."


def test_hundred_members_and_ten_things_at_once_are_answered(api, django_assert_max_num_queries):
    topics = make_topics(f"T{number}" for number in range(100))
    sections = [make_section(f"S {number}", slug=f"s{number}") for number in range(3)]
    bring_all([make_article(section=section, topics=topics) for section in sections])
    all_topics = ",".join(topic.slug for topic in topics)
    many = "require_topic=" + ",".join(topic.slug for topic in topics[:10])
    api("feed/")

    for query in (
        f"topic={all_topics}",
        f"{many}",
        f"section=s0,s1,s2&topic={all_topics}",
        f"exclude_topic={all_topics}",
    ):
        with django_assert_max_num_queries(4):
            found = api(f"feed/?{query}")["results"]
        assert len(found) == (0 if "exclude" in query else 3)


def test_filters_are_as_many_as_a_database_can_answer(refused):
    sections = ",".join(make_section(f"S {number}", slug=f"s{number}").slug for number in range(20))
    many = "&".join(f"require_topic={make_topic(f'T {number}', slug=f't{number}').slug}" for number in range(10))

    assert refused(f"feed/?{many}&section={sections}")["errors"][0]["message"] == "Ask for at most 10 of these at once."


@pytest.mark.parametrize(
    "moment",
    [
        "0000-00-00",
        "2026-02-30",
        "2026-13-01",
        "10000-01-01",
        "2026-02-20T11:30:60Z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.5+00:00",
        "2026-02-20T11Z",
        "2026-02-20T11:30:00+25:00",
        "2026-02-20T",
        "yesterday",
        "1771587000",
        "2026-02-20T11:30:00Z'--",
        "٢٠٢٦-02-20",
        "2026-02-20\n",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2" * 5000,
    ],
)
def test_moments_that_do_not_exist_are_refused(refused, moment):
    for parameter in ("published_after", "published_before", "updated_after", "updated_before"):
        problem = refused(f"articles/?{parameter}={quote(moment)}")
        assert problem["errors"][0]["parameter"] == parameter
        assert "2026-02-20T11:30:00Z" in problem["detail"]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Kyiv", "America/New_York"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-01T00:00:00", "9999-12-31", "9999-12-31T23:59:59"])
def test_first_and_last_day_of_the_calendar_are_no_fault_of_ours(api, zone, day):
    with override_settings(TIME_ZONE=zone):
        for parameter in ("published_after", "updated_before"):
            assert api.get(f"feed/?{parameter}={day}").status_code in {200, 400}


def test_moments_without_a_zone_and_ranges_the_wrong_way_round_are_answered(api):
    publish(make_article())

    assert len(api("articles/?published_after=2020-01-01T00:00:00")["results"]) == 1
    assert api("articles/?published_after=2030-01-01&published_before=2020-01-01")["results"] == []


@pytest.mark.parametrize("name", LISTS)
def test_orderings_and_fields_outside_the_lists_are_refused(refused, name):
    for ordering in ("-", "id", "-id", "pk", "user__password", "live_from", "place", "published_at,id", "?"):
        assert refused(f"{name}/?ordering={ordering}")["errors"][0]["parameter"] == "ordering"
    for ordering in ("published_at;DROP TABLE x", "-published_at desc", "(select 1)", "--published_at"):
        assert refused(f"{name}/?ordering={quote(ordering)}")["errors"][0]["parameter"] == "ordering"
    for fields in ("password", "version", "live_until", "slug.x", ".", "slug.", "__class__", "a" * 5000, "*"):
        assert refused(f"{name}/?fields={quote(fields)}")["errors"][0]["parameter"] == "fields"
    assert refused(f"{name}/?ordering=-name&ordering=name")["type"] == "/problems/repeated-parameter"


ODD_NAMES = [
    "%00",
    "a%00b",
    "%FF",
    "%ED%A0%80",
    "%C0%AF",
    "%0A",
    "a%0Ab",
    "%E2%80%AE",
    "x" * 5000,
    str(2**63),
    "-1",
    "1%20or%201=1",
    "'--",
    "%2525",
    "..%2F..%2Fetc%2Fpasswd",
    "%F0%9F%98%80",
    "é",
    "00000000-0000-0000-0000-000000000000",
    "6F0C2B6E-6C8B-5E0A-9A55-0C6A0F6F7A11",
    "{6f0c2b6e-6c8b-5e0a-9a55-0c6a0f6f7a11}",
    "6f0c2b6e6c8b5e0a9a550c6a0f6f7a11",
]


@pytest.mark.parametrize("name", DETAILS)
def test_odd_names_lead_nowhere(refused, name):
    for odd in ODD_NAMES:
        for end in ("", "/"):
            problem = refused(f"{name}/{odd}{end}", 404)
            assert problem["type"] == "/problems/not-found"
            assert not repeats(problem, "x" * 5000)


@pytest.mark.parametrize("name", PUBLISHED)
def test_odd_text_in_filters_finds_nothing(api, name):
    for text in ("%01", "a%0Ab", "%F0%9F%98%80", "%E2%80%AE", "'--", "%25", "_", "*", "%2525", "1 or 1=1", "x" * 5000):
        for parameter in ("section", "topic", "byline"):
            assert api(f"{name}/?{parameter}={text}")["results"] == []


def test_odd_text_in_photo_filters_finds_nothing_or_is_refused(api, refused):
    publish(make_video())
    for text in ("%25", "_", "%5C", "'--", "%01", "%F0%9F%98%80", "x" * 5000, "%25%25"):
        assert api(f"photos/?credit={text}")["results"] == []
        assert api(f"photos/?creator={text}")["results"] == []

    assert refused("photos/?credit=%CC%81")["errors"][0]["parameter"] == "credit"


UNREADABLE = [
    "section=a%00b",
    "cursor=%ED%BF%BF",
    "x=%F0%9F",
    "section=%00",
    "%00=1",
    "section=%ED%A0%80",
    "section=%FF",
    "%FF=1",
    "section=%C0%AF",
    "a=%",
    "a=%z1",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_what_cannot_be_read_is_refused(refused, path):
    for query in [*UNREADABLE, "%=1", "a=%4"]:
        problem = refused(f"{path}?{query}")
        assert problem["type"] == "/problems/bad-request"
        named = [error["parameter"] for error in problem["errors"]]
        name, _, _value = query.partition("=")
        assert (query, named) == (query, [] if "%" in name else [name])
        assert all(name in error["message"] and name in problem["detail"] for error in problem["errors"])


@pytest.mark.parametrize("name", ALL)
def test_too_many_parameters_and_too_long_addresses_are_refused(refused, name):
    assert "1000" in refused(f"{name}/?{'&'.join(['a=1'] * 1001)}")["detail"]
    assert refused(f"{name}/?section={'x' * 100_000}", 414)["type"] == "/problems/address-too-long"
    assert refused(f"{name}/?{'x' * 12_000}=1")["type"] == "/problems/unknown-parameter"


NO_CURSORS = [
    "x",
    "AAAA",
    "a" * 999,
    "a" * 5000,
    "é",
    "%20a",
    "....",
    "%F0%9F%98%80",
    "bnVsbA==",
    "-",
    "_",
    "W10",
    "+/",
]


@pytest.mark.parametrize("name", LISTS)
def test_cursors_that_are_none_are_refused(refused, name):
    for cursor in NO_CURSORS:
        problem = refused(f"{name}/?cursor={cursor}")
        assert problem["type"] == "/problems/invalid-cursor"
        assert problem["errors"][0]["parameter"] == "cursor"
        assert "without it" in problem["detail"]
        if name in PUBLISHED:
            assert refused(f"{name}/?after={cursor}")["type"] == "/problems/invalid-cursor"


ODD_ACCEPTS = [
    "text/html",
    "application/xml",
    "a/b," * 2000,
    "junk",
    ";;;,,,",
    "*/*;q=0.1",
    "*/*;q=0, application/json",
]


@pytest.mark.parametrize("path", [*(f"{name}/" for name in ALL), "", "schema/"])
def test_whatever_accept_says_the_answer_is_json(api, path):
    for accept in [*ODD_ACCEPTS, "q=0", ""]:
        response = api.get(path, Accept=accept)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "accept", ["application/json;q=0", "*/*; q=0", "text/html, */*;q=0.0", "application/*;q=0.000"]
)
def test_accept_that_rules_json_out_is_told_so(refused, accept):
    assert "application/json" in refused("articles/", 406, Accept=accept)["detail"]


def test_errors_are_json_for_browsers_too(refused):
    refused("articles/nothing/", 404, Accept="text/html,application/xhtml+xml")
    refused("nothing/", 404, Accept="text/html")
    refused("/api/", 404, Accept="text/html")
    refused("/api", 404, Accept="text/html")
    refused("articles/?colour=red", 400, Accept="text/html")


METHODS = ["POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO", "F" * 300]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_other_methods_are_told_which_are_allowed(api, path):
    for method in METHODS:
        response = api.client.generic(method, f"/api/v1/{path}", b"{", content_type="application/json")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, OPTIONS"
        assert response["Content-Type"] == "application/problem+json"
        assert response["Cache-Control"] == "no-store"
        assert response.json()["detail"] == "Use GET, HEAD or OPTIONS here."


def test_method_override_headers_do_nothing(api):
    publish(make_article(slug="flood"))

    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert api("articles/flood/", **{header: "DELETE"})["slug"] == "flood"
        response = api.client.post("/api/v1/articles/flood/?_method=GET", {}, headers={header: "GET"})
        assert response.status_code == 405


def test_body_on_a_get_is_not_read(api):
    publish(make_article(slug="flood"))

    for content_type in ("application/json", "text/html; charset=bogus", "multipart/form-data", "", "x" * 2000):
        response = api.client.generic("GET", "/api/v1/articles/flood/", b"{[" * 1000, content_type=content_type)
        assert response.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "", "localhost,evil.example", "localhost@evil.example", "a b", "[::1", "localhost:x", "é"]
)
def test_foreign_hosts_are_refused(refused, settings, host):
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]

    problem = refused("articles/", 400, Host=host)

    assert "evil" not in str(problem)


@pytest.mark.parametrize("kind", ["articles", "blurbs", "videos"])
def test_details_take_no_parameters_of_lists(refused, kind):
    item = publish({"articles": make_article, "blurbs": make_blurb, "videos": make_video}[kind]())
    name = getattr(item, "slug", item.pk)

    for query in ("page_size=1", "ordering=published_at", "section=world", "page=1", "cursor=x", "count=exact"):
        assert refused(f"{kind}/{name}/?{query}")["type"] == "/problems/unknown-parameter"
    for form in ("xml", "html", "api", "JSON", "json,xml"):
        assert refused(f"{kind}/{name}/?format={form}")["errors"][0]["parameter"] == "format"


def test_lists_have_json_and_those_of_what_is_written_a_newsletter(refused, api):
    for name in LISTS:
        assert api.get(f"{name}/?format=json").status_code == 200
        allowed = refused(f"{name}/?format=md")["errors"][0]["allowed"]
        assert allowed == (["email", "json"] if name in {"feed", "articles", "blurbs", "videos"} else ["json"])


def test_desk_is_not_reached_by_any_filter(refused):
    make_article(headline="Secret", bylines=[make_byline("Hidden")])

    for query in ("stage=writing", "is_live=false", "status=draft", "version=1", "live_from=2020-01-01", "user=1"):
        refused(f"articles/?{query}")
