"""The photo library on the desk's first page."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from media.library import SOON
from media.models import Photo

register = template.Library()
MOST = 99


@register.simple_tag
def photos_to_look_at() -> list[dict]:
    """The lists that a picture desk works off, each with its number up to a hundred."""
    now = timezone.now()
    lists: list[tuple[str, str, str, dict]] = [
        (
            "rights=ending",
            _("Rights ending soon"),
            "ending",
            {"usable_until__gt": now, "usable_until__lte": now + SOON},
        ),
        ("lacks=credit", _("No credit"), "lack", {"credit_line": ""}),
        ("lacks=alt", _("No alt text"), "lack", {"alt_text": "", "is_decorative": False}),
    ]
    found = []
    for query, label, badge, condition in lists:
        number = Photo.objects.filter(**condition).order_by()[: MOST + 1].count()
        shown = f"{MOST}+" if number > MOST else str(number or "")
        found.append({"query": query, "label": label, "badge": badge, "number": shown})
    return found
