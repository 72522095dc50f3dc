import json

import pytest
from django.contrib.auth.models import Group, User

from cms.api import keys

MODERN = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}


class Assistant:
    """Speaks to the door for assistants as a client of the newest version does, or with `version` of an older one."""

    def __init__(self, client, secret="", version=MODERN):
        self.client, self.version = client, version
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, method, /, **params):
        """The answer to one message, as the server sends it."""
        headers = {"MCP-Protocol-Version": self.version, **self.headers}
        if self.version == MODERN:
            params = {"_meta": META, **params}
            headers["Mcp-Method"] = method
            headers |= {"Mcp-Name": params["name"]} if method == "tools/call" else {}
        return self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}, **headers)

    def post(self, message, address="127.0.0.1", **headers):
        content = message if isinstance(message, bytes | str) else json.dumps(message)
        headers = {"Accept": "*/*", **headers}
        return self.client.post("/mcp", content, "application/json", headers=headers, REMOTE_ADDR=address)

    def tools(self):
        return {tool["name"]: tool for tool in self.ask("tools/list").json()["result"]["tools"]}

    def use(self, tool, /, **arguments):
        """What a tool answers: whether it went wrong, its words, and its data."""
        answered = self.ask("tools/call", name=tool, arguments=arguments).json()
        result = answered["result"]
        (content,) = result["content"]
        return result["isError"], content["text"], result.get("structuredContent")

    def data(self, tool, /, **arguments):
        is_error, text, data = self.use(tool, **arguments)
        assert not is_error, text
        return data


@pytest.fixture
def assistant(client):
    """`assistant("drafts", "write", role="Reporter")` has a key with these scopes for an account of that role."""

    def make(*scopes, role="Editor", version=MODERN):
        if not scopes:
            return Assistant(client, version=version)
        account = User.objects.create_user(f"user-{User.objects.count()}", first_name="Anna", is_staff=True)
        account.groups.set(Group.objects.filter(name=role))
        _key, secret = keys.make("Assistant", account, list(scopes))
        return Assistant(client, secret, version)

    return make
