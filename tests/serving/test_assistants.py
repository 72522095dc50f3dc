"""The official client against the server as it is run: what is told here works with assistants as they are."""

from datetime import timedelta

import httpx2
import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from cms.api import keys
from newsroom.models import Article
from tests.factories import make_article, make_section, paragraphs, publish
from tests.serving import run

pytestmark = pytest.mark.apart  # what assistants send is read before any row is


async def at_work(port, secret, mode):
    """What an assistant does that is to write about last week's news of the harbour."""
    # Here, or each process of a round would load the client for no test of its own, which takes it a second.
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client

    headers = {"Authorization": f"Bearer {secret}"}
    week = (timezone.now() - timedelta(days=7)).isoformat()
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http), mode=mode) as client,
    ):
        tools = [tool.name for tool in (await client.list_tools()).tools]
        found = await client.call_tool("search", {"query": "harbour", "published_after": week})
        (row,) = found.structured_content["results"]
        read = await client.call_tool("read", {"kind": row["kind"], "name": row["slug"]})
        content = {"headline": f"The crane, {mode}", "section": "town", "body_html": "<p>It came on Monday.</p>"}
        made = await client.call_tool("save_draft", {"kind": "article", "content": content})
        refused = await client.call_tool("publish", {"kind": "article", "id": made.structured_content["id"]})
        return client.protocol_version, tools, read.content[0].text, made, refused


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_official_client_finds_the_stories_and_files_a_draft(server, mode, version):
    section = make_section("Town")
    publish(make_article(slug="crane", headline="Harbour crane", section=section, body=paragraphs("It is 90 m high.")))
    anna = User.objects.create_user("anna")
    anna.groups.set(Group.objects.filter(name="Reporter"))
    secret = keys.make("Assistant", anna, ["write"])[1]

    spoken, tools, text, made, refused = run(at_work(server.port, secret, mode))
    assert spoken == version
    assert tools == ["search", "read", "list", "changes", "save_draft", "amend", "submit_for_review"]
    assert "It is 90 m high." in text
    assert (made.is_error, made.structured_content["state"]) == (False, "draft")
    assert (refused.is_error, 'lacks the scope "publish"' in refused.content[0].text) == (True, True)
    story = Article.objects.get(pk=made.structured_content["id"])
    assert (story.headline, story.made_by, story.publication) == (f"The crane, {mode}", anna, None)


def test_server_keeps_pages_of_other_sites_out_and_holds_no_stream_open(server):
    message = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    known = {"content_type": "application/json", "host": "localhost"}
    assert server.ask("POST", "/mcp", message, **known).json()["result"] == {}
    assert server.ask("POST", "/mcp", message, **known, origin="https://evil.example").status == 403
    assert server.ask("POST", "/mcp", message, content_type="application/json", host="evil.example").status == 403
    assert server.get("/mcp").status == 405
    assert server.ask("POST", "/mcp", " " * 1_000_001, **known).status == 413
