"""Videos, with what runs beside one."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import EmbedSerializer, TrackSerializer, VideoSerializer, VideoSourceSerializer

tell(
    VideoSerializer,
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
    access=says("Who may see it.", "free"),
    is_whole=says(
        "Whether the film, its player, tracks and transcript are there. Without a key, not where it is not free.", True
    ),
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
    TrackSerializer,
    kind=says("What is in it, as `<track>` names it.", "captions"),
    language=says("BCP 47.", "en"),
    label=says("What to call it in a menu.", "English"),
    url=says(
        "The file.", f"{SITE}/media/tracks/9f0c1a52-6d0e-4f7e-8f57-2f1f3c5d7e90/1c9e3f5a7b2d4c6e8f0a1b2c3d4e5f60.vtt"
    ),
)
tell(
    VideoSourceSerializer,
    url=says(
        "The file. Its address never changes what it shows, so it may be cached for ever.",
        f"{SITE}/media/videos/9f0c1a52-6d0e-4f7e-8f57-2f1f3c5d7e90/5f1c0d3e9a7b24680d4c3b2a19087f6e.mp4",
    ),
    type=says("Its MIME type.", "video/mp4"),
    width=says("In pixels.", 1920),
    height=says("In pixels.", 1080),
)
tell(
    EmbedSerializer,
    provider=says("Whose player it is.", "vimeo"),
    url=says("The video's page at the provider.", "https://vimeo.com/76979871"),
    html=says("An `<iframe>`, made by us; it sets no cookies before it is played where the provider can do so."),
)
