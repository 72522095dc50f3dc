"""What others are told of a change: its type, whom it concerns, and the message. Nothing that readers do not see."""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import DatabaseError
from django.db.models import Q
from rest_framework import serializers

from cms.api.changes import ChangeSerializer
from cms.content.serializers import rfc3339, web_url
from cms.delivery.models import Endpoint
from cms.delivery.tags import publications_of, tags_of
from cms.publishing import kinds
from cms.publishing.links import Thing
from cms.publishing.models import Act, Change, Publication, Reference, Version

logger = logging.getLogger(__name__)

PUBLICATION = "publication"
CHANGED = "changed"
TEST = "test"
NAMESPACE = uuid.UUID("0d6a6f0e-0c1b-5c1e-9a2e-3f5d7c9b1a44")
LIVE_VERSIONS = 20  # of an item, in which it is looked for what an endpoint is narrowed to
WENT_LIVE = [Act.Verb.PUBLISHED, Act.Verb.UPDATED, Act.Verb.WENT_LIVE]


class Message(NamedTuple):
    """One event as it is sent. Sent again, it has the same id."""

    id: str
    type: str
    body: bytes


# How a message is made


class MessageDataSerializer(ChangeSerializer):
    """A change as `/api/v1/changes/` tells it, where readers find it, and what it makes old."""

    web_url = serializers.URLField(allow_null=True, help_text="Where the front end shows it, or showed it.")
    tags = serializers.ListField(
        child=serializers.CharField(),
        help_text="Names every answer of the API that the change makes old, as `Surrogate-Key` does.",
    )
    tags_cut = serializers.BooleanField(help_text="Whether more show it than are named: the newest 1,000.")

    def to_representation(self, instance: Change) -> dict:
        publications = publications_of([instance])
        tags = tags_of([instance], publications)
        url = web_urls([instance], publications).get(instance.edition)
        return {**super().to_representation(instance), "web_url": url, "tags": tags.names, "tags_cut": tags.is_cut}


class MessageSerializer(serializers.Serializer):
    """A message to a webhook (Standard Webhooks). There is nothing in it that readers may not see."""

    type = serializers.ChoiceField([], help_text="What happened to what.")
    timestamp = serializers.DateTimeField(help_text="When it happened.")
    data = MessageDataSerializer(help_text="The change.")  # type: ignore[assignment]  # DRF takes declared fields away

    def get_fields(self) -> dict[str, serializers.Field]:
        types = [*publication_types(), *shared_types()]
        fields = super().get_fields()
        return {**fields, "type": serializers.ChoiceField(types, help_text=fields["type"].help_text)}

    def to_representation(self, instance: Change) -> dict:
        data = MessageDataSerializer().to_representation(instance)
        return {"type": type_of(instance), "timestamp": rfc3339(instance.at), "data": data}


class TestDataSerializer(serializers.Serializer):
    """What a test says."""

    text = serializers.CharField(help_text="That it is one.")


class TestMessageSerializer(serializers.Serializer):
    """A message that somebody at the desk sends to see whether it arrives. It is of no change."""

    type = serializers.ChoiceField([TEST], help_text="Always `test`.")
    timestamp = serializers.DateTimeField(help_text="When it was sent.")
    # A field that is called as a property of every serializer is, as the specification has it.
    data = TestDataSerializer(help_text="Nothing to act on.")  # type: ignore[assignment]


# Which events there are, and who wants them


def publication_types() -> list[str]:
    return [f"{PUBLICATION}.{action}" for action in Change.Action.values]


def shared_types() -> dict[str, Any]:
    """Of what many share: by type, its kind."""
    return {f"{kind.Meta.kind}.{CHANGED}": kind for kind in kinds.shared() if kind.Meta.path}


def type_of(change: Change) -> str:
    if kinds.named(change.kind).is_publishable:
        return f"{PUBLICATION}.{change.action}"
    return f"{change.kind}.{CHANGED}"


def asked_for(endpoint: Endpoint) -> Q:
    """The changes that an endpoint asks for by their types and kinds, for the database."""
    publishable = [kind.Meta.kind for kind in kinds.publishable()]
    of_kinds = [kind for kind in publishable if not endpoint.kinds or kind in endpoint.kinds]
    if not endpoint.events:
        others = [kind.Meta.kind for kind in kinds.all() if kind.Meta.kind not in publishable]
        return Q(kind__in=[*of_kinds, *others])
    actions = [name.partition(".")[2] for name in endpoint.events if name.startswith(f"{PUBLICATION}.")]
    shared = [name.partition(".")[0] for name in endpoint.events if name.endswith(f".{CHANGED}")]
    return Q(kind__in=of_kinds, action__in=actions) | Q(kind__in=shared)


