"""What has a text."""

from django.contrib import messages
from django.utils.translation import gettext as _

from cms.desk.pages.page_state import page_state
from newsroom.body import in_short


class TextMixin:
    """What has a text, of which some may not be kept: what was pasted without the editor's help, say."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if left_out := getattr(form, "left_out", []):
            text = _("This could not be kept, and is left out of the text: %(what)s.") % {"what": in_short(left_out)}
            self.message_user(request, text, messages.WARNING)
            page_state(request).is_filled = True  # with a text that is not quite the one on the page
