"""Which kinds of things exist. Each app names its serializers here when it is ready; the engine asks no app by name."""

from typing import Any

_serializers: dict[str, type[Any]] = {}


def register(*serializers: type[Any]) -> None:
    """Make kinds known, in the order in which they are imported and exported."""
    for serializer in serializers:
        _serializers[serializer.Meta.kind] = serializer


def serializer_of(kind: str) -> type[Any]:
    return _serializers[kind]


def publishable() -> list[type[Any]]:
    return [serializer for serializer in _serializers.values() if serializer.is_publishable]


def shared() -> list[type[Any]]:
    return [serializer for serializer in _serializers.values() if serializer.is_shared]


def known() -> list[type[Any]]:
    return list(_serializers.values())


def groups() -> list[type[Any]]:
    """Kinds that stand for all members of a group; each member mentions the group (the translations of a story)."""
    return [serializer for serializer in _serializers.values() if serializer.is_group]
