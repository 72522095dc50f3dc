"""The body of a story: a flat list of typed blocks, checked here for admin, import and API alike."""

import hashlib
import html
import re
from functools import cached_property
from typing import Any

import nh3
import orjson
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from cms.publishing.serializers import LinkField
from newsroom import providers

INLINE_TAGS = {"a", "strong", "em", "code", "sub", "sup", "s", "br"}
FLOW_TAGS = INLINE_TAGS | {"p", "ul", "ol", "li"}
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


def _web_addresses_only(tag: str, attribute: str, value: str) -> str | None:
    return value if value.strip().lower().startswith(("http://", "https://", "mailto:")) else None


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        attribute_filter=_web_addresses_only,
        link_rel=None,
    )


_inline = _cleaner(INLINE_TAGS)
_flow = _cleaner(FLOW_TAGS)


def without_controls(text: str) -> str:
    """Text without the characters that no text needs and PostgreSQL or XML refuse."""
    return CONTROLS.sub("", text)


def clean_inline(text: str) -> str:
    """HTML of one line of text: only links, emphasis, code, sub, sup, s and line breaks are left."""
    text = without_controls(text)
    return _inline.clean(text).strip() if "<" in text or "&" in text else text.strip().replace(">", "&gt;")


def clean_flow(text: str) -> str:
    """The same, with paragraphs and lists. Bare text becomes a paragraph."""
    cleaned = _flow.clean(without_controls(text)).strip()
    return f"<p>{cleaned}</p>" if cleaned and not cleaned.startswith("<") else cleaned


def plain(text_html: str) -> str:
    """The text of cleaned HTML."""
    spaced = re.sub(r"</(?:p|li)>|<br>", " ", text_html)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", spaced)).split())


