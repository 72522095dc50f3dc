"""What has a body of blocks."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.notices import collecting
from cms.publishing import kinds
from cms.publishing.models import Version
from newsroom.body import BlockError, editor_html
from newsroom.body.form_field import BodyFormField, converted, unlabelled, with_untouched
from newsroom.body.mending import whole
from newsroom.forms.written import TextForm
from newsroom.serializers.written import WORDS


class BodyForm(TextForm):
    """What has a body, written in the editor."""

    made: dict[str, Any] | None = None  # values that the serializer has made, and need not check again

    body = BodyFormField(label=gettext_lazy("Body"), required=False)

    def clean_body(self):
        kind = self.instance.kind
        before = self.instance.body or []
        base = self.data.get("base", "")
        if base and base != str(self.instance.head_id) and base.isdigit() and len(base) < 19:
            version = Version.objects.filter(pk=base, kind=kind, key=self.instance.pk).first()
            before = version.data["body"] if version else before
        before = whole(before)
        with collecting() as self.known_losses:
            converted(editor_html(before, unlabelled))
        blocks = with_untouched(self.cleaned_data["body"], before)
        if blocks == before:
            return before
        try:
            self.made = {"body": kinds.publishable_named(kind).written()["body"].run_validation(blocks)}
            return self.made["body"]
        except BlockError as error:
            words = {"number": error.number, "kind": WORDS.get(error.kind, error.kind), "fault": error.fault}
            raise ValidationError(_("Block %(number)s (%(kind)s): %(fault)s") % words) from error
        except serializers.ValidationError as error:
            raise ValidationError([str(text) for text in _flat(error.detail)]) from error


def _flat(detail: Any) -> Iterable[str]:
    if isinstance(detail, dict):
        detail = list(detail.values())
    if isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner)
    else:
        yield detail
