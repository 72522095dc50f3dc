"""What caches and search engines are told, as each wants it; the servers here note what they were sent."""

from urllib.parse import urlsplit

import orjson
import pytest
import time_machine

from cms.delivery import receivers, tags
from cms.delivery.models import Resend
from cms.publishing import press
from cms.publishing.models import Publication
from tests.delivery import make_endpoint, tell
from tests.factories import make_article, make_byline, make_photo, make_section, publish

pytestmark = pytest.mark.django_db
TOKEN = "t0ken-of-the-cdn"


def tag_of(item):
    return item.pk.hex[:16]


def told(server):
    """The tags of all purges so far, whichever way they were written."""
    names = []
    for received in server.received:
        body = orjson.loads(received.body) if received.body else {}
        names += body.get("tags") or body.get("surrogate_keys") or received.headers.get("xkey-purge", "").split()
    return names


def test_tags_of_a_purge_are_those_of_the_answers_that_show_the_change(server, api):
    """Whatever answer names the photo's stories is found by what the purge says."""
    photo, writer, section = make_photo(), make_byline(), make_section("World")
    shown = publish(make_article(lead_photo=photo, bylines=[writer], section=section))
    relating = publish(make_article(related=[shown]))
    publish(make_article())
    endpoint = make_endpoint(server.url, "purge")
    photo.caption = "Another"
    photo.save()
    tell(endpoint)

    asked = [f"articles/{shown.slug}/", f"photos/{photo.pk}/", "photos/", "changes/", f"articles/{relating.slug}/"]
    assert [path for path in asked if set(told(server)).isdisjoint(api.get(path)["Surrogate-Key"].split())] == []
    assert tag_of(shown) in told(server)
    assert "articles" not in told(server)


@pytest.mark.parametrize("act", ["publish", "update", "withdraw"])
def test_lists_and_what_relates_to_a_story_are_purged_with_it(server, api, act):
    story = make_article(slug="story")
    relating = publish(make_article(related=[story]))
    if act != "publish":
        publish(story)
    endpoint = make_endpoint(server.url, "purge")
    if act == "update":
        story.headline = "Another"
        press.save(story)
    if act == "withdraw":
        press.withdraw(story)
    else:
        publish(story)
    tell(endpoint)

    assert {"articles", "feed", "changes", tag_of(story), tag_of(relating)} <= set(told(server))
    assert "blurbs" not in told(server)


def test_translation_purges_the_others(server):
    english = publish(make_article(language="en"))
    ukrainian = make_article(language="uk", translation_of=english)
    press.save(ukrainian)
    publish(ukrainian)
    endpoint = make_endpoint(server.url, "purge")
    press.withdraw(ukrainian)
    tell(endpoint)

    assert tag_of(english) in told(server)


def test_many_changes_are_one_purge(server):
    endpoint = make_endpoint(server.url, "purge")
    articles = [publish(make_article()) for _ in range(20)]
    tell(endpoint)

    assert len(server.received) == 1
    assert {tag_of(article) for article in articles} < set(told(server))
    assert len(set(told(server))) == len(told(server))
    attempt = endpoint.attempts.get()
    assert (attempt.changes, attempt.last_edition, attempt.what) == (20, endpoint.after, "")


def test_of_what_an_archive_shows_the_newest_are_named(server, monkeypatch):
    monkeypatch.setattr(tags, "MOST_NAMED", 2)
    section = make_section("World")
    articles = [publish(make_article(section=section)) for _ in range(3)]
    hook, endpoint = make_endpoint(server.url), make_endpoint(server.url, "purge")
    section.name = "The world"
    section.save()
    tell(endpoint)
    named = {tag_of(article) for article in articles} & set(told(server))
    assert len(named) == 2
    tell(hook)
    assert server.events[-1]["data"]["tags_cut"] is True


# As each wants it


def test_generic_purge_has_the_tags_in_body_and_header(server, settings):
    settings.CACHE_TAG_HEADER = "Cache-Tag"
    endpoint = make_endpoint(f"{server.url}/purge", "purge", token=TOKEN)
    publish(make_article())
    tell(endpoint)

    received = server.received[0]
    assert (received.method, received.path) == ("POST", "/purge")
    assert received.headers["authorization"] == f"Bearer {TOKEN}"
    assert received.headers["cache-tag"].split(",") == received.json["tags"]


def test_fastly_is_purged_by_surrogate_keys(server, monkeypatch):
    monkeypatch.setattr(receivers.named("fastly"), "most_tags", 3)
    endpoint = make_endpoint(server.url, "fastly", site="SU1Z0isxPaozGVKXdv0eY", token=TOKEN)
    publish(make_article())
    publish(make_article())
    tell(endpoint)

    assert {received.method for received in server.received} == {"POST"}
    assert {received.path for received in server.received} == {"/service/SU1Z0isxPaozGVKXdv0eY/purge"}
    assert {received.headers["fastly-key"] for received in server.received} == {TOKEN}
    assert [len(received.json["surrogate_keys"]) for received in server.received] == [3, 2]


def test_cloudflare_is_purged_by_tags_and_its_own_word_counts(server):
    endpoint = make_endpoint(f"{server.url}/client/v4", "cloudflare", site="023e105f4ecef8ad", token=TOKEN)
    publish(make_article())
    server.answers = [(200, {}, b'{"success": false, "errors": [{"code": 1134}]}'), (200, {}, b'{"success": true}')]
    tell(endpoint)
    assert (endpoint.tries, endpoint.after) == (1, 0)
    endpoint.next_try_at = None
    endpoint.save()
    tell(endpoint)

    assert (endpoint.tries, len(server.received)) == (0, 2)
    received = server.received[0]
    assert (received.method, received.path) == ("POST", "/client/v4/zones/023e105f4ecef8ad/purge_cache")
    assert received.headers["authorization"] == f"Bearer {TOKEN}"
    assert set(received.json) == {"tags"}


