"""The templates, rendered."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import mstache
from django.conf import settings

HERE = Path(__file__).parent
ESCAPES = [(b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;"), (b"'", b"&#39;")]
PARTS, PAGES = HERE / "templates" / "parts", HERE / "templates" / "pages"


def render(name: str, values: dict[str, Any]) -> str:
    """A page or a part of one as HTML. What a template says is escaped, but for what it has between three braces."""
    html: str = mstache.render(_template(name), values, resolver=_template, getter=_get, escape=_escape)
    return html


def _escape(text: bytes, **_options: Any) -> bytes:
    """What may stand in a text and in an attribute. Slashes stay: a page has thousands, and they do no harm."""
    for letter, written in ESCAPES:
        text = text.replace(letter, written)
    return text


@cache
def _template(name: str) -> str:
    file = PARTS / f"{name}.mustache"
    return (file if file.exists() else PAGES / f"{name}.mustache").read_text().strip()


def _get(scope: Any, scopes: Sequence[Any], key: bytes | str, default: Any = None, **_options: Any) -> Any:
    """A value by its name, from the innermost thing that has one: of dictionaries alone, whatever else Python has."""
    first, *rest = _names(key)
    if not first:
        return scope
    for each in (scope, *reversed(scopes)):
        if isinstance(each, dict) and first in each:
            value = each[first]
            for name in rest:
                value = value.get(name) if isinstance(value, dict) else None
            return default if value is None else value
    return default


@lru_cache(maxsize=1000)
def _names(key: bytes | str) -> list[str]:
    return (key.decode() if isinstance(key, bytes) else key).split(".")


def parts() -> dict[str, str]:
    """The templates that browsers have too."""
    return {file.stem: file.read_text().strip() for file in sorted(PARTS.glob("*.mustache"))}


@cache
def places() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "places.json").read_text())
    return found


@cache
def words(language: str) -> dict[str, Any]:
    """What the newspaper says itself, in a language that it speaks, or else in English."""
    file = HERE / "words" / f"{language.split('-')[0].lower()}.json"
    if not file.resolve().is_relative_to(HERE) or not file.exists():
        file = HERE / "words" / "en.json"
    found: dict[str, Any] = json.loads(file.read_text())
    return found


@cache
def version() -> str:
    """A word for how pages are made: another one, and no page of before holds."""
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted(path for path in HERE.rglob("*") if path.suffix in {".mustache", ".json", ".py", ".css", ".js"}):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def paper(language: str, zone: str) -> dict[str, Any]:
    """What a browser needs to make the HTML of an item from its JSON."""
    return {
        "templates": parts(),
        "words": words(language),
        "places": places(),
        "language": language,
        "zone": zone,
        "front_url": settings.FRONT_URL,
    }
