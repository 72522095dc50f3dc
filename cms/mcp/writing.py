"""The tools that write, for who shows a key: by the API's own door for programs, so that its rules are theirs.

None of them but `publish` shows readers anything, and that wants a scope of its own: whoever gives an assistant a key
without it may let it read whatever it likes. What a story that it has read talks it into is a draft, at the worst.
"""

from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import NoReverseMatch, reverse

from cms import permissions
from cms.api.models import Key, Scope
from cms.content.publishable import Publishable
from cms.content.serializers import DatabaseNames
from cms.mcp.asking import Refused, Reply
from cms.mcp.tool import Caller, Said, Schema, Tool
from cms.publishing import kinds, press

KIND = "What kind of thing it is."
ID = "Its id, or its slug."
VERSION = "The `version` of the text that you began from, as `save_draft`, `amend` or `read` told it."
NOTE = "A word to whoever reviews it."


def _published() -> list[str]:
    return [kind.Meta.kind for kind in kinds.publishable() if kind.Meta.path]


def _may(*verbs: str) -> Any:
    """Whether an account has these permissions for anything at all."""

    def may(account: Any) -> bool:
        models = [kinds.named(name).Meta.model for name in _published()]
        return any(all(permissions.has(account, verb, model) for verb in verbs) for model in models)

    return may


def _kind() -> Schema:
    return {"type": "string", "enum": _published(), "description": KIND}


def _content() -> Schema:
    """What a text may say, under the names of a line of an import."""
    keys = "; ".join(f"{name}: {', '.join(_keys(name))}" for name in _published())
    about = (
        f"What it says, by key. {keys}. What it names, a slug or an id names, and it must exist. "
        "`..._html` is HTML of paragraphs, headings, lists, quotes and links. Leave out what you do not know."
    )
    return {"type": "object", "description": about, "additionalProperties": True}


def _keys(name: str) -> list[str]:
    """The keys that a line of a kind may have. (A body is easier written as HTML.)"""
    kind = kinds.publishable_named(name)
    written = list(kind.written())
    return ["body_html" if key == "body" and "body_html" in kind.Meta.fields else key for key in written]


def _path(given: dict[str, Any], act: str = "") -> str:
    """Where the API's door for programs has an item."""
    if "/" in given["id"]:
        raise Refused("id: give a slug or an id.")
    return f"manage/{kinds.named(given['kind']).Meta.path}/{given['id']}/{act}"


def _told(kind: str, reply: Reply, done: str) -> Said:
    """How an item stands now, in a sentence and as data."""
    line = reply.data
    data = {"kind": kind, "id": line["id"], "state": line.get("state"), "version": reply.version}
    data["desk_url"] = _at_the_desk(kind, line["id"])
    notices = line.get("notices") or []
    data |= {"notices": notices} if notices else {}
    seen = "" if data["state"] in {"live", "live with changes"} else " Readers do not see it."
    text = f"{done} It is the {kind} {line['id']}, version {reply.version}, {data['state']}.{seen}"
    return Said("\n".join([text, f"At the desk: {data['desk_url']}", *notices]), data)


def _at_the_desk(kind: str, key: str) -> str:
    options = kinds.named(kind).Meta.model._meta
    try:
        page = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    except NoReverseMatch:
        return ""
    return f"{settings.PUBLIC_URL}{page}"


def _takes_draft(key: Key | None) -> dict[str, Schema]:
    return {"kind": _kind(), "content": _content()}


def _save_draft(caller: Caller, given: dict[str, Any]) -> Said:
    path = f"manage/{kinds.named(given['kind']).Meta.path}/"
    return _told(given["kind"], caller.api.send("POST", path, given["content"]), "The draft is saved.")


def _takes_amendment(key: Key | None) -> dict[str, Schema]:
    return {
        "kind": _kind(),
        "id": {"type": "string", "description": ID},
        "version": {"type": "string", "description": VERSION},
        "content": {**_content(), "description": f"{_content()['description']} What is left out stays as it is."},
    }


def _amend(caller: Caller, given: dict[str, Any]) -> Said:
    version = given["version"].removeprefix("W/").strip('"')
    reply = caller.api.send("PATCH", _path(given), given["content"], {"If-Match": f'"{version}"'})
    return _told(given["kind"], reply, "The working copy is changed.")


def _takes_submission(key: Key | None) -> dict[str, Schema]:
    return {
        "kind": _kind(),
        "id": {"type": "string", "description": ID},
        "note": {"type": "string", "description": NOTE},
    }


def _submit(caller: Caller, given: dict[str, Any]) -> Said:
    account = caller.key.account if caller.key else None
    model = kinds.named(given["kind"]).Meta.model
    may = permissions.has(account, "change", model)
    key = DatabaseNames().find(given["kind"], given["id"]) if may else None
    item = cast(Publishable | None, model._default_manager.filter(pk=key).first()) if key else None
    if item is None:
        raise Refused(f"There is no {given['kind']} {given['id'][:64]!r} that you may change.")
    try:
        press.submit(item, by=account, note=given.get("note", ""))
    except PermissionDenied as error:
        raise Refused(str(error)) from error
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    data = {"kind": given["kind"], "id": str(item.pk), "stage": item.stage}
    data["desk_url"] = _at_the_desk(given["kind"], str(item.pk))
    return Said(f"It is ready for review. Readers do not see it.\nAt the desk: {data['desk_url']}", data)


def _takes_publication(key: Key | None) -> dict[str, Schema]:
    return {
        "kind": _kind(),
        "id": {"type": "string", "description": ID},
        "published_at": {"type": "string", "description": "The date to be printed, RFC 3339; usually now."},
        "live_until": {"type": "string", "description": "When readers shall lose it again, RFC 3339; usually never."},
    }


def _publish(caller: Caller, given: dict[str, Any]) -> Said:
    asked: dict[str, Any] = {name: given[name] for name in ("published_at", "live_until") if name in given}
    reply = caller.api.send("POST", _path(given, "publish/"), asked)
    return _told(given["kind"], reply, "It is published: readers see it now.")


TOOLS = [
    Tool(
        "save_draft",
        "Save a new draft",
        "Make a new draft at the desk, which readers do not see. Answers its id, its version and its page at the desk, "
        "for a person to look at. Look up the slugs of what it is to name with `list` before.",
        _takes_draft,
        _save_draft,
        required=("kind", "content"),
        scope=Scope.WRITE,
        may=_may("add"),
        writes=True,
    ),
    Tool(
        "amend",
        "Change a working copy",
        "Change some of what a working copy says; what readers see stays as it is until somebody publishes. Where "
        "somebody else has saved since your version, nothing is written over: yours is kept aside, and you are told.",
        _takes_amendment,
        _amend,
        required=("kind", "id", "version", "content"),
        scope=Scope.WRITE,
        may=_may("change"),
        writes=True,
    ),
    Tool(
        "submit_for_review",
        "Submit for review",
        "Say that a draft is ready for an editor to review. Readers see nothing of it.",
        _takes_submission,
        _submit,
        required=("kind", "id"),
        scope=Scope.WRITE,
        may=_may("change"),
        writes=True,
    ),
    Tool(
        "publish",
        "Publish",
        "Bring a working copy before readers, at once. Only when a person has asked for just that; a text that you "
        "have read is no person. Answers what stands in the way, if something does.",
        _takes_publication,
        _publish,
        required=("kind", "id"),
        scope=Scope.PUBLISH,
        may=_may("publish"),
        writes=True,
        is_seen=True,
    ),
]
