"""The newsroom itself."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers.site import FeedSerializer, PublisherSerializer, SiteSerializer, SocialSerializer

ENTRY = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "url": {"type": ["string", "null"], "format": "uri"},
        "section": {
            "type": ["object", "null"],
            "properties": {
                "slug": {"type": "string"},
                "name": {"type": "string"},
                "url": {"type": "string", "format": "uri"},
            },
        },
        "children": {"type": "array", "items": {"type": "object"}, "description": "Entries of the same form."},
    },
    "required": ["label", "url", "section", "children"],
}
MENUS = {
    "main": [
        {
            "label": "World",
            "url": f"{SITE}/sections/world",
            "section": {"slug": "world", "name": "World", "url": f"{SITE}/api/v1/sections/world/"},
            "children": [],
        }
    ]
}

tell(
    SiteSerializer,
    about="The newsroom itself: its name, language and zone, its menus, its feeds, and its terms of use.",
    name=says("As readers know it.", "The Calder Meridian", nullable=False),
    description=says("In a sentence or two.", "News from the Calder valley."),
    url=says("Where the front end begins.", f"{SITE}/", format="uri", nullable=False),
    language=says("BCP 47: what it is usually written in. A story says its own.", "en"),
    time_zone=says("By which days begin, as the IANA names it.", "Europe/London"),
    logo=says("Its logo, with its credit like any photo."),
    publisher=says("Who answers for it."),
    social=says("Where else it is found."),
    menus=says(
        "By their names: `main`, and others such as `footer`. What an entry led to and readers see no more is left "
        "out, so no entry leads nowhere. `url` is null where an entry only stands above its children.",
        MENUS,
        type="object",
        additionalProperties={"type": "array", "items": ENTRY},
    ),
    feeds=says("The feeds of everything."),
    usage_policy=says("What others may do with what is published."),
)
tell(PublisherSerializer, name=says("As it is to be printed.", "Calder Press Ltd"), url=says("Its page.", f"{SITE}/"))
tell(
    SocialSerializer,
    label=says("As it is to be printed.", "Mastodon"),
    url=says("Its address.", "https://social.example.org/@meridian"),
)
tell(
    FeedSerializer,
    title=says("As programs call it.", "The Calder Meridian (RSS)"),
    url=says("Its address.", f"{SITE}/feeds/latest.rss"),
    type=says("Its media type.", "application/rss+xml"),
)
