"""What the API's description says of the messages that webhooks are sent: which there are, and what is in each."""

from cms.api.parameters import Schema
from cms.api.schema import ShapesSchema, tell_webhooks
from cms.delivery import events
from cms.delivery.receivers.webhook import ID, SIGNATURE, TIMESTAMP
from cms.publishing import kinds
from cms.publishing.models import Change

HEADERS = {
    ID: ("The message's own name; sent again, it has the same.", "msg_4f1c9d0a6e8b5c0fa0d3a6b1c2e5d7f9"),
    TIMESTAMP: ("When it was sent, in seconds since 1970; take none that is older than five minutes.", "1772452800"),
    SIGNATURE: (
        "By your secret, or by it and the former one: a library of Standard Webhooks verifies it.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}
DESCRIPTION = "A message for each change that an endpoint asks for, in their order, by Standard Webhooks 1.0."
OF_ACTIONS = {
    Change.Action.PUBLISHED: "Something was published",
    Change.Action.UPDATED: "Something live was updated",
    Change.Action.WITHDRAWN: "Something was withdrawn, or came to its end",
}
RESPONSES = {
    "204": {"description": "You have it: any 2xx within ten seconds. Answer first, work afterwards."},
    "410": {"description": "You want no more of them: the webhook is turned off."},
    "503": {
        "description": "Not taken, as anything but a 2xx: it is sent again, later where you ask for it, and what comes "
        "behind it waits.",
        "headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
    },
}


def webhooks(shapes: ShapesSchema) -> Schema:
    """Every type of message, with what it is sent as."""
    message, test = shapes.shape(events.MessageSerializer()), shapes.shape(events.TestMessageSerializer())
    publishable = [kind.Meta.kind for kind in kinds.publishable() if kind.Meta.path]
    described = {}
    for action in Change.Action:
        name = f"{events.PUBLICATION}.{action}"
        described[name] = sent(name, OF_ACTIONS[action], of(message, name, publishable, [action]))
    for name, kind in events.shared_types().items():
        words = f"{kind.Meta.kind.capitalize()}: it came, changed or went, as `action` says"
        described[name] = sent(name, words, of(message, name, [kind.Meta.kind], Change.Action.values))
    described[events.TEST] = sent(events.TEST, "Somebody at the desk tries whether it arrives", test)
    return described


def of(message: Schema, name: str, of_kinds: list[str], actions: list[str]) -> Schema:
    """The message, narrowed to what it can say under a name."""
    data = {"kind": {"enum": of_kinds}, "action": {"enum": list(map(str, actions))}}
    narrowed = {"type": {"const": name}, "data": {"type": "object", "properties": data}}
    return {"allOf": [message, {"type": "object", "properties": narrowed, "required": ["type", "data"]}]}


def sent(name: str, summary: str, schema: Schema) -> Schema:
    parameters = [
        {"in": "header", "name": header, "required": True, "description": text, "schema": {"type": "string"}}
        | {"example": example}
        for header, (text, example) in HEADERS.items()
    ]
    operation_id = "on" + "".join(part.capitalize() for part in name.split("."))
    return {
        "post": {
            "operationId": operation_id,
            "summary": summary,
            "description": DESCRIPTION,
            "tags": ["webhooks"],
            "security": [],
            "parameters": parameters,
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": RESPONSES,
        }
    }


tell_webhooks(webhooks)
