"""What part AI had in something, as its makers say it: Article 50 of the European Union's AI Act asks for it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import LineField

LONGEST_NOTE = 500  # characters


class AiUse(models.Model):
    """What is said of AI in something: nothing, or how much it did, and a note."""

    class AiLevel(models.TextChoices):
        NONE = "none", _("No AI was used")
        ASSISTED = "assisted", _("AI helped; people made it and checked it")
        GENERATED = "generated", _("AI made it")

    ai_use_level = models.CharField(
        _("AI in it"),
        max_length=20,
        choices=AiLevel,
        blank=True,
        help_text=_("Readers are told. Left empty, nothing is said of it."),
    )
    ai_use_note = models.CharField(
        _("what AI did"),
        max_length=LONGEST_NOTE,
        blank=True,
        help_text=_("For readers, in a sentence: translated by a machine and checked by an editor."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        self.ai_use_note = " ".join(self.ai_use_note.split())
        if self.ai_use_note and not self.ai_use_level:
            raise ValidationError({"ai_use_level": gettext("Choose how much AI did, or empty the note on it.")})

    @property
    def ai_use(self) -> dict[str, str | None] | None:
        """The same as readers get it."""
        return {"level": self.ai_use_level, "note": self.ai_use_note or None} if self.ai_use_level else None


class AiUseSerializer(serializers.Serializer):
    """What part AI had in something."""

    level = serializers.ChoiceField(AiUse.AiLevel.values)
    note = serializers.CharField(allow_null=True)


class AiUseField(serializers.Field):
    """What part AI had in something, {level, note}, or null where nothing is said of it."""

    default_error_messages = {
        "form": 'write {{"level": "...", "note": "..."}}',
        "level": "write one of {levels} as the level",
    }
    shape = AiUseSerializer

    def __init__(self, **kwargs: Any):
        super().__init__(**{"allow_null": True, "required": False, "source": "*", **kwargs})
        self.note = LineField(max_length=LONGEST_NOTE, allow_blank=True, allow_null=True)

    def get_attribute(self, instance: AiUse) -> dict[str, str | None] | None:
        return instance.ai_use

    def to_representation(self, value: dict) -> dict:
        return value

    def to_internal_value(self, data: Any) -> dict[str, dict | None]:
        if data is None:
            return {"ai_use": None}
        if not isinstance(data, dict) or data.keys() - {"level", "note"} or "level" not in data:
            self.fail("form")
        if data["level"] not in AiUse.AiLevel.values:
            self.fail("level", levels=", ".join(AiUse.AiLevel.values))
        return {"ai_use": {"level": data["level"], "note": self.note.run_validation(data.get("note")) or None}}


OF_LEVEL = {
    AiUse.AiLevel.ASSISTED: "compositeWithTrainedAlgorithmicMedia",
    AiUse.AiLevel.GENERATED: "trainedAlgorithmicMedia",
}


def source_type_of(shown: dict) -> str | None:
    """How something was made, in IPTC's words, by what readers' JSON of it says."""
    return shown.get("digital_source_type") or OF_LEVEL.get((shown.get("ai_use") or {}).get("level", ""))


def put_on(item: AiUse, said: dict | None) -> None:
    """Put on an item what a snapshot says of AI in it."""
    item.ai_use_level = (said or {}).get("level") or ""
    item.ai_use_note = (said or {}).get("note") or ""
