"""A photo in the forms of others: schema.org's ImageObject, and the picture of a ninjs item. Each names its maker."""

import re
from typing import Any

import orjson

from cms.api.formats import Shown, for_script
from media.ai_use import source_type_of
from media.photos import images
from media.photos.markup import jpeg

CONTEXT = "https://schema.org"
NINJS = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
}
AI_NOTE = "ai_use"  # the role of such a description
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def told(values: dict[str, Any]) -> dict[str, Any]:
    """What of these there is something to tell of."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def source_type(shown: dict) -> str | None:
    """How something was made, as the address of IPTC's word for it."""
    kind = source_type_of(shown)
    return kind and SOURCE_TYPES + kind


def named_source_type(shown: dict) -> dict | None:
    """The same, as ninjs has it."""
    kind = source_type_of(shown)
    return {"uri": SOURCE_TYPES + kind, "literal": kind} if kind else None


# schema.org


def ai_use(document: dict) -> dict[str, Any]:
    """What part AI had in something, in the words of CreativeWork."""
    note = (document.get("ai_use") or {}).get("note")
    return told({
        "digitalSourceType": source_type(document),
        "usageInfo": note and {"@type": "CreativeWork", "text": note},
    })  # fmt: skip


def image_object(photo: dict, crop: str = images.ORIGINAL) -> dict:
    """A photo as search engines know it: the widest JPEG, and whom they are to name under it."""
    file = jpeg(photo, images.WIDTHS[-1], crop)
    terms = ADDRESS.search(photo["usage_terms"] or "")
    return told({
        "@type": "ImageObject",
        "url": file and file.url,
        "contentUrl": file and file.url,
        "width": file and file.width,
        "height": file and file.height,
        "caption": photo["caption"],
        "description": photo["extended_description"] or photo["alt_text"],
        "creditText": photo["credit_line"],
        "creator": photo["creator"] and {"@type": "Person", "name": photo["creator"]},
        "copyrightNotice": photo["copyright_notice"],
        "license": terms and terms[0],
        "dateCreated": photo["taken_at"],
        "expires": photo["usable_until"],
        **ai_use(photo),
    })  # fmt: skip


def jsonld(shown: Shown) -> bytes:
    return for_script({"@context": CONTEXT, **image_object(shown.document)})


# ninjs


def urn(key: str) -> str:
    """The URI of a thing, which stays when its slug changes."""
    return f"urn:uuid:{key}"


def ai_note(document: dict) -> list[dict]:
    """What is said to readers of the part that AI had, among the descriptions."""
    return texts(**{AI_NOTE: (document.get("ai_use") or {}).get("note")})


def texts(**by_role: str | None) -> list[dict]:
    """Headlines or descriptions, by what each is for."""
    return [{"role": role, "contentType": "text/plain", "value": value} for role, value in by_role.items() if value]


def picture(photo: dict) -> dict:
    """A photo as a ninjs item, its files in all JPEG sizes of its own shape and the widest of each crop."""
    sources = [(photo["creator"], "creator"), (photo["source"], "source")]
    return told({
        "uri": urn(photo["id"]),
        "type": "picture",
        "representationType": "full",
        "pubStatus": "usable",
        "contentCreated": photo["taken_at"],
        "firstCreated": photo["published_at"],
        "expires": photo["usable_until"],
        "by": photo["credit_line"],
        "infoSources": [{"name": name, "role": role} for name, role in sources if name],
        "copyrightNotice": photo["copyright_notice"],
        "usageTerms": photo["usage_terms"],
        "descriptions": [
            *texts(caption=photo["caption"], alt=photo["alt_text"], extended=photo["extended_description"]),
            *ai_note(photo),
        ],
        "digitalSourceType": named_source_type(photo),
        "renditions": renditions(photo),
    })  # fmt: skip


def renditions(photo: dict) -> list[dict]:
    sizes = []
    for crop, shape in photo["crops"].items():
        sizes += [(crop, width) for width in (shape["widths"] if crop == images.ORIGINAL else shape["widths"][-1:])]
    files = [(f"{crop}-{width}", crop, file) for crop, width in sizes if (file := jpeg(photo, width, crop))]
    return [
        {
            "name": name,
            "href": file.url,
            "contentType": images.FORMATS["jpg"],
            "width": file.width,
            "height": file.height,
            **({"poi": _point(photo, file.width, file.height)} if crop == images.ORIGINAL else {}),
        }
        for name, crop, file in files
    ]


def _point(photo: dict, width: int, height: int) -> dict[str, int]:
    """The point of interest, in pixels of one file."""
    point = photo["focal_point"]
    return {"x": round(point["x"] * width), "y": round(point["y"] * height)}


def ninjs(shown: Shown) -> bytes:
    return orjson.dumps({**picture(shown.document), "standard": NINJS})
