"""Photos as HTML, and as other programs know pictures."""

from typing import Any, NamedTuple

from django.utils.html import escape

from cms.content.entries import Picture
from media.photos import images

SIZES = "auto, 100vw"  # as wide as it is laid out, which a browser knows of a lazy picture; else as the window


def picture(photo: dict, crop: str = images.ORIGINAL, sizes: str = SIZES) -> str:
    """A photo, as readers' JSON has it, as `<picture>` in all its formats and widths."""
    shape = photo["crops"][crop]
    sets = {format_: escape(srcset(photo, crop, format_)) for format_ in photo["formats"]}
    sources = "".join(
        f'<source type="{images.FORMATS[format_]}" srcset="{addresses}" sizes="{sizes}">'
        for format_, addresses in sets.items()
        if format_ != "jpg"
    )
    chosen = f' srcset="{sets["jpg"]}" sizes="{sizes}"' if "jpg" in sets else ""
    width, height = (photo["width"], photo["height"]) if crop == images.ORIGINAL else (shape["width"], shape["height"])
    return (
        f'<picture>{sources}<img src="{escape(photo["src"] or "")}"{chosen} alt="{escape(photo["alt_text"] or "")}" '
        f'width="{width}" height="{height}" loading="lazy"></picture>'
    )


def srcset(photo: dict, crop: str, format_: str) -> str:
    """All widths of one shape in one format, for `srcset`."""
    template = photo["template"].replace("{crop}", crop).replace("{format}", format_)
    return ", ".join(f"{template.replace('{width}', str(width))} {width}w" for width in photo["crops"][crop]["widths"])


def is_photo(value: Any) -> bool:
    """Whether something in readers' JSON is a photo."""
    return isinstance(value, dict) and value.get("kind") == "photo"


def as_picture(photo: dict) -> Picture | None:
    """A photo, as readers' JSON has it, in the one size that every program shows; none until there is one."""
    file = jpeg(photo, images.MIDDLE, or_less=True)  # which is the one that stands in `src`
    if file is None:
        return None
    return Picture(
        url=file.url,
        credit_line=photo["credit_line"] or "",
        alt_text=photo["alt_text"] or "",
        caption=photo["caption"] or "",
        copyright_notice=photo["copyright_notice"] or "",
        width=file.width,
        height=file.height,
    )


class Jpeg(NamedTuple):
    """One file of a photo, which everything can show."""

    url: str
    width: int
    height: int


def jpeg(photo: dict, wanted: int, crop: str = images.ORIGINAL, *, or_less: bool = False) -> Jpeg | None:
    """The JPEG of one shape that is so wide or more, or else the widest; or so wide or less. None until one is made."""
    shape = photo["crops"][crop]
    if not shape["widths"]:
        return None
    wider = [each for each in shape["widths"] if each >= wanted]
    narrower = [each for each in shape["widths"] if each <= wanted]
    width = (narrower or wider[:1])[-1] if or_less else (wider or narrower[-1:])[0]
    address = photo["template"].replace("{crop}", crop).replace("{format}", "jpg").replace("{width}", str(width))
    return Jpeg(address, width, max(1, round(shape["height"] * width / shape["width"])))
