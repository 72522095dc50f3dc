"""What articles, blurbs and videos have in common, and what has a name."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import BylinePlacementSerializer, NamedSerializer, WrittenSerializer

tell(
    NamedSerializer,
    name=says("As it is to be printed.", nullable=False),
)
tell(
    WrittenSerializer,
    section=says("Where it stands on the site."),
    topics=says("What it is about."),
    byline=says("The line as printed.", "By Ada Writer and Ben Reporter"),
    bylines=says("Who made it, in the order in which they are named."),
    language=says("BCP 47.", "en-GB"),
    ai_use=says("What part AI had in it; null where nothing is said of that."),
    breaking=says("Whether the desk marked it as breaking news.", False),
    label=says("The small word above it.", "Video"),
)
tell(
    BylinePlacementSerializer,
    slug=says("Of the byline.", "ada-writer"),
    name=says("As it is to be printed.", "Ada Writer"),
    role=says("What they did for it.", "writer"),
    url=says("The byline's address in this API.", f"{SITE}/api/v1/bylines/ada-writer/"),
)
