"""Cloudflare: purge by cache tags, up to 100 a request, and few requests a minute on its smaller plans."""

from collections.abc import Iterator
from urllib.parse import quote

import orjson
from django.utils.translation import gettext_lazy as _

from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import JSON, Batch, Call, Receiver, bearer, in_chunks
from cms.outbound import Answer


class Cloudflare(Receiver):
    name = "cloudflare"
    label = _("Purge of Cloudflare")
    help = _("With the zone’s ID, and an API token that may purge its cache. CACHE_TAG_HEADER must be Cache-Tag.")
    settles = True
    takes_token = needs_token = needs_site = True
    default_url = "https://api.cloudflare.com/client/v4"
    chooses = False
    most_tags = 100

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        url = f"{self.base(endpoint)}/zones/{quote(endpoint.site, safe='')}/purge_cache"
        for tags in in_chunks(batch.tags, self.most_tags, after):
            yield Call(url, orjson.dumps({"tags": tags}), {**JSON, **bearer(endpoint)}, mark=tags[-1])

    def is_taken(self, answer: Answer) -> bool:
        """It says in the body whether it has done it, and may say no with a 200."""
        return super().is_taken(answer) and b'"success":false' not in answer.body.replace(b" ", b"")
