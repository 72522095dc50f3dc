"""The blocks of a body."""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from cms.api.manage import describing
from cms.api.schema import says, tell
from newsroom.body import blocks as body

FLOW = "HTML: paragraphs and lists, and in them links, emphasis, code, sub, sup, s and line breaks."
LINE = "One line as HTML: only links, emphasis, code, sub, sup, s and line breaks."
ABOUT = {
    "paragraph": "A paragraph.",
    "heading": "A heading within the story.",
    "list": "A list, with bullets or numbers.",
    "quote": "What somebody said.",
    "pullquote": "A line of the story, set large beside it.",
    "table": "A table, its rows all of one length.",
    "photo": "A photo, with this story's caption where it has one.",
    "gallery": "Photos to leaf through. Never empty.",
    "video": "A video, whole, ready to be played.",
    "related": "A story offered in the middle of this one.",
    "embed": "A post or video at a provider.",
    "factbox": "Background in a box.",
    "divider": "A line between two parts.",
}
tell(
    body.BlockSerializer,
    id=says("Stays the same for as long as the block does: an anchor, a key for lists.", "b1"),
    html=says(LINE, "The council voted <em>nine to two</em> on Thursday.", nullable=False),
    title=says("Its heading."),
)
SHOWN = {name: block for name, block in body.BLOCKS.items() if name not in body.DESK_ONLY}
for name, block in SHOWN.items():
    tell(block, about=ABOUT[name], type=says(f"Always `{name}`.", type="string", const=name))
tell(body.PhotoBlockSerializer, photo=says("The photo, with the words that this story gives it."))
tell(body.GalleryBlockSerializer, photos=says("The photos, in order."))
tell(body.VideoBlockSerializer, video=says("The whole video, its player included."))
tell(body.RelatedBlockSerializer, article=says("The story, as lists show it."))
tell(body.HeadingBlockSerializer, level=says("2 to 4: the headline of the story is 1.", 2))
tell(
    body.ListBlockSerializer,
    ordered=says("Whether it has numbers.", False),
    start=says("The number that it begins with.", 1),
    items=says("The items, in order."),
)
tell(
    body.QuoteBlockSerializer,
    html=says(FLOW, "<p>We cannot wait for the next flood.</p>", nullable=False),
    attribution=says("Who said it.", "Mayor of the town"),
)
tell(
    body.TableBlockSerializer,
    caption=says("What it shows, as plain text.", "Votes by ward"),
    header_rows=says("How many rows at its top are heads.", 1, minimum=0),
    header_columns=says("How many columns at its left are heads, in the rows below those.", 0, minimum=0),
    rows=says(
        f"The rows, each a list of cells. {LINE} No cell spans others; one that did is the first of some empty ones.",
        [["Ward", "Votes"], ["North", "1,204"]],
        type="array",
        items={"type": "array", "items": {"type": "string"}},
    ),
)
tell(
    body.EmbedBlockSerializer,
    provider=says("Whose it is.", "youtube", nullable=False),
    url=says("Its page at the provider.", "https://www.youtube.com/watch?v=aqz-KE-bpKQ"),
    html=says("A player, made by us; null for a provider that we do not know: link to `url` then."),
    title=says("What to call the link."),
)
tell(body.FactboxBlockSerializer, html=says(FLOW, "<p>The first barrier was built in 1982.</p>", nullable=False))


class ItemsExtension(OpenApiSerializerFieldExtension):
    """The items of a list, in each of which a list may stand."""

    target_class = body.ItemsField

    def map_serializer_field(self, auto_schema, direction):
        items = {"type": "array", "items": {"$ref": "#/components/schemas/ListItem"}}
        inner = {
            "type": ["object", "null"],
            "description": "The list in it.",
            "properties": {
                "ordered": {"type": "boolean", "description": "Whether it has numbers."},
                "start": {"type": "integer", "description": "The number that it begins with."},
                "items": {**items, "description": "The items, in order."},
            },
            "required": ["ordered", "start", "items"],
        }
        item = {
            "type": "object",
            "description": "An item of a list.",
            "properties": {"html": {"type": "string", "description": LINE, "examples": ["Who pays"]}, "list": inner},
            "required": ["html", "list"],
        }
        auto_schema.register("ListItem", item)
        return items


class BodyExtension(OpenApiSerializerFieldExtension):
    """A body is a list of blocks, told apart by their type."""

    target_class = body.BodyField

    def map_serializer_field(self, auto_schema, direction):
        about = "One block of a body. New types may come: show nothing for a type that you do not know."
        return {"type": "array", "items": auto_schema.union("Block", "type", SHOWN, about)}


# As they are written


def shape_of(name: str) -> str:
    return f"{name.title()}BlockLine"


describing.TAKEN |= {
    body.BodyField: {"type": "array", "items": describing.ref("BlockLine")},
    body.ItemsField: {"type": "array", "items": describing.ref("ListItemLine")},
    body.RowsOfCellsField: {
        "type": "array",
        "items": {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}},
    },
}
describing.SHAPES |= {
    "BlockLine": {
        "description": "One block of a body, as it is written.",
        "oneOf": [describing.ref(shape_of(name)) for name in body.BLOCKS],
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: describing.ref(shape_of(name))["$ref"] for name in body.BLOCKS},
        },
    },
    "ListItemLine": {
        "description": "An item of a list, as it is written: its text, or an object where a list stands in it.",
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {
                    "html": {"type": "string", "description": LINE},
                    "list": {
                        "type": ["object", "null"],
                        "description": "The list in it.",
                        "properties": {
                            "ordered": {"type": ["boolean", "null"], "description": "Whether it has numbers."},
                            "start": {"type": ["integer", "null"], "description": "The number that it begins with."},
                            "items": {
                                "type": "array",
                                "items": describing.ref("ListItemLine"),
                                "description": "The items, in order.",
                            },
                        },
                        "required": ["items"],
                        "additionalProperties": False,
                    },
                },
                "required": ["html"],
                "additionalProperties": False,
            },
        ],
    },
    **{
        shape_of(name): {
            "description": ABOUT.get(name, "Where what is free for all ends, in a story that is not."),
            **describing.parts_of(block(), type={"type": "string", "const": name, "description": f"Always `{name}`."}),
        }
        for name, block in body.BLOCKS.items()
    },
}
