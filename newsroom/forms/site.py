"""How a newsroom says what it is called and where its menus lead."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from newsroom.forms.lines import LinesField, read_link
from newsroom.forms.menus import MenusField
from newsroom.models import Site

SHORT = forms.Textarea(attrs={"rows": 2})


class SiteForm(forms.ModelForm):
    menus = MenusField(
        label=gettext_lazy("Menus"),
        help_text=gettext_lazy(
            "A link to a section, a topic or a page keeps leading there, even when its name changes. What readers can "
            "no longer see leaves the menu by itself."
        ),
    )
    social = LinesField(
        label=gettext_lazy("Elsewhere"),
        read=read_link,
        write=lambda link: f"{link['label']} {link['url']}",
        help_text=gettext_lazy("One a line: what it is called, then its address."),
    )

    class Meta:
        model = Site
        fields = "__all__"
        widgets = {"description": SHORT, "usage_text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        usual = {
            "name": settings.SITE_NAME,
            "language": settings.CONTENT_LANGUAGE,
            "publisher_url": f"{settings.FRONT_URL}/",
        }
        for name, value in usual.items():
            if name in self.fields:
                self.fields[name].widget.attrs["placeholder"] = value
