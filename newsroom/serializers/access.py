"""What stories and videos have in common of which not everybody may have the whole."""

from rest_framework import serializers

from newsroom.models.access import Access


def is_free(data: dict) -> bool:
    """Whether anybody may have all of a snapshot. (What was saved before there was a choice is free.)"""
    return data.get("access", Access.FREE) == Access.FREE


class MeteredSerializer(serializers.Serializer):
    access = serializers.ChoiceField(Access.values, required=False)
    is_whole = serializers.SerializerMethodField()

    def get_access(self, publication, data) -> str:
        return publication.shown.data.get("access", Access.FREE)
