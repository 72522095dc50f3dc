"""A body that a line of an import gives as HTML."""

from rest_framework import serializers

from newsroom.body import blocks_from_html


def with_blocks(given: dict, language: str) -> dict:
    """What a line says, with blocks in the place of its `body_html`, which is in this language."""
    if "body_html" not in given:
        return given
    if "body" in given:
        raise serializers.ValidationError({"body_html": "give body or body_html, not both"})
    if not isinstance(given["body_html"], str):
        raise serializers.ValidationError({"body_html": "write a text"})
    rest = {name: value for name, value in given.items() if name != "body_html"}
    return {**rest, "body": blocks_from_html(given["body_html"], language)}
