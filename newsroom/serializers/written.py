"""What articles, blurbs and videos have in common."""

from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.content.entries import Note, Person
from cms.content.serializers import LinkField, LinksField, PublishableSerializer, web_url
from cms.publishing import kinds
from cms.publishing.kinds import Searched
from media.ai_use import AiUse, AiUseField, put_on
from media.photos.markup import as_picture, is_photo
from media.photos.serializers import photos_in, texts_of_photo
from newsroom.models import Correction, Credit, VideoTrack
from newsroom.models.access import Access
from newsroom.serializers.credits import BylinesField
from newsroom.serializers.language import LanguageField

WORDS = {
    "access": gettext_lazy("who can read all of it"),
    "ai_use": gettext_lazy("AI in it"),
    "alt_text": gettext_lazy("alt text here"),
    "attribution": gettext_lazy("said by"),
    "bylines": gettext_lazy("bylines"),
    "canonical_url": gettext_lazy("original address"),
    "caption": gettext_lazy("caption here"),
    "header_columns": gettext_lazy("header columns"),
    "header_rows": gettext_lazy("header rows"),
    "corrections": gettext_lazy("corrections"),
    "description": gettext_lazy("description"),
    "divider": gettext_lazy("Divider"),
    "embed": gettext_lazy("Embed"),
    "factbox": gettext_lazy("Fact box"),
    "gallery": gettext_lazy("Gallery"),
    "heading": gettext_lazy("Heading"),
    "image": gettext_lazy("picture"),
    "level": gettext_lazy("how much"),
    "list": gettext_lazy("List"),
    "name": gettext_lazy("name"),
    "note": gettext_lazy("what AI did"),
    "paragraph": gettext_lazy("Paragraph"),
    "paywall": gettext_lazy("Free up to here"),
    "photo": gettext_lazy("Photo"),
    "provider": gettext_lazy("provider"),
    "published_at": gettext_lazy("dated"),
    "pullquote": gettext_lazy("Pull quote"),
    "quote": gettext_lazy("Quote"),
    "related": gettext_lazy("related story"),
    "seo": gettext_lazy("search engines"),
    "source": gettext_lazy("source"),
    "start": gettext_lazy("begins with"),
    "stored": gettext_lazy("stored as"),
    "table": gettext_lazy("Table"),
    "title": gettext_lazy("title"),
    "tracks": gettext_lazy("captions"),
    "url": gettext_lazy("address"),
    "video": gettext_lazy("Video"),
    **dict(Access.choices),
    **dict(AiUse.AiLevel.choices),
    **dict(Credit.Role.choices),
    **dict(Correction.Type.choices),
    **dict(VideoTrack.Kind.choices),
}


class WrittenSerializer(PublishableSerializer):
    """What articles, blurbs and videos have in common."""

    words = WORDS
    linked_web_parts = {"section": "section"}
    facet_ranks = {"breaking": 30, "language": 80}
    reading_order = (
        *[
            "kicker",
            "headline",
            "standfirst",
            "label",
            "title",
            "text_html",
            "bylines",
            "dateline",
            "lead_photo",
            "lead_video",
        ],
        *["photo", "poster", "file", "provider_url", "body", "corrections", "related", "article", "video", "source"],
        *["section", "topics", "breaking", "is_key", "is_pinned", "live_ended_at", "access", "ai_use"],
    )

    section = LinkField("section")
    topics = LinksField("topic", "topics")
    bylines = BylinesField()
    byline = serializers.SerializerMethodField(help_text='The line as printed: "By A and B".')
    language = LanguageField(required=False)
    ai_use = AiUseField()

    @classmethod
    def assign(cls, item, data):
        super().assign(item, data)
        if "ai_use" in data:
            put_on(item, data["ai_use"])

    @classmethod
    def searched(cls, shown):
        """Its headline, what stands over its text, and what its photos say; a kind adds its own text to the rest."""
        above = [shown.get(name) or "" for name in ("kicker", "label", "standfirst")]
        photos = [text for photo in photos_in(shown) for text in texts_of_photo(photo)]
        return Searched(shown.get("headline") or "", above, photos)

    @classmethod
    def facets(cls, data):
        parts = data["language"].split("-")
        for depth in range(1, len(parts) + 1):
            yield "language", "-".join(parts[:depth]).lower()
        if data.get("breaking"):
            yield "breaking", "true"

    @classmethod
    def entry(cls, document):
        placed = document.get("bylines") or []
        authors = [byline for byline in placed if byline["role"] == "writer"] or placed
        named = [document.get("section"), *(document.get("topics") or [])]
        return (
            super()
            .entry(document)
            ._replace(
                language=document.get("language") or "",
                authors=tuple(person(byline) for byline in authors),
                contributors=tuple(person(byline) for byline in placed if byline not in authors),
                categories=tuple(thing["name"] for thing in named if thing),
            )
        )

    @classmethod
    def pictures_of(cls, card):
        photos = (as_picture(value) for value in card.values() if is_photo(value))
        return tuple(picture for picture in photos if picture)

    def get_topics(self, publication, data) -> list:
        """Each once: two of them may have been merged."""
        return list({topic["slug"]: topic for topic in data.get("topics") or []}.values())

    def get_byline(self, publication, data) -> str | None:
        placed = data.get("bylines") or []
        names = [byline["name"] for byline in placed if byline["role"] == "writer"]
        names = names or [byline["name"] for byline in placed]
        if not names:
            return None
        *firsts, last = names
        return f"By {', '.join(firsts)} and {last}" if firsts else f"By {last}"


def person(byline: dict) -> Person:
    """A byline for feeds, with its page where the slug tells its address."""
    has_page = "id" not in kinds.web_path("byline").parts
    return Person(byline["name"], web_url("byline", slug=byline["slug"]) if has_page else "")


def notes_of(document: dict) -> tuple[Note, ...]:
    """The corrections of an item, for feeds."""
    noted = document.get("corrections") or []
    return tuple(Note(note["type"], note["text"], note["published_at"]) for note in noted)


def notes_html(notes: tuple[Note, ...], language: str) -> str:
    """Corrections, as they stand below a text that is shown elsewhere. Their kind is named in the text's language."""
    lines = [
        f"<p><strong>{escape(correction_name(note.type, language))}</strong> "
        f'(<time datetime="{note.published_at}">{note.published_at[:10]}</time>): {escape(note.text)}</p>'
        for note in notes
    ]
    return f"<hr>{''.join(lines)}" if lines else ""


def correction_name(type_: str, language: str) -> str:
    """What a kind of correction is called in the language of its text, if the desk has words in it; else in English."""
    with translation.override(spoken(language)):
        return str(Correction.Type(type_).label)


def ai_words(document: dict) -> str:
    """What part AI had, for readers, in the language of the text; nothing where nothing is said of it."""
    use = document.get("ai_use")
    if not use:
        return ""
    with translation.override(spoken(document["language"])):
        level = str(AiUse.AiLevel(use["level"]).label)
    return f"{level}. {use['note']}" if use["note"] else f"{level}."


def ai_html(document: dict) -> str:
    """The same, as it stands below a text that is shown elsewhere."""
    words = ai_words(document)
    return f"<p><small>{escape(words)}</small></p>" if words else ""


def spoken(language: str) -> str:
    """The language that comes nearest to one of those that have our words; English where none does."""
    base = language.lower().partition("-")[0]
    return base if base in dict(settings.LANGUAGES) else "en"
