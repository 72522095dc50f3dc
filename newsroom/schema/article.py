"""Stories, and what stands beside one."""

from cms.api.schema import says, tell
from newsroom.schema.examples import SITE
from newsroom.serializers import ArticleSerializer, CorrectionSerializer, SeoSerializer, TranslationSerializer
from newsroom.serializers.live import KeyEventSerializer, LiveSerializer
from newsroom.serializers.series import SeriesSerializer

tell(
    ArticleSerializer,
    about="A story, with its body.",
    url=says("Its address in this API.", f"{SITE}/api/v1/articles/flood-barrier-vote/"),
    web_url=says("Where the front end shows it.", f"{SITE}/articles/flood-barrier-vote"),
    kind=says("Always `article`.", type="string", const="article"),
    headline=says("The title that readers see.", "Council backs second flood barrier", nullable=False),
    kicker=says("The short label above the headline.", "Floods"),
    standfirst=says("The summary under the headline.", "The vote ends four years of argument over who pays."),
    genre=says("What kind of journalism it is.", "news"),
    corrected=says("Whether it has corrections; they stand in the article.", False),
    word_count=says("Words of the body, as Unicode parts them.", 640, minimum=0),
    reading_minutes=says(
        "At 238 words a minute, at least 1. Where no blanks part words, characters are counted: 255 Chinese or 357 "
        "Japanese ones a minute.",
        3,
        minimum=1,
    ),
    lead_photo=says("The picture at its head."),
    lead_video=says("The video at its head, in the place of a picture; whole, with its sources, where the story is."),
    access=says("Who may read the whole of it.", "free"),
    is_whole=says(
        "Whether `body` is all of it. Without a key, that of a story that is not free is its beginning.", True
    ),
    dateline=says("The place it was reported from.", "Lviv"),
    body=says("The text, as a flat list of blocks. `type` tells them apart; ignore a type that you do not know."),
    body_html=says(
        "The body as HTML, for front ends that need no blocks. Photos stand in it as `<figure><picture>` with credit.",
        "<p>The council voted <em>nine to two</em> on Thursday.</p>",
        nullable=True,
    ),
    related=says("What the desk offers beside it."),
    corrections=says("Public notes on what was wrong, the oldest first."),
    translations=says("The same story in other languages, itself left out."),
    seo=says("What search engines and social networks are told; what the desk left empty is the story's own."),
    live=says("Of a story that is told as it happens (`genre` is `live`); null for all others."),
    series=says("The series that it is a part of: its topics of the type `series`, in their order."),
)
tell(
    LiveSerializer,
    state=says("Whether it goes on.", "live"),
    updates_url=says("The list of its updates.", f"{SITE}/api/v1/articles/flood-barrier-vote/updates/"),
    key_events=says("Its most important updates, the newest first, at most 100: `updates/?is_key=true` has them all."),
)
tell(
    KeyEventSerializer,
    id=says("Of the update, which is a blurb.", "0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10"),
    label=says("Its title; where it has none, how its text begins.", "The second gate is shut", nullable=False),
    published_at=says("Its date.", "2026-02-20T13:05:00Z"),
)
tell(
    SeriesSerializer,
    slug=says("Of the topic that the series is.", "the-river-and-the-town"),
    name=says("As it is to be printed.", "The river and the town"),
    url=says("The topic's address in this API.", f"{SITE}/api/v1/topics/the-river-and-the-town/"),
    position=says("Which part the story is, by date, from 1 on.", 2, minimum=1),
    count=says("How many parts there are now.", 3, minimum=1),
    previous=says("The part before it."),
    next=says("The part after it."),
)
tell(
    CorrectionSerializer,
    type=says("What kind of note.", "correction"),
    text=says("What was wrong, and what is right.", "An earlier version gave the wrong year for the first barrier."),
    published_at=says("Its date.", "2026-02-20T13:05:00Z"),
)
tell(
    TranslationSerializer,
    language=says("BCP 47.", "uk"),
    slug=says("Of the translation.", "druhyi-barier"),
    url=says("Its address in this API.", f"{SITE}/api/v1/articles/druhyi-barier/"),
    web_url=says("Where the front end shows it.", f"{SITE}/articles/druhyi-barier"),
)
tell(
    SeoSerializer,
    title=says("For `<title>`; the headline, unless the desk wrote another."),
    description=says("For `<meta name=description>`; the standfirst, unless the desk wrote another."),
    canonical_url=says("Where it first appeared; `web_url`, unless that was elsewhere."),
    image=says("For link previews; the lead photo, unless the desk chose another."),
)
