"""Where editors write text and give films."""

import re
from functools import cache
from importlib import resources

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.forms.widgets import Media
from django.templatetags.static import static
from django.urls import reverse
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import ImportMap, Script
from js_asset import Media as ModuleMedia

from newsroom.body.words import CHINESE, JAPANESE, LETTERS_A_WORD, OTHERS, WORDS_A_MINUTE
from newsroom.providers import player_of
from newsroom.serializers import file_path

MARKS = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "NoSpellCheck": False,
    "SteadyCaret": True,
    "StoryPaste": True,
}
LISTS = {"BulletList": True, "OrderedList": {"enableListAttributes": False}, "ListItem": True}
BODY = {
    **MARKS,
    "Heading": {"levels": [2, 3, 4]},
    **LISTS,
    "Blockquote": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "HorizontalRule": True,
    "StoryBlocks": True,
    "StoryCard": True,
    "StoryInsert": True,
    "StoryMove": True,
    "StoryCount": {
        "wordsAMinute": WORDS_A_MINUTE,
        "chineseAMinute": CHINESE,
        "japaneseAMinute": JAPANESE,
        "othersAMinute": OTHERS,
        "lettersAWord": LETTERS_A_WORD,
    },
}
# What our own modules share: by these names, as a static file's own name holds a hash in production.
SHARED = ImportMap({f"newsroom/{name}": f"newsroom/{name}.js" for name in ("editor", "editor_links", "editor_paste")})
BODY_SCRIPTS = ("editor_cards", "editor_table", "editor_insert", "editor_move", "editor_count")
TEXT = {**MARKS, **LISTS}


class ProseWidget(AdminProseEditorWidget):
    """A text with links, emphasis and lists."""

    extensions = TEXT

    def __init__(self, attrs=None):
        super().__init__(attrs, config={"extensions": self.extensions}, preset="configurable")

    def get_config(self):
        config = super().get_config()
        link = {**config["extensions"]["Link"], "desk": reverse("admin:index")}
        scripts = [static(f"newsroom/{name}.js") for name in ("editor", "editor_paste")]
        return {**config, "extensions": {**config["extensions"], "Link": link}, "js_modules": scripts}

    @property
    def media(self):
        own = {"css": {"all": ["newsroom/editor.css"]}, "js": [Script("newsroom/editor_waiting.js")]}
        return super().media + ModuleMedia(**own, importmap=SHARED)


class BodyWidget(ProseWidget):
    """The body of a story: its text, and the cards in it."""

    extensions = BODY

    def get_config(self):
        config = super().get_config()
        scripts = [static(f"newsroom/{name}.js") for name in BODY_SCRIPTS]
        asked = {name: reverse(f"admin:newsroom_cards_{name}") for name in ("stories", "videos", "photos", "address")}
        library = {name: reverse(f"admin:media_photo_{name}") for name in ("choose", "upload", "complete")}
        extensions = {**config["extensions"], "StoryCard": {"asked": asked, "library": library}}
        return {**config, "extensions": extensions, "js_modules": [*config["js_modules"], *scripts]}

    @property
    def media(self):
        scripts = [Script(f"media/{name}.js", defer=True) for name in ("uploads", "chooser")]
        return super().media + Media(css={"all": ["media/library.css", "newsroom/editor_cards.css"]}, js=scripts)


class FilmWidget(forms.Widget):
    """Takes a film, shows how much of it has arrived, and plays it. What is posted is the token of a stored one."""

    template_name = "newsroom/film.html"
    video = None  # whose page it stands on

    @property
    def media(self):
        return Media(css={"all": ["newsroom/videos.css"]}, js=[Script("newsroom/videos.js", defer=True)])

    def get_context(self, name, value, attrs):
        stored = self.video.file if self.video and self.video.pk else None
        address = file_path("videos", self.video.pk, stored["stored"]) if stored else ""
        return {
            **super().get_context(name, value, attrs),
            "film": stored,
            "address": address,
            "tracks": [
                (track, file_path("tracks", self.video.pk, track.file))
                for track in (self.video.placed_tracks.exclude(file="") if stored else [])
            ],
            "upload_address": reverse("admin:newsroom_video_upload"),
            "most": settings.MAX_VIDEO_MB,
        }

    def value_from_datadict(self, data, files, name):
        return data.get(name)


class ProviderWidget(AdminURLFieldWidget):
    """The address of a video's page, a button that asks its provider about it, and the player."""

    template_name = "newsroom/provider.html"

    def get_context(self, name, value, attrs):
        attrs = {**(attrs or {}), "class": "vURLField"}
        return {**super().get_context(name, value, attrs), "player": player_of(value) if value else None}


def import_map() -> str:
    """The script that pages with an editor hold, which tells browsers where its modules are."""
    (tag,) = BodyWidget().media.render_importmap()
    return tag[tag.index(">") + 1 : tag.rindex("<")]


@cache
def editor_style() -> str:
    """The style that the editor's script puts into its pages."""
    script = resources.files("django_prose_editor") / "static/django_prose_editor/editor.js"
    found = re.search(r"`(\.ProseMirror \{[^`]*)`", script.read_text())
    return found[1] if found else ""