def test_varnish_is_purged_by_the_header_of_xkey(server):
    endpoint = make_endpoint(f"{server.url}/", "varnish")
    article = publish(make_article())
    tell(endpoint)

    received = server.received[0]
    assert (received.method, received.path, received.body) == ("PURGE", "/", b"")
    assert tag_of(article) in received.headers["xkey-purge"].split(" ")


def test_nginx_is_purged_by_addresses_and_lists_by_a_star(server, api):
    endpoint = make_endpoint(server.url, "nginx")
    article = publish(make_article(slug="flood"))
    publish(make_article(slug="relating", related=[article]))
    tell(endpoint)
    server.received.clear()
    article.slug = "flood-vote"
    press.save(article)
    publish(article)
    server.answers = [(404, {}, b""), (412, {}, b"")]  # which it does not have
    tell(endpoint)

    paths = {received.path for received in server.received}
    assert {received.method for received in server.received} == {"PURGE"}
    assert {f"/api/v1/articles/{slug}/" for slug in ("flood", "flood-vote", "relating")} < paths
    assert {"/api/v1/articles/", "/api/v1/articles/?*", "/api/v1/feed/", "/api/v1/feed/?*"} < paths
    pages = [urlsplit(api(f"articles/{slug}/")["web_url"]).path for slug in ("flood-vote", "relating")]
    assert set(pages) < paths
    assert endpoint.tries == 0


def test_purge_goes_on_where_the_cdn_said_it_was_too_much(server, monkeypatch):
    monkeypatch.setattr(receivers.named("cloudflare"), "most_tags", 2)
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        endpoint = make_endpoint(server.url, "cloudflare", site="zone", token=TOKEN)
        [publish(make_article()) for _ in range(3)]
        server.answers = [(200, {}, b"{}"), (429, {"Retry-After": "60"}, b"{}")]
        tell(endpoint)
        clock.shift(61)
        tell(endpoint)

    assert [len(received.json["tags"]) for received in server.received] == [2, 2, 2, 2]
    assert server.received[1].json == server.received[2].json
    taken = [tag for number, received in enumerate(server.received) if number != 1 for tag in received.json["tags"]]
    assert taken == sorted(set(taken))
    assert endpoint.mark == ""


# Builds and search engines


def test_build_hook_is_called_once_a_minute_for_however_many_changes(server):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        endpoint = make_endpoint(server.url, "rebuild", token=TOKEN, events=["publication.published"])
        [publish(make_article()) for _ in range(3)]
        tell(endpoint)
        assert server.received[0].json == {"event_type": "galley", "client_payload": {"edition": endpoint.after}}
        assert server.received[0].headers["authorization"] == f"Bearer {TOKEN}"
        publish(make_article())
        publish(make_article())
        tell(endpoint)
        assert len(server.received) == 1
        clock.shift(60)
        tell(endpoint)
        assert len(server.received) == 2


def test_search_engines_are_told_the_pages_that_are_new_other_or_gone(server, settings, api, client):
    settings.FRONT_URL = "https://www.example.org/news"
    key = "0123456789abcdef0123456789abcdef"
    endpoint = make_endpoint(f"{server.url}/indexnow", "indexnow", site=key)
    _kept, gone, libel = [publish(make_article(slug=slug)) for slug in ("kept", "gone", "libel")]
    press.withdraw(gone)
    press.withdraw(libel, reason=Publication.Reason.LEGAL)
    tell(endpoint)

    sent = server.received[0]
    assert (sent.method, sent.path) == ("POST", "/indexnow")
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sorted(url.rsplit("/", 1)[-1] for url in sent.json["urlList"]) == ["gone", "kept"]
    assert {name: value for name, value in sent.json.items() if name != "urlList"} == {
        "host": "www.example.org",
        "key": key,
        "keyLocation": f"https://www.example.org/{key}.txt",
    }
    assert client.get(f"/{key}.txt").content.decode() == key
    assert client.get(f"/{key[::-1]}.txt").status_code == 404


def test_photo_alone_tells_search_engines_nothing(server):
    endpoint = make_endpoint(server.url, "indexnow", site="0" * 32)
    make_section("World")
    tell(endpoint)

    assert (server.received, endpoint.told_at) == ([], None)


@pytest.mark.parametrize("name", list(receivers.ALL))
def test_test_reaches_every_kind_of_receiver(server, name):
    endpoint = make_endpoint(server.url, name, site="0" * 32, token=TOKEN)
    Resend.objects.create(endpoint=endpoint)
    tell(endpoint)

    assert len(server.received) == 1
    assert (endpoint.attempts.get().what, endpoint.attempts.get().is_taken) == ("test", True)


def test_search_engines_are_told_all_of_an_import_without_a_rest_between(server, monkeypatch):
    monkeypatch.setattr(receivers.named("indexnow"), "most", 2)
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        endpoint = make_endpoint(server.url, "indexnow", site="0" * 32)
        for number in range(5):
            publish(make_article(slug=f"story-{number}"))
        tell(endpoint)

    slugs = [url.rsplit("/", 1)[-1] for received in server.received for url in received.json["urlList"]]
    assert slugs == [f"story-{number}" for number in range(5)]
    assert len(server.received) == 3
