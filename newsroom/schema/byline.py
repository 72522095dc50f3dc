"""Contributors."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import BylineSerializer, LabelledLinkSerializer

tell(
    BylineSerializer,
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
    LabelledLinkSerializer,
    about="A link and its text.",
    label=says("Its text.", "Mastodon"),
    url=says("Where it leads.", "https://social.example.org/@ada"),
)
