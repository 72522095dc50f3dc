"""A purge for whatever cache there is: the tags in a body of JSON, and in the header that names them in answers."""

from collections.abc import Iterator

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms.api.caching import MAX_TAG_BYTES
from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import JSON, Batch, Call, Receiver, bearer, in_chunks


class Purge(Receiver):
    name = "purge"
    label = _("Purge of another cache")
    help = _('The tags of what is old, as JSON: {"tags": [...]}, with the token as Authorization: Bearer.')
    settles = True
    takes_token = True
    chooses = False
    most_tags = 100

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        header = settings.CACHE_TAG_HEADER
        separator = settings.CACHE_TAG_SEPARATORS[header]
        for tags in in_chunks(batch.tags, self.most_tags, after, MAX_TAG_BYTES):
            headers = {**JSON, header: separator.join(tags), **bearer(endpoint)}
            yield Call(endpoint.url, orjson.dumps({"tags": tags}), headers, mark=tags[-1])
