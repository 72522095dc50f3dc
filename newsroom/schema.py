"""What the API's description says of the newsroom's kinds, and of the blocks of a body."""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from cms.api.schema import says, tell
from newsroom import serializers as kinds
from newsroom.body import blocks as body

SITE = "https://news.example.org"

tell(
    kinds.NamedSerializer,
    name=says("As it is to be printed.", nullable=False),
)
tell(
    kinds.WrittenSerializer,
    section=says("Where it stands on the site."),
    topics=says("What it is about."),
    byline=says("The line as printed.", "By Ada Writer and Ben Reporter"),
    bylines=says("Who made it, in the order in which they are named."),
    language=says("BCP 47.", "en-GB"),
    breaking=says("Whether the desk marked it as breaking news.", False),
    label=says("The small word above it.", "Video"),
)
tell(
    kinds.ArticleSerializer,
    about="A story, with its body.",
    url=says("Its address in this API.", f"{SITE}/api/v1/articles/flood-barrier-vote/"),
    web_url=says("Where the front end shows it.", f"{SITE}/articles/flood-barrier-vote"),
    kind=says("Always `article`.", type="string", const="article"),
    headline=says("The title that readers see.", "Council backs second flood barrier", nullable=False),
    kicker=says("The short label above the headline.", "Floods"),
    standfirst=says("The summary under the headline.", "The vote ends four years of argument over who pays."),
    genre=says("What kind of journalism it is.", "news"),
    corrected=says("Whether it has corrections; they stand in the article.", False),
    word_count=says("Words of the body, as Unicode parts them.", 640, minimum=0),
    reading_minutes=says(
        "At 238 words a minute, at least 1. Where no blanks part words, characters are counted: 255 Chinese or 357 "
        "Japanese ones a minute.",
        3,
        minimum=1,
    ),
    lead_photo=says("The picture at its head."),
    lead_video=says("The video at its head, in the place of a picture."),
    dateline=says("The place it was reported from.", "Lviv"),
    body=says("The text, as a flat list of blocks. `type` tells them apart; ignore a type that you do not know."),
    body_html=says(
        "The body as HTML, for front ends that need no blocks. Photos stand in it as `<figure><picture>` with credit.",
        "<p>The council voted <em>nine to two</em> on Thursday.</p>",
        nullable=True,
    ),
    related=says("What the desk offers beside it."),
    corrections=says("Public notes on what was wrong, the oldest first."),
    translations=says("The same story in other languages, itself left out."),
    seo=says("What search engines and social networks are told, where it differs from the story itself."),
)
tell(
    kinds.BlurbSerializer,
    about="A short item of the news feed, without a headline.",
    url=says("Its address in this API.", f"{SITE}/api/v1/blurbs/0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10/"),
    web_url=says("Where the front end shows it.", f"{SITE}/blurbs/0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10"),
    kind=says("Always `blurb`.", type="string", const="blurb"),
    label=says("The small word above it.", "News Feed"),
    text=says("Plain text, under 1,000 characters.", "Trams are running again on lines 2 and 9."),
    text_html=says("The same as HTML.", "<p>Trams are running again on lines 2 and 9.</p>", nullable=False),
    photo=says("A picture beside it."),
    article=says("The story that it leads to."),
    video=says("The video that it leads to."),
    source=says("Where the news comes from."),
)
tell(
    kinds.VideoSerializer,
    about="A video, with its player, captions and transcript.",
    slug=says("The last part of its address; an old one leads here too.", "how-the-barrier-closes", nullable=False),
    url=says("Its address in this API.", f"{SITE}/api/v1/videos/how-the-barrier-closes/"),
    web_url=says("Where the front end shows it.", f"{SITE}/videos/how-the-barrier-closes"),
    kind=says("Always `video`.", type="string", const="video"),
    headline=says("The title that readers see.", "How the barrier closes", nullable=False),
    standfirst=says("The summary under the headline.", "Ninety seconds inside the pump house."),
    poster=says("The picture that stands for it."),
    duration_seconds=says("How long it is.", 95, minimum=0),
    has_captions=says("Whether `tracks` has captions or subtitles.", True),
    sources=says(
        "The files, where the video is our own: for `<source>`. They answer range requests, so players can seek."
    ),
    embed=says("The player, where the video stands at a provider."),
    tracks=says("WebVTT files, for `<track>`. Any site may load them."),
    transcript=says("What is said, as plain text."),
    transcript_html=says("The same as HTML."),
    credit_line=says("As it must be printed. Never empty.", "N. Name/Agency", nullable=False),
    copyright_notice=says("Who owns it."),
)
tell(
    kinds.BylineSerializer,
    about="A contributor: a person, an agency or a group.",
    url=says("Its address in this API.", f"{SITE}/api/v1/bylines/ada-writer/"),
    web_url=says("Where the front end shows it.", f"{SITE}/bylines/ada-writer"),
    slug=says("The last part of its address; an old one leads here too.", "ada-writer", nullable=False),
    name=says("As it is to be printed.", "Ada Writer"),
    job_title=says("What they do here.", "Political reporter"),
    type=says("What kind of contributor.", "staff"),
    bio_html=says("Who they are, as HTML.", "<p>Ada has covered the council since 2019.</p>"),
    portrait=says("Their picture."),
    links=says("Where else they are to be found."),
    email=says("The address printed for readers.", "ada.writer@news.example.org"),
)
tell(
    kinds.SectionSerializer,
    about="A section of the site, with its parent and its children.",
    url=says("Its address in this API.", f"{SITE}/api/v1/sections/energy/"),
    web_url=says("Where the front end shows it.", f"{SITE}/sections/energy"),
    slug=says("The last part of its address; an old one leads here too.", "energy", nullable=False),
    name=says("As it is to be printed.", "Energy"),
    description=says("What it covers."),
    parent=says("The section that this one is a part of."),
    children=says("The sections below it, one level down."),
    position=says("Its place among its neighbours; smaller numbers stand first.", 1),
)
tell(
    kinds.SectionLinkSerializer,
    about="A section of the site, as other things show it.",
    url=says("Its address in this API.", f"{SITE}/api/v1/sections/business/"),
    slug=says("The last part of its address.", "business", nullable=False),
    name=says("As it is to be printed.", "Business"),
)
tell(
    kinds.TopicSerializer,
    about="What stories are about: a person, a place, an event, or a plain keyword.",
    url=says("Its address in this API.", f"{SITE}/api/v1/topics/flood-defence/"),
    web_url=says("Where the front end shows it.", f"{SITE}/topics/flood-defence"),
    slug=says("The last part of its address; an old or merged one leads here too.", "flood-defence", nullable=False),
    name=says("As it is to be printed.", "Flood defence"),
    type=says("What it is.", "keyword"),
    description=says("What it is about."),
    same_as=says(
        "Addresses of the same thing elsewhere.",
        ["https://www.wikidata.org/wiki/Q11639"],
        type="array",
        items={"type": "string", "format": "uri"},
    ),
)
tell(
    kinds.BylinePlacementSerializer,
    slug=says("Of the byline.", "ada-writer"),
    name=says("As it is to be printed.", "Ada Writer"),
    role=says("What they did for it.", "writer"),
    url=says("The byline's address in this API.", f"{SITE}/api/v1/bylines/ada-writer/"),
)
tell(
    kinds.CorrectionSerializer,
    type=says("What kind of note.", "correction"),
    text=says("What was wrong, and what is right.", "An earlier version gave the wrong year for the first barrier."),
    published_at=says("Its date.", "2026-02-20T13:05:00Z"),
)
tell(
    kinds.TranslationSerializer,
    language=says("BCP 47.", "uk"),
    slug=says("Of the translation.", "druhyi-barier"),
    url=says("Its address in this API.", f"{SITE}/api/v1/articles/druhyi-barier/"),
    web_url=says("Where the front end shows it.", f"{SITE}/articles/druhyi-barier"),
)
tell(
    kinds.SeoSerializer,
    title=says("For `<title>`; null: the headline."),
    description=says("For `<meta name=description>`; null: the standfirst."),
    canonical_url=says("Where the story first appeared; null: here."),
    image=says("For link previews; null: the lead photo."),
)
tell(
    kinds.LabelledLinkSerializer,
    about="A link and its text.",
    label=says("Its text.", "Mastodon"),
    url=says("Where it leads.", "https://social.example.org/@ada"),
)
tell(
    kinds.TrackSerializer,
    kind=says("What is in it, as `<track>` names it.", "captions"),
    language=says("BCP 47.", "en"),
    label=says("What to call it in a menu.", "English"),
    url=says(
        "The file.", f"{SITE}/media/tracks/9f0c1a52-6d0e-4f7e-8f57-2f1f3c5d7e90/1c9e3f5a7b2d4c6e8f0a1b2c3d4e5f60.vtt"
    ),
)
tell(
    kinds.VideoSourceSerializer,
    url=says(
        "The file. Its address never changes what it shows, so it may be cached for ever.",
        f"{SITE}/media/videos/9f0c1a52-6d0e-4f7e-8f57-2f1f3c5d7e90/5f1c0d3e9a7b24680d4c3b2a19087f6e.mp4",
    ),
    type=says("Its MIME type.", "video/mp4"),
    width=says("In pixels.", 1920),
    height=says("In pixels.", 1080),
)
tell(
    kinds.EmbedSerializer,
    provider=says("Whose player it is.", "vimeo"),
    url=says("The video's page at the provider.", "https://vimeo.com/76979871"),
    html=says("An `<iframe>`, made by us; it sets no cookies before it is played where the provider can do so."),
)
tell(
    kinds.NewsSourceSerializer,
    name=says("As it is to be printed.", "City transport"),
    url=says("Where it was said.", "https://transport.example.org/news/17"),
)

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
for name, block in body.BLOCKS.items():
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
        return {"type": "array", "items": auto_schema.union("Block", "type", body.BLOCKS, about)}
