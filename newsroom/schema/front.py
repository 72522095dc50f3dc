"""Fronts: the pages that editors arrange."""

from cms.api.manage import describing
from cms.api.schema import says, tell
from newsroom.filling import RULES, pinned_kinds
from newsroom.schema.examples import SITE
from newsroom.serializers import ContainerLinkSerializer, ContainerSerializer, FrontSerializer
from newsroom.serializers import front as fronts

tell(
    FrontSerializer,
    about="A page that editors arrange, with what stands on it at this moment. No item stands twice on one.",
    url=says("Its address in this API.", f"{SITE}/api/v1/fronts/home/"),
    web_url=says("Where the front end shows it; that of `home` is its first page.", f"{SITE}/"),
    kind=says("Always `front`.", type="string", const="front"),
    slug=says("The last part of its address.", "home", nullable=False),
    name=says("What it is called.", "Home", nullable=False),
    description=says("A sentence or two, for readers and for robots."),
    seo=says("What search engines and social networks are told; what nobody wrote is taken from the front itself."),
    containers=says("Its parts, from the top down."),
)
tell(
    ContainerSerializer,
    id=says("Of this container on its front; it stays when it moves.", "9f1c2a77d0"),
    title=says("What stands above it.", "World"),
    layout=says("How it is meant to look.", "lead"),
    link=says("Where its title leads."),
    items=says("What stands in it, the foremost first: cards of any kind, as the feed has them."),
    more=says(
        "The list that goes on below it: all that its rule finds, without what the front shows. Null without a rule.",
        f"{SITE}/api/v1/feed/?kind=article&section=world&exclude_front=home",
    ),
)
tell(
    ContainerLinkSerializer,
    label=says("The words.", "All of World"),
    url=says("The address.", f"{SITE}/sections/world", format="uri"),
)


# As it is written

TEXT_OR_TEXTS = {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]}

describing.TAKEN |= {fronts.ContainersField: {"type": "array", "items": describing.ref("ContainerLine")}}
describing.SHAPES |= {
    "ContainerLine": {
        "type": "object",
        "description": "A container of a front, as it is written.",
        "properties": {
            "id": {"type": "string", "description": "Left out, it is made.", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
            "layout": {"type": "string", "enum": list(fronts.LAYOUTS), "description": "How it is meant to look."},
            "title": {"type": "string", "maxLength": 200, "description": "What stands above it."},
            "link": {
                "type": ["object", "null"],
                "description": "Where its title leads.",
                "properties": {
                    "label": {"type": "string", "maxLength": 200, "description": "The words."},
                    "url": {"type": "string", "maxLength": 1000, "description": "An address, or a path of the site."},
                },
                "required": ["label", "url"],
                "additionalProperties": False,
            },
            "pinned": {
                "type": "array",
                "description": "What stands in it by hand, the foremost first.",
                "maxItems": fronts.MOST_ITEMS,
                "items": {
                    "oneOf": [
                        {
                            "type": "object",
                            "description": f"A {kind}.",
                            "properties": {
                                kind: {"type": "string", "description": "Its slug, where it has one, or id."}
                            },
                            "required": [kind],
                            "additionalProperties": False,
                        }
                        for kind in pinned_kinds()
                    ]
                },
            },
            "rule": {
                "type": ["object", "null"],
                "description": "The feed's own parameters, by which the rest of it is filled; null: it is not.",
                "properties": {name: {**TEXT_OR_TEXTS, "description": str(by.help)} for name, by in RULES.items()},
                "additionalProperties": False,
            },
            "count": {
                "type": "integer",
                "minimum": 1,
                "maximum": fronts.MOST_ITEMS,
                "description": "How many items it holds.",
            },
        },
        "required": ["layout"],
        "additionalProperties": False,
    },
}
