"""What an operator sees of each request: what it is known by, its line in the log, what is counted."""

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from cms.logs import JsonFormatter
from cms.serving import metrics, requests
from tests.factories import make_article, publish


@pytest.fixture
def lines():
    """The lines of the log, as an operator reads them."""
    written = []

    class Keep(logging.Handler):
        def emit(self, record):
            written.append(json.loads(JsonFormatter().format(record)))

    handler = Keep()
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_a_request_is_known_by_one_word_in_its_answer_its_problem_and_its_lines(client, lines):
    response = client.get("/api/v1/articles/?nothing=1")
    word = response["X-Request-ID"]
    assert response.json()["request_id"] == word
    assert {line.get("request_id") for line in lines if "/api/v1/articles/" in line["message"]} <= {word}
    assert client.get("/api/v1/articles/?nothing=1")["X-Request-ID"] != word
    assert client.get("/healthz")["X-Request-ID"]


def test_a_fault_of_ours_is_found_in_the_log_by_what_the_reader_was_told(client, lines, db):
    from django.db import connection, transaction

    here = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE publishing_edition RENAME TO gone")
    response = client.get("/api/v1/articles/")
    transaction.savepoint_rollback(here)
    found = [line for line in lines if line.get("request_id") == response.json()["request_id"]]
    assert response.status_code in (500, 503)  # SQLite does not part what is missing from what does not answer
    assert [line["level"] for line in found if "traceback" in line] == ["ERROR"]


def test_no_two_requests_are_known_by_one_word():
    with ThreadPoolExecutor(4) as threads:
        words = list(threads.map(lambda _: requests.new_id(), range(2000)))
    assert len(set(words)) == 2000
    assert [word for word in words if not re.fullmatch("[0-9a-f]{16}", word)] == []


@pytest.mark.parametrize(
    ("sent", "neighbour", "is_taken"),
    [
        ("edge-7f3a.1", "10.0.0.1", True),
        ("edge-7f3a.1", "203.0.113.7", False),
        ("", "10.0.0.1", False),
        ('x" forged', "10.0.0.1", False),
        ("a\nb", "10.0.0.1", False),
        ("x" * 129, "10.0.0.1", False),
        ("naïve", "10.0.0.1", False),
    ],
)
def test_a_proxy_names_requests_and_strangers_do_not(settings, sent, neighbour, is_taken):
    import ipaddress

    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    assert (requests.id_for(sent, neighbour) == sent) is is_taken
    answered = Client(REMOTE_ADDR=neighbour).get("/healthz", headers={"X-Request-ID": sent})["X-Request-ID"]
    assert (answered == sent) is is_taken


def test_a_line_a_request_where_that_is_wanted(client, lines, settings, db):
    client.get("/api/v1/articles/?page_size=3")
    assert not [line for line in lines if line["logger"] == "cms.serving.requests"]
    settings.ACCESS_LOG = True
    publish(make_article(slug="vote"))
    response = client.get("/api/v1/articles/?page_size=3", headers={"X-Forwarded-For": "198.51.100.1"})
    client.get("/media/photo/?preview=secret-word")
    first, second = [line for line in lines if line["logger"] == "cms.serving.requests"]
    assert first["message"] == "GET /api/v1/articles/ 200"
    assert (first["query"], first["bytes"], first["address"]) == ("page_size=3", len(response.content), "127.0.0.1")
    assert first["request_id"] == response["X-Request-ID"]
    assert first["ms"] > 0
    assert second["message"] == "GET /media/photo/ 404"
    assert "secret-word" not in str(second)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v1/articles/", "api articles"),
        ("/api/v1/articles", "api articles"),
        ("/api/v1/articles/flood-vote/", "api articles detail"),
        ("/api/v1/", "api root"),
        ("/api/v1/made-up/", "api other"),
        ("/admin/newsroom/article/1/change/", "desk"),
        ("/media/x/y/z.jpg", "media"),
        ("/healthz", "healthz"),
        ("/wp-login.php", "other"),
        ("/", "other"),
    ],
)
def test_what_is_counted_is_counted_under_few_names(path, route):
    assert metrics.route_of(path) == route


def test_nobody_reads_what_is_counted_without_the_word(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-word-of-many-letters"
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic a-word-of-many-letters"}):
        assert client.get("/metrics", headers=header).status_code == 401


def test_browsers_are_told_to_come_by_https_behind_a_proxy_too(client, settings, db):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    for path in ("/", "/api/v1/articles/", "/api/v1/none/", "/admin/login/", "/none"):
        assert client.get(path)["Strict-Transport-Security"] == "max-age=31536000", path
    settings.SECURE_HSTS_SECONDS = 0
    assert "Strict-Transport-Security" not in client.get("/").headers
