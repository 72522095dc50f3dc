"""On the first page of the desk: webhooks that were turned off, or are not taken."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.delivery import receivers
from cms.delivery.models import Endpoint
from cms.desk import menu
from cms.desk.front.panels import SHOWN, Panel, Row, register
from cms.desk.webhooks.words import state_of, words_of
from cms.publishing.kinds import OFFICE, Place

MODEL = "delivery.endpoint"

PLACE = Place(gettext_lazy("Webhooks"), gettext_lazy("Webhook"), gettext_lazy("New webhook"), group=OFFICE, position=30)

menu.register(MODEL, PLACE)


@register
def of_webhooks(request: HttpRequest) -> Iterator[Panel]:
    """For those who can do something about it, and only when there is something."""
    if not request.user.has_perm("delivery.change_endpoint"):
        return
    rows = [*Endpoint.objects.stopped()[:SHOWN], *Endpoint.objects.failing()[:SHOWN]]
    if rows:
        more = [(_("Webhooks"), menu.page_of(MODEL, "changelist"))]
        yield Panel("webhooks", _("Webhooks that fail"), 5, [_row(row) for row in rows], more, is_theirs=True)


def _row(endpoint: Endpoint) -> Row:
    state = state_of(endpoint)
    return Row(
        endpoint.name,
        menu.page_of(MODEL, "change", endpoint.pk),
        kind=receivers.named(endpoint.receiver).label,
        state=state.name,
        words=state.words,
        when=words_of(endpoint.off_at),
    )
