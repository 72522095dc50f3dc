"""A request of granian's as WSGI has it, which is what Django takes. What could be meant in two ways is refused."""

import io
import sys
from collections.abc import Mapping
from typing import Any

from cms.logs import request_id
from cms.serving import requests
from cms.serving.faults import Refused


def headers_of(scope: Any) -> dict[str, str]:
    """The headers by their names in small letters. What Django could not tell from another's is left out.

    To Django `X_Forwarded_For` is `X-Forwarded-For`, which proxies see to; with an underscore they let it pass.
    """
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        if name not in headers:
            headers[name] = value
        elif name == "host":
            raise Refused(400, "Name one host.")
        else:
            headers[name] = f"{headers[name]}{'; ' if name == 'cookie' else ','}{value}"
    for name in scope.headers.keys():  # noqa: SIM118 - it is no dictionary
        if name not in headers and "_" not in name:
            headers[name] = ""  # it cannot be read, and is there all the same
    if scope.authority and headers.setdefault("host", scope.authority).lower() != scope.authority.lower():
        raise Refused(400, "The address names one host and the Host header another.")
    if "host" not in headers and scope.http_version == "1.1":
        raise Refused(400, "Name the host.")
    if not scope.path.startswith("/"):
        raise Refused(400, "There is no such address.")
    return headers


def environ_of(scope: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333), which is what Django's own handler takes."""
    server, _, port = scope.server.rpartition(":")
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{name}" in environ:
            environ[name] = environ.pop(f"HTTP_{name}")
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return {
        **environ,
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": neighbour(scope).strip("[]"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        requests.BY_OUR_SERVER: request_id.get(),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def neighbour(scope: Any) -> str:
    """The address at the other end of the line."""
    return scope.client.rpartition(":")[0]
