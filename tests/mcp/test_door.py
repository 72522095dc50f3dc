"""Who may knock at the door for assistants, and how."""

import pytest
import time_machine
from django.contrib.auth.models import User

from cms.api import keys
from tests.factories import make_article, publish

pytestmark = pytest.mark.django_db
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.mark.parametrize("method", ["get", "head", "delete", "put", "patch"])
def test_only_messages_are_taken(client, method):
    response = getattr(client, method)("/mcp")
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")


def test_it_stands_with_and_without_a_slash(client):
    for path in ("/mcp", "/mcp/"):
        assert client.post(path, PING, content_type="application/json").json()["result"] == {}


FOREIGN = [
    "https://evil.example",
    "http://localhost:8000.evil.example",
    "null",
    "",
    "http://localhost:8001",
    "LOCALHOST",
]
FOREIGN += ["http://testserver", "https://evil.example, http://localhost:8000", "http://localhost:8000/"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_page_of_another_site_is_refused_before_anything_is_read(assistant, origin):
    """As in DNS rebinding, where Host is the attacker's own name and a match of the two would prove nothing."""
    response = assistant().post(b"{", Origin=origin)
    assert (response.status_code, response.has_header("Access-Control-Allow-Origin")) == (403, False)
    assert response.json()["id"] is None
    assert assistant().client.options("/mcp", headers={"Origin": origin}).status_code == 403


def test_pages_of_our_own_and_those_that_are_named_may_ask(assistant, settings):
    settings.MCP_ORIGINS = ["http://localhost:6274"]
    settings.FRONT_URL = "https://www.example.org/news"
    for origin in ("http://localhost:8000", "https://www.example.org", "http://localhost:6274"):
        response = assistant().post(PING, Origin=origin)
        assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, origin)
        preflight = assistant().client.options("/mcp", headers={"Origin": origin})
        assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, origin)
        assert "Authorization" in preflight["Access-Control-Allow-Headers"]
    assert "Origin" in response["Vary"]


def test_page_that_may_ask_can_read_why_it_is_refused(assistant, settings):
    settings.FRONT_URL = origin = "https://www.example.org"
    response = assistant().post(PING, Origin=origin, Authorization="Bearer galley_key_wrong")
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (401, origin)
    assert "Retry-After" in response["Access-Control-Expose-Headers"]


def test_name_that_somebody_lets_point_here_opens_nothing(assistant, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert assistant().post(PING, Host="rebound.evil.example").status_code == 403
    assert assistant().post(PING, Host="localhost").status_code == 200


def test_only_json_is_taken(client):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert client.post("/mcp", b"{}", content_type=content_type).status_code == 415


def test_body_has_a_bound(assistant, settings):
    settings.BODY_MB = 1
    assert assistant().post(b" " * 1_000_001).status_code == 413


def test_no_cookie_opens_anything_and_none_is_set(client, assistant):
    client.force_login(User.objects.create_superuser("root"))
    asked = assistant()
    assert set(asked.tools()) == {"search", "read", "list", "changes"}
    response = asked.post(PING)
    assert (response.cookies, response["Cache-Control"]) == ({}, "no-store")
    assert "Cookie" not in response["Vary"]


def test_key_that_is_wrong_or_ended_is_never_taken_for_none(assistant):
    key, secret = keys.make("Assistant", User.objects.create_user("anna"), ["write"])
    key.revoke()
    for word in (f"Bearer {secret}", "Bearer x", "Basic eDp5", "Preview abc", "Bearer", ""):
        response = assistant().post(PING, Authorization=word)
        assert (word, response.status_code, "Bearer" in response["WWW-Authenticate"]) == (word, 401, True)


def test_session_of_somebody_else_is_nothing_here(assistant):
    """There are none, so that one that a client brings along is neither taken up nor given back."""
    response = assistant().post(PING, **{"Mcp-Session-Id": "chosen-by-somebody"})
    assert (response.status_code, response.has_header("Mcp-Session-Id")) == (200, False)


def test_desk_that_speaks_another_language_makes_no_difference(assistant, settings):
    settings.LANGUAGE_CODE = "uk"
    publish(make_article(slug="story"))
    is_error, text, _data = assistant().use("list", of="nothing")
    assert (is_error, text.startswith("of: 'nothing' is none of feed, ")) == (True, True)


@time_machine.travel("2026-03-02T12:00:10Z", tick=False)
def test_who_asks_too_often_is_told_when_to_go_on(client, settings):
    settings.RATE_LIMIT_ADDRESS = 3
    of_one = {"content_type": "application/json", "REMOTE_ADDR": "192.0.2.77"}
    answers = [client.post("/mcp", PING, **of_one) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "50"
    assert answers[-1].json()["error"]["message"].startswith("That was more than is allowed in a minute; go on in 50 s")
    assert answers[0]["RateLimit"] == '"address";r=2;t=50'
    assert client.post("/mcp", PING, **{**of_one, "REMOTE_ADDR": "192.0.2.78"}).status_code == 200
