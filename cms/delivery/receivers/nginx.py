"""nginx, which knows no tags: PURGE of addresses, one a request, lists by a star at the end.

So it is with NGINX Plus (proxy_cache_purge) and with the module ngx_cache_purge.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import Batch, Call, Receiver, bearer, in_chunks
from cms.outbound import Answer

NOT_KEPT = {404, 412}  # what it answers where it has no such page


class Nginx(Receiver):
    name = "nginx"
    label = _("Purge of nginx")
    help = _("PURGE of each address, below the one that is given here; lists end in a star.")
    settles = True
    takes_token = True
    chooses = False

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        paths = sorted({_path(address) for address in batch.addresses})
        for (path,) in in_chunks(paths, 1, after):
            url = f"{self.base(endpoint)}{path}"
            yield Call(url, method="PURGE", headers=bearer(endpoint), mark=path)

    def is_taken(self, answer: Answer) -> bool:
        return super().is_taken(answer) or answer.status in NOT_KEPT


def _path(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
