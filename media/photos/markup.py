"""Photos as HTML."""

from django.utils.html import escape

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
