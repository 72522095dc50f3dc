"""How editors fill in what is written."""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import orjson
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import URLValidator
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.desk.editing.merging import MergingForm
from cms.desk.editing.rows import RowForm, RowsFormSet
from cms.publishing.models import Version
from cms.publishing.notices import Notice, collecting, notice
from cms.publishing.texts import without_controls
from media import captions
from newsroom.body import WRITTEN, BlockError, blocks_from_html, body_in_shape, editor_html, plain
from newsroom.cards import Cards
from newsroom.mending import whole
from newsroom.models import Article, Blurb, Byline, Section, Topic, Video, VideoTrack
from newsroom.serializers import WORDS, ArticleSerializer
from newsroom.widgets import BodyWidget, FilmWidget, ProseWidget, ProviderWidget

SEO = ("title", "description", "canonical_url")


def reading_copy(blocks: list[dict]) -> SafeString:
    """A body for those who may read it at the desk and not write."""
    blocks = whole(blocks)
    cards = Cards(blocks)
    lines: list[str] = []
    for block in body_in_shape(blocks):
        if block["type"] == "list":
            lines += lines_of_list(block)
        elif block["type"] == "table":
            lines += [block["caption"]] if block["caption"] else []
            lines += [" | ".join(map(plain, row)) for row in block["rows"]]
        elif block["type"] in WRITTEN:
            lines.append(" — ".join(filter(None, [plain(block.get("html", "")), block.get("attribution")])))
        else:
            lines.append(f"[{cards(block)['label']}]")
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def lines_of_list(listing: dict, indent: str = "") -> Iterable[str]:
    """A list as lines of text, what stands in an item set in below it."""
    for number, item in enumerate(listing["items"], listing["start"]):
        sign = f"{number}." if listing["ordered"] else "•"
        yield f"{indent}{sign} {plain(item['html'])}"
        if item["list"]:
            yield from lines_of_list(item["list"], f"{indent}\u2003")


def unlabelled(block: dict) -> dict:
    return {}


_converted: ContextVar[dict[str, tuple[bytes, list[Notice]]] | None] = ContextVar("converted", default=None)


@contextlib.contextmanager
def converting_once() -> Iterator[None]:
    """A text that is converted in here is not converted again: what takes long is done before a lock is taken."""
    token = _converted.set({})
    try:
        yield
    finally:
        _converted.reset(token)


def converted(html: str) -> list[dict]:
    known = _converted.get()
    if known is None:
        return blocks_from_html(html)
    if html not in known:
        with collecting() as heard:
            known[html] = orjson.dumps(blocks_from_html(html)), heard
    blocks, left_out = known[html]
    for loss in left_out:
        notice(*loss)
    return orjson.loads(blocks)


class BodyFormField(forms.CharField):
    """A body: blocks in the database, HTML in the editor."""

    widget = BodyWidget

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        blocks = whole(value)
        return editor_html(blocks, Cards(blocks))

    def to_python(self, value):
        return converted(without_controls(value or ""))

    def has_changed(self, initial, data):
        with collecting():
            return converted(without_controls(data or "")) != as_sent(initial or [])

    def validate(self, value):
        """Left to the form, which knows what the body was."""

    def run_validators(self, value):
        """The same."""


def as_sent(blocks: list[dict]) -> list[dict]:
    """Blocks as they come back from an editor that has not touched them."""
    with collecting():  # what an older text cannot keep was not lost now
        return converted(editor_html(whole(blocks), unlabelled))


def with_untouched(sent: list[dict], known: list[dict]) -> list[dict]:
    """The blocks that an editor sent, those that were not touched in the very form in which they are kept."""
    if sent == as_sent(known):
        return known
    kept = {block["id"]: block for block in known}
    found = [(block, kept.get(str(block.get("id")))) for block in sent]
    return [before if before and as_sent([before]) == [block] else block for block, before in found]


class TextForm(forms.ModelForm):
    """What has a text with links and emphasis. `left_out` is what of it could not be kept."""

    left_out: list[Notice] = []
    known_losses: list[Notice] = []  # of what was written before, and is not what somebody has just lost

    def full_clean(self):
        with collecting() as heard:
            super().full_clean()
        for loss in self.known_losses:
            if loss in heard:
                heard.remove(loss)
        self.left_out = heard