def concerning(endpoint: Endpoint, changes: Sequence[Change]) -> list[Change]:
    """Those of the changes that concern what an endpoint is narrowed to."""
    wanted = {(kind, uuid.UUID(key)) for kind, key in endpoint.only}
    return [change for change in changes if _concerns(change, wanted)]


def _concerns(change: Change, wanted: set[Thing]) -> bool:
    if (change.kind, change.key) in wanted:
        return True
    if kinds.named(change.kind).is_publishable:
        return not wanted.isdisjoint(_was_in(change))
    mentions = Reference.objects.filter(publication__in=Publication.objects.referring_to(change.kind, [change.key]))
    wanted_mentions = Q()
    for kind, key in wanted:
        wanted_mentions |= Q(kind=kind, key=key)
    # What nothing mentions any more may have been shown there a moment ago.
    return mentions.filter(wanted_mentions).exists() or not mentions.exists() or _is_below(change, wanted)


def _is_below(change: Change, wanted: set[Thing]) -> bool:
    implied = kinds.named(change.kind).implied([change.key])
    return not wanted.isdisjoint(thing for things in implied.values() for thing in things)


def _was_in(change: Change) -> set[Thing]:
    """What an item mentions, and mentioned when it was live before: whoever is told of a section hears it leave."""
    acts = Act.objects.filter(kind=change.kind, key=change.key, verb__in=WENT_LIVE, version__isnull=False)
    pks: set[int | None] = set(acts.order_by("-pk").values_list("version", flat=True)[:LIVE_VERSIONS])
    pks |= {publication.version_id for publication in publications_of([change])}
    mentioned = {
        thing for version in Version.objects.filter(pk__in=list(filter(None, pks))) for thing in version.things
    }
    by_kind: dict[str, set[uuid.UUID]] = {}
    for kind, key in mentioned:
        by_kind.setdefault(kind, set()).add(key)
    for kind, keys in by_kind.items():
        mentioned |= {thing for things in kinds.named(kind).implied(keys).values() for thing in things}
    return mentioned


# What they are told


def row_of(change: Change) -> dict:
    """A change as changes/ shows it."""
    return ChangeSerializer().to_representation(change)


def web_urls(changes: Iterable[Change], publications: Iterable[Publication]) -> dict[int, str]:
    """Where the front end shows, or showed, what was changed, by edition: of what has such a place."""
    changes = [change for change in changes if row_of(change)["url"]]  # what the law wants forgotten has none
    urls: dict[int, str] = {}
    for name in {change.kind for change in changes}:
        kind, of_kind = kinds.named(name), [change for change in changes if change.kind == name]
        if not kinds.web_path(name).text:
            continue
        try:
            if kind.is_publishable:
                rows = [row for row in publications if row.kind == name]
                known = [row for row in rows if row.withdrawn_reason != Publication.Reason.LEGAL]
                by_key = kinds.publishable_named(name).web_urls_of(known)
                urls |= {change.edition: by_key[change.key] for change in of_kind if change.key in by_key}
            else:
                urls |= {change.edition: web_url(name, slug=change.slug, id=change.key) for change in of_kind}
        except DatabaseError:  # that it does not answer just now is no reason to tell half of it for ever
            raise
        except Exception:  # what an older release let in is to keep nobody from being told
            logger.exception("Where the front end shows these cannot be told: %s", name)
    return urls


def message_of(change: Change) -> Message:
    return Message(id_of(change), type_of(change), orjson.dumps(MessageSerializer().to_representation(change)))


def id_of(change: Change) -> str:
    """The same whenever it is told; another where a backup brought the edition's number back."""
    name = f"{change.edition} {change.kind} {change.key} {change.action} {change.at.timestamp():.0f}"
    return f"msg_{uuid.uuid5(NAMESPACE, name).hex}"


def test_message(at: datetime) -> Message:
    words = "Sent at the desk to see whether it arrives."
    body = {"type": TEST, "timestamp": rfc3339(at), "data": {"text": words}}
    return Message(f"msg_{uuid.uuid4().hex}", TEST, orjson.dumps(body))
