"""The short items of the news feed."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import BlurbSerializer, NewsSourceSerializer

tell(
    BlurbSerializer,
    about="A short item of the news feed, without a headline.",
    url=says("Its address in this API.", f"{SITE}/api/v1/blurbs/0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10/"),
    web_url=says("Where the front end shows it.", f"{SITE}/blurbs/0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10"),
    kind=says("Always `blurb`.", type="string", const="blurb"),
    label=says("The small word above it.", "News Feed"),
    title=says("The line above an update of a live story.", "The second gate is shut"),
    is_key=says("Whether it is one of the most important updates of its live story.", False),
    is_pinned=says("Whether it stands above the other updates of its live story.", False),
    text=says("Plain text, under 1,000 characters.", "Trams are running again on lines 2 and 9."),
    text_html=says("The same as HTML.", "<p>Trams are running again on lines 2 and 9.</p>", nullable=False),
    photo=says("A picture beside it."),
    article=says(
        "The story that it leads to. In lists without its pictures: `lead_photo` and `lead_video` are null there."
    ),
    video=says("The video that it leads to."),
    source=says("Where the news comes from."),
)
tell(
    NewsSourceSerializer,
    name=says("As it is to be printed.", "City transport"),
    url=says("Where it was said.", "https://transport.example.org/news/17"),
)
