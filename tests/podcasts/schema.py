"""What the API's description says of it."""

from cms.api.schema import says, tell
from tests.podcasts.serializers import PodcastSerializer

tell(
    PodcastSerializer,
    about="An episode of a podcast.",
    kind=says("Always `podcast`.", type="string", const="podcast"),
    headline=says("The title that readers see.", "What the barrier is for"),
    standfirst=says("What it is about, in a sentence."),
    show=says("Which podcast it is an episode of.", "daily"),
    cover=says("The picture that stands for it."),
    audio_url=says("The recording.", "https://audio.example.org/barrier.mp3", nullable=False),
)
