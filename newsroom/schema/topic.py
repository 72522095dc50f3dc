"""What stories are about."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import TopicSerializer

tell(
    TopicSerializer,
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
