"""What the API's description says of photos."""

from drf_spectacular.drainage import set_override

from cms.api.schema import says, tell
from media.ai_use import AiUseSerializer
from media.photos.serializers import CropSerializer, CropsSerializer, FocalPointSerializer, PhotoSerializer

for serializer in (CropSerializer, CropsSerializer):
    set_override(serializer, "component_name", f"Photo{serializer.__name__.removesuffix('Serializer')}")

FOLDER = "https://news.example.org/media/7c9e6679-7425-40de-944b-e07fc1f90ae7/5f1c0d3e9a/"

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
    ai_use=says("What part AI had in it, as the newsroom says; null where nothing is said of that."),
    taken_at=says("When it was taken.", "2026-02-19T17:42:00Z"),
    published_at=says("When readers first saw it.", "2026-02-20T11:30:00Z", nullable=True),
    width=says("Of the original, in pixels.", 4000, type="integer", minimum=1),
    height=says("Of the original, in pixels.", 2667, type="integer", minimum=1),
    focal_point=says("What must stay in sight when you crop it yourself."),
    placeholder=says("A tiny `data:` URI to show until the picture has come.", "data:image/webp;base64,UklGRjQAAABX"),
    dominant_colour=says("The colour that most of it has, to show before that.", "#2946bd"),
    src=says(
        "A JPEG in its own shape, about 1280 pixels wide, for `<img>`; null until a size is made.",
        f"{FOLDER}original-1280.jpg",
        nullable=True,
    ),
    template=says(
        "The address of every size, as a template by RFC 6570: put a crop's name for `{crop}`, one of its `widths` for "
        "`{width}` and one of `formats` for `{format}`. What an address shows never changes: cache it for ever.",
        f"{FOLDER}{{crop}}-{{width}}.{{format}}",
        nullable=True,
    ),
    formats=says(
        "In the order in which a browser is to try them; each width is there in each. `jpg` alone until all are made.",
        ["avif", "jpg"],
    ),
    crops=says("Its shapes by name: its own as `original`, and fixed ones, cut around the focal point."),
)
tell(
    AiUseSerializer,
    about="What part AI had in something. Tell readers: Article 50 of the EU's AI Act asks for it.",
    level=says("How much it did.", "assisted"),
    note=says("What it did, for readers.", "Translated by a machine and checked by an editor."),
)
tell(
    FocalPointSerializer,
    about="A point in a picture.",
    x=says("From the left, 0 to 1.", 0.5),
    y=says("From the top, 0 to 1.", 0.33),
)
tell(
    CropSerializer,
    about="A picture in one shape.",
    width=says("Of its largest size, in pixels.", 2560),
    height=says("Of its largest size, in pixels.", 1440),
    widths=says("In which there are files, from narrow to wide.", [320, 640, 960, 1280, 1920, 2560]),
)
tell(CropsSerializer, about="The shapes in which every photo is there.")
