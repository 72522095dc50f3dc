"""What a page says of its item, as a snapshot: what saving it would write, and nothing of it is written yet."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models

from cms.publishing import kinds


def snapshot_of(form: forms.ModelForm, formsets: Iterable[Any]) -> dict:
    """The snapshot that a page makes, with the rows of these formsets; of those left out the stored ones stand."""
    rows = {formset.fk.remote_field.related_name: formset.as_written() for formset in formsets}
    for relation in form.instance._meta.many_to_many:
        if relation.name in form.cleaned_data:
            rows[relation.name] = _chosen(form, relation)
    return kinds.publishable_named(form.instance.kind).snapshot(form.instance, rows)


def _chosen(form: forms.ModelForm, relation: Any) -> list[models.Model]:
    """Rows of what was chosen of many, in the order that they have; what is new follows."""
    through, owner, other = relation.remote_field.through, relation.m2m_field_name(), relation.m2m_reverse_field_name()
    stored = through._default_manager.filter(**{owner: form.instance}).order_by("pk").values_list(other, flat=True)
    places = {key: place for place, key in enumerate(stored)}
    chosen = sorted(form.cleaned_data[relation.name], key=lambda row: places.get(row.pk, len(places)))
    return [through(**{owner: form.instance, other: row}) for row in chosen]
