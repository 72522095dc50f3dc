"""Varnish with its module xkey: PURGE with the tags in the header that the module's own manual reads."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import Batch, Call, Receiver, bearer, in_chunks

MOST_BYTES = 4096  # of the header; Varnish takes 8 kB


class Varnish(Receiver):
    name = "varnish"
    label = _("Purge of Varnish")
    help = _("PURGE with the tags in the header xkey-purge. CACHE_TAG_HEADER must be xkey.")
    settles = True
    takes_token = True
    chooses = False
    most_tags = 200

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        for tags in in_chunks(batch.tags, self.most_tags, after, MOST_BYTES):
            headers = {"xkey-purge": " ".join(tags), **bearer(endpoint)}
            yield Call(endpoint.url, method="PURGE", headers=headers, mark=tags[-1])
