"""Pages that stand outside the news."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers.page import PageSerializer

tell(
    PageSerializer,
    about="A page that stands outside the news, with its body.",
    kind=says("Always `page`.", type="string", const="page"),
    slug=says("The last part of its address.", "about", nullable=False),
    url=says("Its address in this API.", f"{SITE}/api/v1/pages/about/"),
    web_url=says("Where the front end shows it.", f"{SITE}/pages/about"),
    title=says("What it is called.", "About us", nullable=False),
    standfirst=says("What it is about, in a sentence.", "Who we are, and who pays for it."),
    body=says("The text, as a flat list of blocks. `type` tells them apart; ignore a type that you do not know."),
    body_html=says("The body as HTML, for front ends that need no blocks.", "<p>We began in 1898.</p>", nullable=True),
    seo=says("What search engines and social networks are told; what the desk left empty is the page's own."),
)
