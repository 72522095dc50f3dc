"""Real receivers on this computer, which note what they were sent, and answer as they are told."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import orjson
from django.utils import timezone
from standardwebhooks import Webhook as Verifier

from cms.delivery import seals, sending
from cms.delivery.models import Endpoint
from cms.publishing.models import Edition


class Received(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return orjson.loads(self.body)


class Server:
    """`answers` are used up one by one, (status, headers, body) or a function of the handler; then all is well."""

    def __init__(self):
        self.received: list[Received] = []
        self.answers: list[Any] = []
        self.arrived = threading.Semaphore(0)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.received.append(Received(self.command, self.path, headers, body))
                answer = server.answers.pop(0) if server.answers else (200, {}, b"thanks")
                server.arrived.release()
                if callable(answer):
                    with contextlib.suppress(OSError):
                        answer(self)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            do_GET = do_POST = do_PURGE = answer

            def log_message(self, *_args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    @property
    def events(self):
        return [received.json for received in self.received]

    @property
    def editions(self):
        return [event["data"]["edition"] for event in self.events]


def make_endpoint(url="", receiver="webhook", **values):
    """An endpoint that is told of what comes from now on."""
    values.setdefault("after", Edition.objects.get(pk=1).number)
    secret = seals.seal(seals.new_secret()) if receiver == "webhook" else ""
    token = seals.seal(values.pop("token", ""))
    return Endpoint.objects.create(
        **{"name": "Front end", "receiver": receiver, "url": url, "secret": secret, "token": token, **values}
    )


def tell(endpoint):
    """Tell it what there is to tell now; returns it as it stands then."""
    if Endpoint.objects.due(timezone.now()).filter(pk=endpoint.pk).exists():
        sending.tell(endpoint.pk)
    endpoint.refresh_from_db()
    return endpoint


def verified(received, secret):
    return Verifier(secret).verify(received.body, received.headers)
