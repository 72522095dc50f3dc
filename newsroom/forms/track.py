"""How editors give what runs beside a video."""

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.pages.files import FileChoice
from cms.desk.pages.rows import RowForm, RowsFormSet
from cms.files import NoAnswer
from cms.serving.faults import AWAY
from media.videos import captions
from newsroom.models import VideoTrack

TRACK = "newsroom.track"  # what the tokens of tracks are signed for


class TrackForm(RowForm):
    """A track: a file, or its text, or the address of one elsewhere."""

    upload = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=FileChoice(attrs={"accept": ".vtt,.srt,text/vtt"}),
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

    # A signed token of what is stored: it is not stored again, and is kept where its text could not be shown.
    stored = forms.CharField(required=False, label="", widget=forms.HiddenInput)

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
            self._show(self.instance.file)

    def _show(self, name):
        is_unread = False
        try:
            with default_storage.open(name) as file:
                self.initial["text"] = file.read().decode()
        except FileNotFoundError:
            return
        except NoAnswer:
            is_unread = True
            self.fields["text"].widget.attrs["placeholder"] = _(AWAY.advice)
        self.initial["stored"] = signing.dumps([name, is_unread], salt=TRACK)

    def clean(self):
        cleaned = super().clean()
        try:
            text = self._text()
        except ValidationError as error:
            self.add_error("upload" if cleaned.get("upload") else "text", error)
            return cleaned
        stored, is_unread = self._stored()
        is_kept = stored and (captions.name_of(text) == stored if text else is_unread)
        if (text or is_kept) and cleaned.get("url"):
            self.add_error("url", _("Give the track a file or an address, not both."))
        elif is_kept:
            self.instance.file = stored
        elif text:
            self.instance.file = captions.keep_text(text)[0]["stored"]
        elif not cleaned.get("url"):
            self.add_error("text", _("Choose a file (WebVTT or SRT), or paste its text."))
        return cleaned

    def _stored(self):
        """The name of what was stored when the page was opened, and whether its text could not be read then."""
        try:
            return signing.loads(self.cleaned_data.get("stored") or "", salt=TRACK)
        except signing.BadSignature:
            return "", False

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
