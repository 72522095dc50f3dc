"""The stream of changes, as any server answers it: what there is so far, and then it ends."""

import json

import pytest

from cms.publishing import press
from tests.factories import make_article, make_byline, many_changes, publish, update

pytestmark = pytest.mark.django_db
STREAM = "changes/stream/"


def read(content):
    """The blocks of a stream, each a dictionary of its fields; comments are passed over (as HTML's standard says)."""
    blocks = []
    for block in content.decode().split("\n\n")[:-1]:
        lines = [line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")]
        if lines:
            blocks.append(dict(lines))
    return blocks


def events(content):
    return [block for block in read(content) if "data" in block]


def test_stream_tells_the_rows_of_changes(api):
    start = api("changes/")["edition"]
    article = publish(make_article(slug="vote", bylines=[make_byline("Ada")]))
    update(article, slug="ballot")
    publish(article)
    press.withdraw(article)

    response = api.get(f"{STREAM}?after={start}")
    rows = api(f"changes/?after={start}")["results"]

    assert response["Content-Type"] == "text/event-stream"
    assert [json.loads(event["data"]) for event in events(response.content)] == rows
    assert [event["event"] for event in events(response.content)] == [row["action"] for row in rows]
    assert [int(event["id"]) for event in events(response.content)] == [row["edition"] for row in rows]
    assert len(rows) >= 4


def test_without_a_place_it_begins_now_and_says_where_that_is(api):
    publish(make_article())
    newest = api("changes/")["edition"]

    assert read(api.get(STREAM).content) == [{"retry": "5000", "id": str(newest)}]


def test_last_event_goes_before_the_address_that_the_browser_began_with(api):
    for _ in range(3):
        publish(make_article())
    newest = api("changes/")["edition"]

    def ids(path, **headers):
        return [int(event["id"]) for event in events(api.get(path, **headers).content)]

    assert ids(f"{STREAM}?after=0", **{"Last-Event-ID": str(newest - 1)}) == [newest]
    assert ids(STREAM, **{"Last-Event-ID": str(newest)}) == []
    assert ids(f"{STREAM}?after=0", **{"Last-Event-ID": ""}) == list(range(1, newest + 1))


def test_more_than_one_answer_holds_is_asked_for_at_once(api):
    many_changes(251)
    newest = api("changes/")["edition"]

    first = read(api.get(f"{STREAM}?after=0").content)
    second = read(api.get(STREAM, **{"Last-Event-ID": first[-1]["id"]}).content)

    assert (first[0]["retry"], len(first) - 1) == ("100", 250)
    assert (second[0]["retry"], second[-1]["id"]) == ("5000", str(newest))


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("after=99999", {}, 400),
        ("after=x", {}, 400),
        ("after=-1", {}, 400),
        ("after=", {}, 400),
        ("after=1&after=2", {}, 400),
        ("page_size=5", {}, 400),
        ("section=world", {}, 400),
        ("", {"Last-Event-ID": "99999"}, 400),
        ("", {"Last-Event-ID": "seven"}, 400),
        ("", {"Last-Event-ID": "7, 8"}, 400),
        ("", {"Last-Event-ID": "9" * 50}, 400),
        ("", {"Authorization": "Bearer no"}, 401),
    ],
)
def test_what_cannot_be_streamed_is_a_problem(api, query, headers, status):
    response = api.get(f"{STREAM}?{query}", **headers)

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert "Access-Control-Allow-Origin" in response


def test_no_cache_and_no_proxy_holds_it_back(api):
    response = api.get(STREAM)

    assert response["Cache-Control"] == "no-store"
    assert response["X-Accel-Buffering"] == "no"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


def test_pages_of_other_hosts_may_say_what_they_had_last(api):
    def allowed(path):
        return api.client.options(f"/api/v1/{path}")["Access-Control-Allow-Headers"].split(", ")

    assert "Last-Event-ID" in allowed(STREAM)
    assert "Last-Event-ID" not in allowed("feed/")
    assert {"Authorization", "Content-Type"} <= set(allowed(STREAM))


def test_withdrawal_for_legal_reasons_leaves_no_slug_in_the_stream(api):
    article = publish(make_article(slug="libel"))
    update(article, slug="still-libel")
    publish(article)
    press.withdraw(article, "legal")

    content = api.get(f"{STREAM}?after=0").content

    assert b"libel" not in content
    assert [event["event"] for event in events(content)] == ["published", "updated", "withdrawn"]


def test_other_methods_are_refused(api):
    for method in ("post", "put", "delete"):
        response = getattr(api.client, method)(f"/api/v1/{STREAM}")
        assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert api.client.head(f"/api/v1/{STREAM}").status_code == 200


def test_who_waits_where_no_event_loop_holds_them_is_answered_at_once(api):
    publish(make_article())
    newest = api("changes/")["edition"]
    response = api.get(f"changes/?after={newest}&wait=25")

    assert response.json()["results"] == []
    assert response.json()["next"].endswith(f"?wait=25&page_size=100&after={newest}")
    assert response["Cache-Control"] == "no-store"
    assert api.get(f"changes/?after={newest}")["Cache-Control"].startswith("public, max-age=15")


@pytest.mark.parametrize("wait", ["0", "26", "-1", "1.5", "soon", "", "5&wait=6"])
def test_who_waits_waits_for_one_to_twenty_five_seconds(api, wait):
    response = api.get(f"changes/?wait={wait}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "wait"
