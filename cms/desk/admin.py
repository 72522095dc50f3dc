"""What the admin finds of the desk itself: its first page, the log, accounts, and its name."""

from django.conf import settings
from django.contrib import admin
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from cms.content import masthead
from cms.desk.front import dashboard  # noqa: F401 - its panels make themselves known
from cms.desk.people import keys, log, users  # noqa: F401 - they register themselves
from cms.desk.webhooks import admin as webhooks  # noqa: F401 - it registers itself
from cms.desk.webhooks import panel  # noqa: F401 - as the panels above


def title_of_the_desk() -> str:
    name = masthead.known().name
    return name if name == "Galley" else f"{name} · Galley"


admin.site.site_header = lazy(title_of_the_desk, str)()
admin.site.site_title = admin.site.site_header
has_front = settings.FRONT_URL != settings.PUBLIC_URL or settings.FRONT == "demo"
admin.site.site_url = settings.FRONT_URL if has_front else None
admin.site.index_title = gettext_lazy("The desk")
