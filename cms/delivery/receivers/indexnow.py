"""IndexNow: search engines are told which pages of the front end are new, other, or gone, up to 10,000 at once."""

import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import Batch, Call, Receiver, in_chunks

MOST_URLS = 10_000


class IndexNow(Receiver):
    """Its key is no secret: whoever asks the front end for it gets it, which shows whose the pages are."""

    name = "indexnow"
    label = _("Search engines (IndexNow)")
    help = _("The addresses of pages that are new, changed or withdrawn, at most once a minute.")
    most = 2000  # whose versions are read, in some 40 MB, where addresses name sections
    rests = 60
    default_url = "https://api.indexnow.org/indexnow"

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        front = urlsplit(settings.FRONT_URL)
        urls = [url for url in batch.web_urls if urlsplit(url).netloc == front.netloc]
        for some in in_chunks(urls, MOST_URLS, after):
            body = {
                "host": front.hostname,
                "key": endpoint.site,
                "keyLocation": key_location(endpoint.site),
                "urlList": some,
            }
            headers = {"Content-Type": "application/json; charset=utf-8"}
            yield Call(self.base(endpoint), orjson.dumps(body), headers, mark=some[-1])


def new_key() -> str:
    return secrets.token_hex(16)


def key_location(key: str) -> str:
    """Where the front end has to show the key: at its root, so that it speaks for all pages."""
    front = urlsplit(settings.FRONT_URL)
    return f"{front.scheme}://{front.netloc}/{key}.txt"
