"""What those get who never reach Django, in the form of what they asked for."""

from typing import Any

import orjson

from cms.api import errors, middleware
from cms.api.cache import Answer
from cms.logs import request_id


def refusal(scope: Any, status: int, message: str) -> Answer:
    headers = [("cache-control", "no-store"), *([("retry-after", "5")] if status in {503, 507} else [])]
    if not scope.path.startswith("/api/") and "text/html" not in (scope.headers.get("accept") or ""):
        told = orjson.dumps({"error": message, "status": status, "request_id": request_id.get()})
        return Answer(status, [("content-type", "application/json"), *headers], told)
    if not scope.path.startswith("/api/"):
        return Answer(status, [("content-type", "text/plain; charset=utf-8"), *headers], f"{message}\n".encode())
    body = errors.problem(status, *errors.TITLES[status], message, scope.path, None)
    headers += [(name.lower(), value) for name, value in middleware.HEADERS.items()]
    return Answer(status, [("content-type", errors.ProblemRenderer.media_type), *headers], orjson.dumps(body))
