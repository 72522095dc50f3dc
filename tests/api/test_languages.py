"""The desk speaks the language of whoever sits at it. The public API does not care."""

import pytest
from django.utils import translation

from cms.publishing import press, reading
from tests.factories import make_article, publish

PATHS = [
    *["", "schema/", "/api/docs/", "feed/?fields=id,headline", "sections/?page_size=1", "changes/?page_size=1"],
    *["articles/full/", "articles/bare/", "articles/gone/", "articles/nothing/", "nothing/", "/api/", "/api/v2/"],
    *[
        "articles/?section=nowhere",
        "articles/?colour=red",
        "articles/?page_size=x",
        "articles/?page_size=1&page_size=2",
    ],
    *["articles/?cursor=x", "articles/?published_after=yesterday", "articles/?language=e", "articles/?genre=gossip"],
    *["articles/?breaking=perhaps", "articles/?fields=body,colour", "articles/?search=%00", "articles/?search=%zz"],
    *["articles/?topic=nothing,flood", "topics/?type=colour", "photos/?x=1", "videos/?has_captions=2", "bylines/x/"],
    *["articles/full/?fields=x", "articles/?newer=x", "changes/?after=x", "changes/?kind=x", "feed/?kind=x"],
]


def answers(client):
    """All that is answered, to every kind of question: of an answer, whatever a cache could tell apart."""
    found = {}
    for path in PATHS:
        address = path if path.startswith("/") else f"/api/v1/{path}"
        found[path] = client.get(address)
    for method in ("post", "put", "patch", "delete", "options", "head"):
        for path in ("/api/v1/articles/full/", "/api/v1/feed/", "/api/nothing/"):
            found[method, path] = client.generic(method.upper(), path, b"{}", content_type="application/json")
    found["406"] = client.get("/api/v1/articles/full/", headers={"Accept": "text/xml"})
    found["host"] = client.get("/api/v1/feed/", headers={"Host": "elsewhere.example.org"})
    found["token"] = client.get("/api/v1/articles/full/", headers={"Authorization": "Preview nothing"})
    found["method"] = client.generic("BREW", "/api/v1/feed/")
    for response in found.values():  # each request has a name of its own
        response.content = response.content.replace(response["X-Request-ID"].encode(), b"")
        del response["X-Request-ID"]
    return {
        question: (response.status_code, sorted(response.headers.items()), response.content)
        for question, response in found.items()
    }


@pytest.mark.django_db
def test_api_answers_alike_whatever_the_desk_speaks(newsroom, client, settings):
    gone = publish(make_article(slug="gone"))
    press.withdraw(gone, "legal")
    first = None

    ways = [("en", "", "", "en"), ("uk", "", "", "en"), ("en", "uk", "", "uk"), ("uk", "uk", "uk", "uk")]
    for site, browser, cookie, earlier in ways:
        settings.LANGUAGE_CODE = site
        client.defaults = {"HTTP_ACCEPT_LANGUAGE": browser} if browser else {}
        client.cookies.clear()
        if cookie:
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
        reading.clear_all()
        with translation.override(earlier):  # what a request before this one left in the thread
            given = answers(client)
        first = first or given
        for question, answer in given.items():
            assert answer == first[question], (site, browser, cookie, earlier, question)

    for question, (_, headers, _) in first.items():
        assert "Accept-Language" not in dict(headers).get("Vary", ""), question
        assert "Cookie" not in dict(headers).get("Vary", ""), question
        assert "Content-Language" not in dict(headers), question
        assert "Set-Cookie" not in dict(headers), question
    assert {status for status, _, _ in first.values()} >= {200, 204, 400, 401, 404, 405, 410}


@pytest.mark.django_db
def test_json_made_at_a_ukrainian_desk_is_what_an_english_one_makes(newsroom, api):
    english = api.get("articles/full/").content
    reading.clear_all()

    with translation.override("uk"):
        reading.render_missing()

    assert api.get("articles/full/").content == english
