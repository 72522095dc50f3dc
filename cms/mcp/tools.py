"""Which tools there are."""

from collections.abc import Sequence

from cms.api.models import Key
from cms.mcp import reading, writing
from cms.mcp.tool import Tool

TOOLS: Sequence[Tool] = (*reading.TOOLS, *writing.TOOLS)


def named(name: str) -> Tool | None:
    return next((tool for tool in TOOLS if tool.name == name), None)


def told(key: Key | None) -> list[dict]:
    """The tools that somebody may use, and no others."""
    return [tool.told(key) for tool in TOOLS if tool.is_for(key)]
