"""Where editors write text."""

import re
from functools import cache
from importlib import resources

from django.forms.widgets import Media
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Script

from newsroom.body.words import CHINESE, JAPANESE, LETTERS_A_WORD, OTHERS, WORDS_A_MINUTE

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
    "StoryToolbar": True,
    "StoryFind": True,
    "StoryCount": {
        "wordsAMinute": WORDS_A_MINUTE,
        "chineseAMinute": CHINESE,
        "japaneseAMinute": JAPANESE,
        "othersAMinute": OTHERS,
        "lettersAWord": LETTERS_A_WORD,
    },
}
BODY_SCRIPTS = (
    *("editor_cards", "editor_table", "editor_insert", "editor_move"),
    *("editor_toolbar", "editor_find", "editor_count"),
)
TEXT = {**MARKS, **LISTS}


class ProseWidget(AdminProseEditorWidget):
    """A text with links, emphasis and lists."""

    extensions = TEXT

    def __init__(self, attrs=None):
        super().__init__(attrs, config={"extensions": self.extensions}, preset="configurable")

    def get_config(self):
        config = super().get_config()
        link = {**config["extensions"]["Link"], "desk": reverse("admin:index")}
        link["stories"] = reverse("admin:newsroom_cards_stories")
        scripts = [static(f"newsroom/{name}.js") for name in ("editor", "editor_paste")]
        return {**config, "extensions": {**config["extensions"], "Link": link}, "js_modules": scripts}

    @property
    def media(self):
        own = {"css": {"all": ["newsroom/editor.css"]}, "js": [Script("newsroom/editor_waiting.js")]}
        return super().media + Media(**own)


class BodyWidget(ProseWidget):
    """The body of a story: its text, and the cards in it."""

    extensions = BODY

    def build_attrs(self, base_attrs, extra_attrs=None):
        empty = _("Write, or press / for a photo, quote, list")
        return {**super().build_attrs(base_attrs, extra_attrs), "data-empty": empty}

    def get_config(self):
        config = super().get_config()
        scripts = [static(f"newsroom/{name}.js") for name in BODY_SCRIPTS]
        asked = {name: reverse(f"admin:newsroom_cards_{name}") for name in ("stories", "videos", "photos", "address")}
        library = {name: reverse(f"admin:media_photo_{name}") for name in ("choose", "upload", "complete")}
        extensions = {**config["extensions"], "StoryCard": {"asked": asked, "library": library}}
        return {**config, "extensions": extensions, "js_modules": [*config["js_modules"], *scripts]}

    @property
    def media(self):
        return super().media + Media(css={"all": ["media/library.css", "newsroom/editor_cards.css"]})


def import_map() -> str:
    """The script that pages with an editor hold, which tells browsers where its modules are."""
    (tag,) = BodyWidget().media.render_importmap()
    return tag[tag.index(">") + 1 : tag.rindex("<")]


@cache
def editor_style() -> str:
    """The style that the editor's script puts into its pages."""
    script = resources.files("django_prose_editor") / "static/django_prose_editor/editor.js"
    match = re.search(r"`(\.ProseMirror \{[^`]*)`", script.read_text())
    return match[1] if match else ""
