"""How editors fill in a blurb."""

from newsroom.body.widget import ProseWidget
from newsroom.forms.written import TextForm
from newsroom.models import Blurb


class BlurbForm(TextForm):
    class Meta:
        model = Blurb
        fields = "__all__"
        widgets = {"text_html": ProseWidget()}
