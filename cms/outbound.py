"""The one way out: every request that Galley makes to another server goes through `fetch`.

Whoever names an address may try to make us ask what only we can reach: a neighbour in our network, the cloud's
metadata. So a name is resolved once, every address that it has must be one of the public internet, and the connection
goes to the address that was checked, never to what the name means a moment later.
"""

import contextlib
import http.client
import io
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 10.0  # in all: name, connection, handshake and answer
SECONDS_FOR_WORDS = 1.0  # after the status, for the first bytes of an answer that nobody needs
MAX_BYTES = 1_000_000
HEADER_BYTES = 64_000
USER_AGENT = "Galley (headless CMS)"

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
ISATAP = 0x5EFE  # bits 64 to 95, but for two that say how the rest is meant
# What Python's tables call global, in this or an earlier version, and is not for us.
NOT_FOR_US = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # protocol assignments, Teredo among them
        "3fff::/20",  # documentation
    )
]


class Refused(Exception):
    """Why there is no answer, in words for whoever asked for it."""


@dataclass
class Answer:
    """What the other server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
    is_told: bool = False,
    resolve: Callable[[str, int], Iterable[str]] | None = None,
) -> Answer:
    """Ask another server. Follows no redirect and knows no proxy; raises Refused where there is no answer.

    Who is only told something (`is_told`) has answered with the status: of the rest the first bytes are taken, if they
    come within a second, and however it goes on.
    """
    deadline = time.monotonic() + seconds
    scheme, host, port, target = _parts(url)
    addresses = _checked(host, _resolved(resolve or _addresses_of, host, port, deadline))
    connection = _Connection(host, port, addresses, deadline, max_bytes, is_secure=scheme == "https")
    default_port = 443 if scheme == "https" else 80
    name = f"[{host}]" if ":" in host else host
    sent = {
        "Host": name if port == default_port else f"{name}:{port}",
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        "Connection": "close",
        **(headers or {}),
    }
    try:
        connection.request(method, target, body=body, headers=sent)
        response = connection.getresponse()
        if is_told:
            connection.deadline = min(deadline, time.monotonic() + SECONDS_FOR_WORDS)
            return Answer(response.status, _headers(response), _beginning(response, max_bytes))
        content = response.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise Refused(f"{host} sent more than {max_bytes} bytes")
        if response.length:
            raise Refused(f"{host} broke off in the middle of its answer")
    except TimeoutError:
        raise Refused(f"{host} did not answer within {seconds:g} seconds") from None
    except ssl.SSLError as error:
        raise Refused(f"{host} has no certificate that we can trust ({error.reason or 'TLS failed'})") from None
    except http.client.IncompleteRead:
        raise Refused(f"{host} broke off in the middle of its answer") from None
    except http.client.HTTPException:
        raise Refused(f"{host} answered with something that is not HTTP") from None
    except OSError as error:
        raise Refused(f"{host} could not be reached ({error.strerror or 'no connection'})") from None
    finally:
        connection.hang_up()
    if response.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
        raise Refused(f"{host} sent a compressed answer, which we did not ask for")
    return Answer(response.status, _headers(response), content)


def check(url: str) -> None:
    """Raises Refused where it can be told without asking anybody that an address will not be asked."""
    _scheme, host, _port, _target = _parts(url)
    if _literal(host):
        _checked(host, [host])


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _beginning(response: http.client.HTTPResponse, most: int) -> bytes:
    content = b""
    with contextlib.suppress(OSError, http.client.HTTPException, Refused):
        while len(content) < most and (part := response.read1(most - len(content))):
            content += part
    return content


def _parts(url: str) -> tuple[str, str, int, str]:
    """An address's scheme, host, port, and what to ask the host for."""
    try:
        if any(char <= " " or char == "\\" or char == "\x7f" for char in url):
            raise ValueError
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if not _literal(parts.hostname) else parts.hostname
        port = parts.port or (443 if parts.scheme == "https" else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target.encode("ascii")
    except ValueError:  # UnicodeError is one
        raise Refused("that is no web address") from None
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or parts.password is not None:
        raise Refused("only addresses that begin with http:// or https://, without a login, are asked")
    return parts.scheme, host, port, target


def _literal(host: str | None) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host or "")
    except ValueError:
        return None


