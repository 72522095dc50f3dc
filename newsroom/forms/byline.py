"""How editors fill in a byline."""

from django.utils.translation import gettext_lazy

from cms.desk.pages.merging import MergingForm
from newsroom.body.widget import ProseWidget
from newsroom.forms.lines import LinesField, read_link
from newsroom.forms.written import TextForm
from newsroom.models import Byline


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
