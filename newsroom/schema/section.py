"""Sections of the site."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import SectionLinkSerializer, SectionSerializer

tell(
    SectionSerializer,
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
    SectionLinkSerializer,
    about="A section of the site, as other things show it.",
    url=says("Its address in this API.", f"{SITE}/api/v1/sections/business/"),
    slug=says("The last part of its address.", "business", nullable=False),
    name=says("As it is to be printed.", "Business"),
)
