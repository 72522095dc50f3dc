"""Keys at the server's own door: no kept answer is a keyed one's, and large bodies are taken from programs alone."""

import json

import pytest
from django.contrib.auth.models import User

from cms.api import keys
from tests.factories import make_article, publish
from tests.serving import Protocol, Scope, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secret(transactional_db):
    return keys.make("Wire desk", User.objects.create_superuser("root"), ["read", "drafts", "write", "media"])[1]


class Sending(Protocol):
    """Sends a body, and takes the answer."""

    def __init__(self, body):
        self.parts = [body[start : start + 65536] for start in range(0, len(body), 65536)]

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.parts:
            raise StopAsyncIteration
        return self.parts.pop(0)


def send(within, path, body, **headers):
    protocol = Sending(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    own = {"content-type": "application/json", "content-length": str(len(body)), **named}
    run(within.application.__rsgi__(Scope("POST", path, own), protocol))
    return protocol


def test_kept_answer_is_nobodys_who_shows_a_key(within, secret):
    publish(make_article(slug="story"))
    path, ours = "/api/v1/articles/", {"authorization": f"Bearer {secret}"}

    first, again = within.get(path), within.get(path)
    keyed = within.get(path, **ours)
    wrong = within.get(path, authorization="Bearer nonsense")
    after = within.get(path)

    assert within.application.cache.hits >= 2
    assert (first.status, keyed.status, wrong.status) == (200, 200, 401)
    assert {again.headers["cache-control"], after.headers["cache-control"]} == {first.headers["cache-control"]}
    assert (keyed.headers["cache-control"], "surrogate-key" in keyed.headers) == ("private, no-store", False)
    assert json.loads(keyed.body) == json.loads(after.body)
    assert within.application.cache.made == 1


def test_large_body_is_taken_from_a_program_and_from_nobody_else(within, secret, settings):
    settings.BODY_MB = 1
    body = json.dumps({"name": "Long", "slug": "long", "description": "x" * 1_500_000}).encode()
    path, ours = "/api/v1/manage/topics/", f"Bearer {secret}"

    assert send(within, path, body).status == 413
    assert send(within, path, body, authorization="Bearer nonsense").status == 413
    assert send(within, "/api/v1/topics/", body, authorization=ours).status == 413
    taken = send(within, path, body, authorization=ours)
    assert (taken.status, len(taken.json()["description"])) == (201, 1_500_000)
