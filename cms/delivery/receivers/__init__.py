"""Who can be told of changes, a file each. A new one is a class and a line here."""

from cms.delivery.receivers.base import Batch, Call, Receiver, Trial
from cms.delivery.receivers.cloudflare import Cloudflare
from cms.delivery.receivers.fastly import Fastly
from cms.delivery.receivers.indexnow import IndexNow
from cms.delivery.receivers.nginx import Nginx
from cms.delivery.receivers.purge import Purge
from cms.delivery.receivers.rebuild import Rebuild
from cms.delivery.receivers.varnish import Varnish
from cms.delivery.receivers.webhook import Webhook

__all__ = ["ALL", "Batch", "Call", "Receiver", "Trial", "named"]

_RECEIVERS = (Webhook, Rebuild, Fastly, Cloudflare, Varnish, Nginx, Purge, IndexNow)
ALL: dict[str, Receiver] = {receiver.name: receiver() for receiver in _RECEIVERS}


def named(name: str) -> Receiver:
    return ALL[name]
