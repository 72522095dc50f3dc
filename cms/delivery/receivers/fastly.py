"""Fastly: purge by surrogate keys, up to 256 a request."""

from collections.abc import Iterator
from urllib.parse import quote

import orjson
from django.utils.translation import gettext_lazy as _

from cms.delivery import seals
from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import JSON, Batch, Call, Receiver, in_chunks


class Fastly(Receiver):
    name = "fastly"
    label = _("Purge of Fastly")
    help = _("With the service’s ID, and a token that has the scope purge_select.")
    settles = True
    takes_token = needs_token = needs_site = True
    default_url = "https://api.fastly.com"
    chooses = False
    most_tags = 256

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        url = f"{self.base(endpoint)}/service/{quote(endpoint.site, safe='')}/purge"
        headers = {**JSON, "Accept": "application/json", "Fastly-Key": seals.opened(endpoint.token)}
        for tags in in_chunks(batch.tags, self.most_tags, after):
            yield Call(url, orjson.dumps({"surrogate_keys": tags}), headers, mark=tags[-1])
