"""The Model Context Protocol as clients speak it: both ways of it, and whatever else is sent."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mcp.conftest import META, MODERN

pytestmark = pytest.mark.django_db


def message(method, key=1, **params):
    return {"jsonrpc": "2.0", "id": key, "method": method, "params": params}


def wrong(response):
    return response.status_code, response.json()["error"]["code"]


def test_client_of_an_older_version_begins_with_a_handshake(assistant):
    for version in ("2025-03-26", "2025-06-18", "2025-11-25"):
        greeted = assistant().post(message("initialize", protocolVersion=version, capabilities={}, clientInfo={}))
        result = greeted.json()["result"]
        assert (greeted.status_code, result["protocolVersion"], result["capabilities"]) == (200, version, {"tools": {}})
        assert (result["serverInfo"]["name"], "Mcp-Session-Id" in greeted.headers) == ("galley", False)
    assert assistant().post({"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
    assert assistant(version="2025-11-25").ask("ping").json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize("version", ["2024-11-05", "2026-07-28", "1.0", None, 7])
def test_handshake_in_a_version_that_has_none_here_is_offered_the_newest_that_has(assistant, version):
    greeted = assistant().post(message("initialize", protocolVersion=version))
    assert greeted.json()["result"]["protocolVersion"] == "2025-11-25"


def test_client_of_the_newest_version_discovers_what_there_is(assistant):
    result = assistant().ask("server/discover").json()["result"]
    assert result["supportedVersions"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"]
    assert (result["resultType"], result["cacheScope"], result["capabilities"]) == ("complete", "public", {"tools": {}})
    assert assistant().ask("tools/list").json()["result"]["resultType"] == "complete"


def test_what_there_is_not_is_said_as_each_version_has_it(assistant):
    for method in ("resources/list", "prompts/get", "ping", "subscriptions/listen", "logging/setLevel"):
        assert wrong(assistant().ask(method)) == (404, -32601)
    for method in ("resources/list", "server/discover", "tools/delete"):
        assert wrong(assistant(version="2025-11-25").ask(method)) == (200, -32601)


@pytest.mark.parametrize(
    ("headers", "meta", "code"),
    [
        ({"MCP-Protocol-Version": "2025-11-25"}, META, -32020),
        ({"Mcp-Method": "tools/call"}, META, -32020),
        ({"MCP-Protocol-Version": MODERN}, {}, -32602),
        ({"MCP-Protocol-Version": "2031-01-01"}, {}, -32022),
        ({"MCP-Protocol-Version": "2031-01-01"}, {**META, next(iter(META)): "2031-01-01"}, -32022),
    ],
    ids=["another version", "another method", "no meta", "unknown", "unknown by request"],
)
def test_request_whose_headers_say_something_else_is_refused(assistant, headers, meta, code):
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list", **headers}
    assert wrong(assistant().post(message("tools/list", _meta=meta), **headers)) == (400, code)


def test_name_of_a_tool_in_a_header_is_that_of_the_message(assistant):
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call"}
    sent = message("tools/call", _meta=META, name="list", arguments={})
    assert wrong(assistant().post(sent, **headers, **{"Mcp-Name": "publish"})) == (400, -32020)
    assert wrong(assistant().post(sent, **headers)) == (400, -32020)
    assert assistant().post(sent, **headers, **{"Mcp-Name": "=?base64?bGlzdA==?="}).status_code == 200


def test_several_messages_at_once_are_for_the_one_version_that_had_them(assistant):
    sent = [message("ping", 1), {"jsonrpc": "2.0", "method": "notifications/initialized"}, message("ping", "b")]
    answered = assistant().post(sent)
    assert [each["id"] for each in answered.json()] == [1, "b"]
    assert assistant().post(sent[1:2]).status_code == 202
    assert wrong(assistant().post(sent, **{"MCP-Protocol-Version": "2025-11-25"})) == (400, -32600)
    assert wrong(assistant().post([])) == (400, -32600)
    assert wrong(assistant().post(sent * 10)) == (400, -32600)


def test_several_messages_at_once_count_as_several(assistant, settings):
    settings.RATE_LIMIT_ADDRESS = 10
    sent = [message("ping", number) for number in range(11)]
    assert assistant().post(sent, address="192.0.2.90").status_code == 429


ODD = [
    (b" ", -32700),
    (b"{", -32700),
    (b"\xff\xfe", -32700),
    (b"null", -32600),
    (b'"ping"', -32600),
    (b"{}", -32600),
    (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', -32600),
    (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
    (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
    (b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}', -32600),
    (b'{"jsonrpc": "2.0", "id": 1}', -32600),
    (b'{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600),
    (b"[" * 5000, -32700),
]


@pytest.mark.parametrize(("sent", "code"), ODD, ids=[str(sent[:48]) for sent, _ in ODD])
def test_what_is_no_message_is_refused(assistant, sent, code):
    assert wrong(assistant().post(sent)) == (400, code)


def test_params_that_are_no_object_are_refused(assistant):
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["list"]}
    assert assistant().post(sent).json()["error"]["code"] == -32602


def test_tool_that_there_is_not_is_named_with_those_that_there_are(assistant):
    for name in ("delete_everything", 7, None):
        answered = assistant(version="2025-11-25").ask("tools/call", name=name)
        assert answered.json()["error"]["code"] == -32602
        assert answered.json()["error"]["message"].endswith("There are: search, read, list, changes.")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(
    st.sampled_from(["query", "of", "kind", "name", "section", "page_size", "cursor", "after", "published_after"])
    | st.text(max_size=8),
    VALUES,
    max_size=4,
)


@given(st.sampled_from(["search", "read", "list", "changes", "save_draft", "publish"]), ARGUMENTS | VALUES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_arguments_make_a_fault_of_ours(assistant, name, arguments):
    sent = json.dumps(message("tools/call", name=name, arguments=arguments))
    answered = assistant().post(sent, **{"MCP-Protocol-Version": "2025-11-25"})
    assert answered.status_code in {200, 400}
    assert answered.json().get("error", {}).get("code") != -32603