class HeadlinedForm(TextForm):
    """What has a headline, written over as many lines as it takes."""

    def clean_headline(self):
        return " ".join(self.cleaned_data["headline"].split())

    def _get_validation_exclusions(self):
        # Whether the slug is free depends on a column that no form shows; without it the check would be left out.
        return super()._get_validation_exclusions() - {"is_retired"}


HEADLINE = forms.Textarea(
    attrs={"rows": 1, "class": "vLargeTextField headline", "placeholder": gettext_lazy("Headline")}
)
STANDFIRST = forms.Textarea(
    attrs={"rows": 1, "placeholder": gettext_lazy("Standfirst: what it is about, in a sentence")}
)
SHORT = forms.Textarea(attrs={"rows": 2})
KICKER = forms.TextInput(attrs={"class": "vTextField", "placeholder": gettext_lazy("Kicker")})


class ArticleForm(HeadlinedForm):
    body = BodyFormField(label=gettext_lazy("Body"), required=False)
    seo_title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    seo_description = forms.CharField(
        label=gettext_lazy("Description"), max_length=1000, required=False, widget=forms.Textarea
    )
    seo_canonical_url = forms.URLField(
        label=gettext_lazy("First published at"),
        max_length=1000,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("The address that search engines shall count as the original (canonical)."),
    )

    class Meta:
        model = Article
        exclude = ["seo"]
        widgets = {
            "headline": HEADLINE,
            "kicker": KICKER,
            "standfirst": STANDFIRST,
            "lead_photo_caption": SHORT,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seo = self.instance.seo or {}
        for name in SEO:
            if f"seo_{name}" in self.fields:
                self.initial[f"seo_{name}"] = seo.get(name) or ""

    def clean_body(self):
        known = self.instance.body or []
        base = self.data.get("base", "")
        if base and base != str(self.instance.head_id) and base.isdigit() and len(base) < 19:
            version = Version.objects.filter(pk=base, kind="article", key=self.instance.pk).first()
            known = version.data["body"] if version else known
        known = whole(known)
        with collecting() as self.known_losses:
            converted(editor_html(known, unlabelled))
        blocks = with_untouched(self.cleaned_data["body"], known)
        if blocks == known:
            return known
        try:
            return ArticleSerializer.written()["body"].run_validation(blocks)
        except BlockError as error:
            words = {"number": error.number, "kind": WORDS.get(error.kind, error.kind), "fault": error.fault}
            raise ValidationError(_("Block %(number)s (%(kind)s): %(fault)s") % words) from error
        except serializers.ValidationError as error:
            raise ValidationError([str(text) for text in _flat(error.detail)]) from error

    def clean(self):
        cleaned = super().clean()
        if "seo_title" in self.fields:
            rest = {name: value for name, value in (self.instance.seo or {}).items() if name not in SEO}
            given = {name: cleaned.get(f"seo_{name}") for name in SEO}
            self.instance.seo = {**{name: value for name, value in given.items() if value}, **rest}
        return cleaned


def _flat(detail: Any) -> Iterable[str]:
    if isinstance(detail, dict):
        detail = list(detail.values())
    if isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner)
    else:
        yield detail


