"""What load balancers ask."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site

from cms.publishing.models import Edition

ASK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
import django
django.setup()
from django.test import Client
for path in sys.argv[1:]:
    response = Client(HTTP_HOST="localhost").get(path)
    sys.stdout.write(f"{response.status_code} {response.headers['Content-Type']} "
        f"{response.headers.get('Retry-After')} {response.headers['Cache-Control']} {response.content.decode()}\\n")
"""


def test_alive_without_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_with_the_edition(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (
        200,
        {"status": "ready", "edition": Edition.objects.get().number},
    )
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_not_ready_before_the_tables_are_filled(client):
    Edition.objects.all().delete()

    response = client.get("/readyz")

    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_asked_by_address_since_load_balancers_know_no_host_name(client, settings):
    settings.ALLOWED_HOSTS = ["news.example.org"]

    for path in ("/healthz", "/readyz"):
        response = client.get(path, headers={"Host": "10.0.0.5:8000"})
        assert response.status_code == 200
        assert not {"Vary", "Set-Cookie"} & set(response.headers)
        assert client.head(path, headers={"Host": "10.0.0.5"}).status_code == 200
    assert client.get("/", headers={"Host": "10.0.0.5"}).status_code == 400


def test_only_read(client):
    for path in ("/healthz", "/readyz"):
        response = client.post(path)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.programs
@pytest.mark.parametrize("database", ["empty", "unreachable"])
def test_without_a_database_everything_says_when_to_come_back(tmp_path, database):
    url = {
        "empty": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "unreachable": "postgres://nobody:secret-word@127.0.0.1:1/nothing",
    }[database]
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path)}
    asked = ["/readyz", "/api/v1/articles/", "/api/v1/articles/x/", "/api/v1/sections/", "/api/v1/changes/", "/api/v1/"]

    process = subprocess.run(
        [sys.executable, "-c", ASK, *asked],
        env=environment,
        cwd=Path(site.BASE_DIR),
        capture_output=True,
        text=True,
        check=True,
    )

    lines = process.stdout.splitlines()
    assert len(lines) == len(asked)
    for path, line in zip(asked, lines, strict=True):
        status, kind, retry, cache, text = line.split(" ", 4)
        problem = "application/json" if path == "/readyz" else "application/problem+json"
        assert (path, status, kind, retry, cache) == (path, "503", problem, "5", "no-store")
        assert "secret-word" not in text
        assert "SELECT" not in text
        assert "127.0.0.1" not in text
