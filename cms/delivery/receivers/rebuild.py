"""A build hook: one call for however many changes, after which a static site is built anew."""

from collections.abc import Iterator

import orjson
from django.utils.translation import gettext_lazy as _

from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import JSON, Batch, Call, Receiver, bearer


class Rebuild(Receiver):
    """Netlify, Vercel and Cloudflare Pages want a POST and no more; GitHub's repository_dispatch this very body."""

    name = "rebuild"
    label = _("Build hook")
    help = _("One call for however many changes, at most one a minute (Netlify, Vercel, Cloudflare Pages, GitHub).")
    most = 10_000
    rests = 60
    takes_token = True

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        edition = batch.changes[-1].edition if batch.changes else None
        body = {"event_type": "galley", "client_payload": {"edition": edition}}
        yield Call(endpoint.url, orjson.dumps(body), {**JSON, **bearer(endpoint)})