class LinesField(forms.CharField):
    """A list of small things, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, read, write, **kwargs):
        self.read, self.write = read, write
        super().__init__(**{"required": False, "strip": True, **kwargs})

    def prepare_value(self, value):
        return "\n".join(map(self.write, value)) if isinstance(value, list) else value

    def to_python(self, value):
        return [self.read(line.strip()) for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial, data):
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True

    def run_validators(self, value):
        """Each line was checked as it was read."""


def check_address(text: str) -> str:
    try:
        URLValidator(["http", "https"])(text)
    except ValidationError as error:
        message = _('"%s" is no web address; write one such as https://example.org/.') % text[:64]
        raise ValidationError(message) from error
    return text


def read_link(line: str) -> dict:
    label, _space, url = line.rpartition(" ")
    if not label:
        raise ValidationError(_('Write what the link is called, then its address: "%s".') % line[:64])
    return {"label": label.strip(), "url": check_address(url)}


FILM = "newsroom.film"  # what the tokens of films are signed for


class FilmField(forms.Field):
    """The film of a video. A page holds what was stored as a signed token, so that it is sent and checked once."""

    widget = FilmWidget

    def prepare_value(self, value):
        return signing.dumps(value, salt=FILM) if isinstance(value, dict) else value

    def to_python(self, value):
        if not value:
            return None
        try:
            return signing.loads(value, salt=FILM)
        except signing.BadSignature as error:
            raise ValidationError(_("The page does not hold the file any more; choose it again.")) from error

    def has_changed(self, initial, data):
        return True  # it is compared when a version is made of it


class VideoForm(HeadlinedForm):
    file = FilmField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("MP4 (H.264) or WebM. Or leave it out, and give the address at a provider."),
    )

    class Meta:
        model = Video
        fields = "__all__"
        widgets = {"headline": HEADLINE, "standfirst": STANDFIRST, "provider_url": ProviderWidget}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.initial["file"] = self.instance.file
            self.fields["file"].widget.video = self.instance

    def clean_file(self):
        sent = self.files.get("file_upload")
        if refusal := getattr(sent, "refusal", None):
            raise refusal
        return self.cleaned_data["file"]


class TrackForm(RowForm):
    """A track: a file, or its text, or the address of one elsewhere."""

    upload = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "placeholder": gettext_lazy("Choose a file (WebVTT or SRT), or paste its text here"),
                "spellcheck": "false",
            }
        ),
    )

    class Meta:
        model = VideoTrack
        fields = ["kind", "language", "label", "url"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hints = {
            "language": _("Language"),
            "label": _("Name: English"),
            "url": _("Or the address of the file elsewhere"),
        }
        for name, hint in hints.items():
            self.fields[name].widget.attrs["placeholder"] = hint
        if self.instance.file:
            with contextlib.suppress(FileNotFoundError), default_storage.open(self.instance.file) as file:
                self.initial["text"] = file.read().decode()

    def clean(self):
        cleaned = super().clean()
        try:
            text = self._text()
        except ValidationError as error:
            self.add_error("upload" if cleaned.get("upload") else "text", error)
            return cleaned
        if text and cleaned.get("url"):
            self.add_error("url", _("Give the track a file or an address, not both."))
        elif text:
            self.instance.file = captions.keep_text(text)[0]["stored"]
        elif not cleaned.get("url"):
            self.add_error("text", _("Choose a file (WebVTT or SRT), or paste its text."))
        return cleaned

    def _text(self):
        if upload := self.cleaned_data.get("upload"):
            text = captions.read(upload.read())
            # A page that comes back with a mistake elsewhere still has what was sent.
            self.data = self.data.copy()
            self.data[self.add_prefix("text")] = text
            return text
        text = self.cleaned_data.get("text") or ""
        return captions.check(text) if text.strip() else ""


class TracksFormSet(RowsFormSet):
    def clean(self):
        super().clean()
        said = [
            tuple(form.cleaned_data.get(name) for name in ("kind", "language", "label"))
            for form in self.forms
            if form.has_changed() and hasattr(form, "cleaned_data") and not self._should_delete_form(form)
        ]
        for kind, language, label in said:
            if said.count((kind, language, label)) > 1:
                text = _('Two tracks are called "%(label)s" (%(language)s); give one of them another name.')
                raise ValidationError(text % {"label": label, "language": language})


class BlurbForm(TextForm):
    class Meta:
        model = Blurb
        fields = "__all__"
        widgets = {"text_html": ProseWidget()}


class BylineForm(TextForm, MergingForm):
    links = LinesField(
        label=gettext_lazy("Links"),
        read=read_link,
        write=lambda link: f"{link['label']} {link['url']}",
        help_text=gettext_lazy("One a line: what it is called, then its address."),
    )

    class Meta:
        model = Byline
        fields = "__all__"
        widgets = {"bio_html": ProseWidget()}


class TopicForm(MergingForm):
    same_as = LinesField(
        label=gettext_lazy("The same as"),
        read=check_address,
        write=str,
        help_text=gettext_lazy(
            "Addresses of the same thing elsewhere, one a line: https://www.wikidata.org/wiki/Q7184"
        ),
    )

    class Meta:
        model = Topic
        fields = "__all__"
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class SectionForm(MergingForm):
    class Meta:
        model = Section
        fields = "__all__"
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