def _resolved(resolve: Callable, host: str, port: int, deadline: float) -> list[str]:
    """What a name means, in the time that is left: the system's resolver knows no timeout of ours."""
    addresses: list[str] = []

    def look_up() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            addresses.extend(resolve(host, port))

    if _literal(host):
        return [host]
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if not addresses:
        raise Refused(f"there is no server called {host}")
    return list(dict.fromkeys(addresses))


def _addresses_of(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _checked(host: str, addresses: list[str]) -> list[str]:
    """The same addresses, if we may call every one of them."""
    for text in addresses:
        address = _literal(text)
        if address is None or not may_call(address):
            raise Refused(f"{host} is not on the public internet")
    return addresses


def may_call(address: IPAddress) -> bool:
    """Whether an address is of the public internet, or one of ours that the operator has named."""
    allowed: Iterable[IPNetwork] = settings.OUTBOUND_NETWORKS
    return is_public(address) or any(address in network for network in allowed)


def is_public(address: IPAddress) -> bool:
    """Whether an address is of the public internet, and so is every IPv4 address that it stands for."""
    if isinstance(address, ipaddress.IPv6Address):
        stands_for = address.ipv4_mapped or (_last_four(address) if address in NAT64 else None)
        if stands_for:
            return address.scope_id is None and is_public(stands_for)
        if address.scope_id or address not in GLOBAL_IPV6 or not all(map(is_public, _carried(address))):
            return False
    if any(address in network for network in NOT_FOR_US if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _last_four(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _carried(address: ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    """The IPv4 addresses to which packets to a global IPv6 address may be passed on."""
    if address in SIX_TO_FOUR:
        yield ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    if int(address) >> 32 & 0xFCFFFFFF == ISATAP:
        yield _last_four(address)


class _Connection(http.client.HTTPConnection):
    """A connection to one of the checked addresses, under one deadline and one limit."""

    def __init__(self, host: str, port: int, addresses: list[str], deadline: float, max_bytes: int, *, is_secure: bool):
        super().__init__(host, port)
        self.addresses, self.deadline, self.is_secure = addresses, deadline, is_secure
        self.max_bytes = max_bytes + HEADER_BYTES
        self.opened: socket.socket | None = None

    def hang_up(self) -> None:
        if self.opened:
            self.opened.close()

    def connect(self) -> None:
        self.opened = self._open()
        if self.is_secure:
            self.opened.settimeout(_left(self.deadline))
            self.opened = _trusted().wrap_socket(self.opened, server_hostname=self.host)
        self.sock = _Limited(self, self.opened, self.max_bytes)

    def _open(self) -> socket.socket:
        for number, address in enumerate(self.addresses):
            try:
                return socket.create_connection((address, self.port), timeout=_left(self.deadline))
            except OSError:
                if number == len(self.addresses) - 1:
                    raise
        raise TimeoutError


def _trusted() -> ssl.SSLContext:
    """Whose certificates are trusted. Reading them takes longer than a request does, so it is done once an hour."""
    return _read_trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"), time.monotonic() // 3600)


@lru_cache(1)
def _read_trusted(_file: str | None, _folder: str | None, _hour: float) -> ssl.SSLContext:
    return ssl.create_default_context()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Limited:
    """As much of a socket as http.client uses. Each step gets only the time that is left of the whole."""

    def __init__(self, connection: _Connection, opened: socket.socket, max_bytes: int):
        self.connection, self.opened, self.left = connection, opened, max_bytes

    def sendall(self, data: Any) -> None:
        self.opened.settimeout(_left(self.connection.deadline))
        self.opened.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Not yet: http.client says so as soon as it has the headers. `fetch` closes the socket at its end."""


class _Reader(io.RawIOBase):
    def __init__(self, limited: _Limited):
        self.limited = limited

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        limited = self.limited
        limited.opened.settimeout(_left(limited.connection.deadline))
        received = limited.opened.recv_into(buffer)
        limited.left -= received
        if limited.left < 0:
            raise Refused("the answer is too large")
        return received