class HtmlField(serializers.CharField):
    """HTML, cleaned. Characters that no text may hold are dropped, so DRF's slow search for them is left out."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators = [
            check for check in self.validators if not isinstance(check, ProhibitSurrogateCharactersValidator)
        ]

    def to_internal_value(self, data):
        return self.clean_html(super().to_internal_value(data))


class InlineField(HtmlField):
    """One line of text as HTML."""

    clean_html = staticmethod(clean_inline)


class FlowField(HtmlField):
    """Paragraphs and lists as HTML."""

    clean_html = staticmethod(clean_flow)


class BlockSerializer(serializers.Serializer):
    """One block. Its id stays the same for as long as the block does."""

    id = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$", required=False, help_text="Stable.")
    type = serializers.CharField()

    def to_internal_value(self, data):
        """Check a block whose type is known: what DRF does, less what no block needs. An import checks millions."""
        if strange := data.keys() - self.fields.keys():
            raise serializers.ValidationError(
                f"{', '.join(sorted(strange))[:64]}: a {self.type_name} block has {', '.join(self.fields)} only"
            )
        block, errors = {"type": data["type"]}, {}
        for name, field in self.told:
            try:
                block[name] = field.run_validation(data.get(name, serializers.empty))
            except serializers.ValidationError as error:
                errors[name] = error.detail
            except serializers.SkipField:
                pass
        if errors:
            raise serializers.ValidationError(errors)
        return block

    @cached_property
    def told(self) -> list[tuple[str, serializers.Field]]:
        """The fields that a block of this type has besides its type."""
        return [(name, field) for name, field in self.fields.items() if name != "type"]

    @property
    def type_name(self) -> str:
        return type(self).__name__.removesuffix("BlockSerializer").lower()


class ParagraphBlockSerializer(BlockSerializer):
    html = InlineField(max_length=50_000, allow_blank=True)


class HeadingBlockSerializer(BlockSerializer):
    level = serializers.IntegerField(min_value=2, max_value=4)
    html = InlineField(max_length=1000)


class ListBlockSerializer(BlockSerializer):
    ordered = serializers.BooleanField(default=False)
    items = serializers.ListField(child=InlineField(max_length=10_000, allow_blank=True), max_length=500)


class QuoteBlockSerializer(BlockSerializer):
    html = InlineField(max_length=10_000)
    attribution = serializers.CharField(max_length=300, allow_blank=True, default="")


class PullquoteBlockSerializer(QuoteBlockSerializer):
    pass


class PhotoBlockSerializer(BlockSerializer):
    photo = LinkField("photo", placement=("caption", "alt_text"), required=True, allow_null=False)


class GalleryBlockSerializer(BlockSerializer):
    photos = serializers.ListField(
        child=LinkField("photo", placement=("caption", "alt_text"), allow_null=False), min_length=1, max_length=100
    )


class VideoBlockSerializer(BlockSerializer):
    video = LinkField("video", whole=True, required=True, allow_null=False)


class RelatedBlockSerializer(BlockSerializer):
    article = LinkField("article", required=True, allow_null=False)


class EmbedBlockSerializer(BlockSerializer):
    provider = serializers.CharField(max_length=50, required=False)
    url = serializers.URLField(max_length=1000)
    html = serializers.CharField(
        max_length=10_000, allow_blank=True, allow_null=True, required=False, help_text="Ours."
    )
    title = serializers.CharField(max_length=300, allow_blank=True, allow_null=True, default="")

    def to_internal_value(self, data):
        """Whose player it is follows from the address, and its HTML is ours to make; what input says is not kept."""
        block = super().to_internal_value(data)
        found = providers.find(block["url"])
        if not found:
            raise serializers.ValidationError({"url": providers.refusal(block["url"])})
        block.pop("html", None)
        return {**block, "provider": found[0].name, "title": block["title"] or ""}


class FactboxBlockSerializer(BlockSerializer):
    title = serializers.CharField(max_length=300, allow_blank=True, default="")
    html = FlowField(max_length=20_000)


class DividerBlockSerializer(BlockSerializer):
    pass


BLOCKS = {
    "paragraph": ParagraphBlockSerializer,
    "heading": HeadingBlockSerializer,
    "list": ListBlockSerializer,
    "quote": QuoteBlockSerializer,
    "pullquote": PullquoteBlockSerializer,
    "photo": PhotoBlockSerializer,
    "gallery": GalleryBlockSerializer,
    "video": VideoBlockSerializer,
    "related": RelatedBlockSerializer,
    "embed": EmbedBlockSerializer,
    "factbox": FactboxBlockSerializer,
    "divider": DividerBlockSerializer,
}
MAX_BLOCKS = 2000


class BodyField(serializers.Field):
    """A list of blocks, each given an id that it keeps."""

    default_error_messages = {
        "list": "write a list of blocks",
        "long": "a body has at most {most} blocks",
        "type": "block {number}: there is no block type {type}; write one of {known}",
    }

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = {name: serializer() for name, serializer in BLOCKS.items()}
        for name, serializer in self.blocks.items():
            serializer.bind(name, self)

    def to_internal_value(self, data: Any) -> list[dict]:
        if not isinstance(data, list):
            self.fail("list")
        if len(data) > MAX_BLOCKS:
            self.fail("long", most=MAX_BLOCKS)
        blocks: list[dict] = []
        used: set[str] = set()
        for number, given in enumerate(data, 1):
            name = given.get("type") if isinstance(given, dict) else None
            if not isinstance(name, str) or name not in self.blocks:
                self.fail("type", number=number, type=repr(name)[:64], known=", ".join(self.blocks))
            try:
                block = self.blocks[name].to_internal_value(given)
            except serializers.ValidationError as error:
                raise serializers.ValidationError([f"block {number} ({name}): {_first(error.detail)}"]) from error
            block_id = block.pop("id", None)
            if not block_id or block_id in used:
                block_id = _new_id(block, used)
            used.add(block_id)
            blocks.append({"id": block_id, **block})
        return blocks

    def to_representation(self, value: list[dict]) -> list[dict]:
        return value


def _first(detail: Any) -> str:
    """The first message of DRF's nested errors, with the way to it."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return _first(inner) if name == "__all__" else f"{name}: {_first(inner)}"
    if isinstance(detail, list):
        return _first(detail[0])
    return str(detail)


def _new_id(block: dict, used: set[str]) -> str:
    """An id made from what the block says, so that importing a line again gives the same."""
    number = 0
    while True:
        digest = hashlib.blake2b(orjson.dumps([block, number]), digest_size=5).hexdigest()
        if digest not in used:
            return digest
        number += 1


def words(blocks: list[dict]) -> int:
    """How many words a reader finds in the text of a body."""
    text = []
    for block in blocks:
        text.append(block.get("html") or "")
        text += block.get("items") or []
        text.append(block.get("title") or "")
    return len(plain(" <br>".join(text)).split())
