"""What the API's description says of photos."""

from drf_spectacular.drainage import set_override

from cms.api.schema import says, tell
from media.serializers import (
    CropsSerializer,
    FocalPointSerializer,
    PhotoSerializer,
    ShapeSerializer,
    SizeSerializer,
    SourceSerializer,
)

for serializer in (SizeSerializer, SourceSerializer, ShapeSerializer, CropsSerializer):
    set_override(serializer, "component_name", f"Photo{serializer.__name__.removesuffix('Serializer')}")

FILE = "https://news.example.org/media/7c9e6679-7425-40de-944b-e07fc1f90ae7/"

tell(
    PhotoSerializer,
    about="A photo with its credit and its sizes. Where a story places it, caption and alt text are the story's own. "
    "Print `credit_line` wherever you show the photo.",
    kind=says("Always `photo`.", type="string", const="photo"),
    alt_text=says("What it shows; empty for a decorative photo.", "Sandbags along a quay at dusk", nullable=False),
    extended_description=says("A longer account of what it shows: of a map or a chart."),
    caption=says("What is going on.", "Volunteers raised the quay by half a metre on Thursday night."),
    credit_line=says("As it must be printed. Never empty.", "N. Name/Agency", nullable=False),
    creator=says("Who took or made it.", "N. Name"),
    source=says("Who provided it.", "Agency"),
    copyright_notice=says("Who owns it.", "© 2026 Agency"),
    usage_terms=says("What it may be used for."),
    usable_until=says("When the rights end: from then on it is in no answer.", "2027-01-01T00:00:00Z"),
    digital_source_type=says("How it was made, as IPTC names it; the last two: with generative AI."),
    taken_at=says("When it was taken.", "2026-02-19T17:42:00Z"),
    published_at=says("When readers first saw it.", "2026-02-20T11:30:00Z", nullable=True),
    width=says("Of the original, in pixels.", 4000, type="integer", minimum=1),
    height=says("Of the original, in pixels.", 2667, type="integer", minimum=1),
    focal_point=says("What must stay in sight when you crop it yourself."),
    placeholder=says("A tiny `data:` URI to show until the picture has come.", "data:image/webp;base64,UklGRjQAAABX"),
    dominant_colour=says("The colour that most of it has, to show before that.", "#2946bd"),
    src=says(
        "A JPEG of a middle size, for `<img>`.",
        f"{FILE}whole-1280-5f1c0d3e9a7b2468.jpg",
    ),
    sources=says("For `<source>` in `<picture>`, in the order in which a browser is to try them."),
    crops=says("The same in fixed shapes, cut around the focal point."),
)
tell(
    FocalPointSerializer,
    about="A point in a picture.",
    x=says("From the left, 0 to 1.", 0.5),
    y=says("From the top, 0 to 1.", 0.33),
)
tell(
    SizeSerializer,
    about="One size of a picture. Its address never changes what it shows, so it may be cached for ever.",
    url=says(
        "The file.",
        f"{FILE}whole-640-0d4c3b2a19087f6e.jpg",
    ),
    width=says("In pixels.", 640),
    height=says("In pixels.", 427),
)
tell(
    SourceSerializer,
    about="One `<source>` of a `<picture>`.",
    type=says("The format of all its sizes.", "image/jpeg"),
    srcset=says("The sizes, from narrow to wide."),
)
tell(
    ShapeSerializer,
    about="A picture in one shape.",
    src=says("A JPEG of a middle size, for `<img>`.", f"{FILE}16x9-1280-5f1c0d3e9a7b2468.jpg"),
    sources=says("For `<source>` in `<picture>`, in the order in which a browser is to try them."),
)
tell(CropsSerializer, about="The shapes that every photo is cut to.")
