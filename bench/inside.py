"""What has to be asked inside a process of either project: which SQL an answer takes, and what it says.

`python -m bench.inside` in the environment of one of them reads a list of [path, headers] as JSON and answers, for
each, its status, the number of SQL statements, its bytes, its ETag and its body. A path may be {"from": path,
"pages": n}: the page that following `next` n times leads to.
"""

import json
import sys
from urllib.parse import urlsplit

import django

HOST = "news.example.org"


def main() -> None:
    django.setup()
    from django.test import Client

    client = Client(SERVER_NAME=HOST)
    json.dump([look(client, path, headers) for path, headers in json.load(sys.stdin)], sys.stdout)


def look(client, path: str | dict, headers: dict) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if isinstance(path, dict):
        path = walk(client, path["from"], path["pages"])
    client.get(path, headers=headers)  # opens the connection, and makes what was never made
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    is_plain = response.content and not response.has_header("Content-Encoding")
    return {
        "path": path,
        "status": response.status_code,
        "sql": len(queries),
        "bytes": len(response.content),
        "etag": response.headers.get("ETag"),
        "body": json.loads(response.content) if is_plain else None,
    }


def walk(client, path: str, pages: int) -> str:
    for _ in range(pages):
        found = urlsplit(client.get(path).json()["next"])
        path = f"{found.path}?{found.query}"
    return path


if __name__ == "__main__":
    main()
