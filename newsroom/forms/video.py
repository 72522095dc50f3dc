"""How editors fill in a video."""

from django.contrib.admin.widgets import AdminURLFieldWidget
from django.utils.translation import gettext_lazy

from newsroom.forms.film import FilmField
from newsroom.forms.written import HEADLINE, STANDFIRST, HeadlinedForm
from newsroom.models import Video
from newsroom.providers import player_of


class ProviderWidget(AdminURLFieldWidget):
    """The address of a video's page, a button that asks its provider about it, and the player."""

    template_name = "newsroom/provider.html"

    def get_context(self, name, value, attrs):
        attrs = {**(attrs or {}), "class": "vURLField"}
        return {**super().get_context(name, value, attrs), "player": player_of(value) if value else None}


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
