"""Columns that behave alike on SQLite and PostgreSQL."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from django import forms
from django.conf import settings
from django.core.validators import URLValidator, validate_unicode_slug
from django.db import models
from django.utils.html import strip_tags

from cms.text import spelling


def fold(text: str) -> str:
    """Text without case and accents, to sort and to search by: "Éva Łoś" becomes "eva łos"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


class FoldedField(models.CharField):
    """What another field says, folded, and compared byte by byte on every database."""

    def __init__(self, source: str = "", **kwargs: Any) -> None:
        self.source = source
        super().__init__(**{"max_length": 400, "editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = getattr(model_instance, self.source)
        value = None if text is None and self.null else fold(text)[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value

    def db_parameters(self, connection: Any) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}


class SearchTextField(models.TextField):
    """What several fields say, folded, to search with `contains`; an index takes only so many bytes of it."""

    def __init__(self, sources: Sequence[str] = (), most: Any = None, **kwargs: Any) -> None:
        self.sources, self.most = list(sources), most
        super().__init__(**{"editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources, "most": self.most}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        folded = fold("\n".join(filter(None, (self._text_of(model_instance, name) for name in self.sources))))
        folded = folded.encode()[: self.most].decode(errors="ignore")
        setattr(model_instance, self.attname, folded)
        return folded

    def _text_of(self, model_instance: models.Model, name: str) -> str:
        value = getattr(model_instance, name)
        if name.endswith("_html"):
            return html.unescape(strip_tags(value))
        return ", ".join(value) if isinstance(value, list) else value


def derived_from(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """The columns that are made of these when a row is saved, and so must be written with them."""
    written = set(names)
    return [
        field.name
        for field in model._meta.concrete_fields
        if (isinstance(field, FoldedField) and field.source in written)
        or (isinstance(field, SearchTextField) and written & set(field.sources))
    ]


class WebAddressField(models.URLField):
    """An http or https address; where an editor leaves the scheme out, https."""

    default_validators = [URLValidator(["http", "https"])]

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})


class SlugFormField(forms.CharField):
    """A slug as an editor types it, or pastes it from an address."""

    default_validators = [spelling.check_slug]

    def to_python(self, value: Any) -> Any:
        return spelling.normalised(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-slug-language": settings.CONTENT_LANGUAGE}


class SlugField(models.SlugField):
    """A slug in the letters of any language. (Django's own refuses vowel signs.)"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_unicode": True, **kwargs})
        others = [check for check in self.validators if check is not validate_unicode_slug]
        self.validators = [spelling.check_slug, *others]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, kwargs

    def to_python(self, value: Any) -> Any:
        return spelling.normalised(value) if isinstance(value, str) else super().to_python(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        slug = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, slug)
        return slug

    def formfield(self, **kwargs: Any) -> Any:
        return models.CharField.formfield(self, **{"form_class": SlugFormField, **kwargs})


class DocumentField(models.TextField):
    """JSON kept as it was written. (JSONField would sort its keys on PostgreSQL, and costs more.)"""

    _pyi_private_get_type: Any  # what django-stubs takes the value for
    _pyi_private_set_type: Any

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else orjson.loads(value)

    def to_python(self, value: Any) -> Any:
        return orjson.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else orjson.dumps(value).decode()

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
