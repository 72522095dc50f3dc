"""The film of a video: how editors give it, and what a page holds of one that is stored."""

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms.widgets import Media
from django.urls import reverse
from django.utils.translation import gettext as _
from js_asset import Script

from cms.files import Stored
from newsroom.serializers import file_path

FILM = "newsroom.film"  # what the tokens of films are signed for


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


class FilmField(forms.Field):
    """The film of a video. A page holds what was stored as a signed token, so that it is sent and checked once."""

    widget = FilmWidget

    def prepare_value(self, value):
        return signing.dumps(value, salt=FILM) if isinstance(value, dict) else value

    def to_python(self, value):
        if not value:
            return None
        try:
            return Stored(signing.loads(value, salt=FILM))  # by us: its gate has seen it
        except signing.BadSignature as error:
            raise ValidationError(_("The page does not hold the file any more; choose it again.")) from error

    def has_changed(self, initial, data):
        return True  # it is compared when a version is made of it
