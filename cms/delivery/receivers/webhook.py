"""A webhook by Standard Webhooks 1.0: a message for each change, signed, in their order."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from standardwebhooks import Webhook as Signer

from cms.delivery import seals
from cms.delivery.models import Endpoint
from cms.delivery.receivers.base import JSON, Batch, Call, Receiver

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"  # headers, as the standard has them


class Webhook(Receiver):
    name = "webhook"
    label = _("Webhook")
    help = _("A signed message for each change, one after the other (Standard Webhooks).")
    most = 1
    has_secret = True

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        sealed = [endpoint.secret]
        if endpoint.former_until and endpoint.former_until > batch.at:
            sealed.append(endpoint.former_secret)
        signers = [Signer(seals.opened(secret)) for secret in sealed]
        for message in batch.messages:
            signatures = [signer.sign(message.id, batch.at, message.body.decode()) for signer in signers]
            headers = {
                **JSON,
                ID: message.id,
                TIMESTAMP: str(int(batch.at.timestamp())),
                SIGNATURE: " ".join(signatures),
            }
            yield Call(endpoint.url, message.body, headers, message=message.id)
