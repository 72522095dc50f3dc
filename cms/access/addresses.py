"""Where a request comes from, as far as that can be known."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

LONGEST = 100  # characters of what may be an address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> str:
    """The address of whoever asks; empty where there is none, as behind a socket.

    X-Forwarded-For is what anybody may write. Only what the proxies named in TRUSTED_PROXIES have added to its end is
    believed: it is read from the right, up to the first address that is none of theirs.
    """
    return seen_by(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def seen_by(neighbour: str, forwarded_for: str) -> str:
    """The address of whoever asks, by who is at the other end of the line and by what is said of others."""
    address = _parse(neighbour)
    for name in reversed(forwarded_for.split(",")):
        if address is None or not _is_trusted(address):
            break
        address = _parse(name) or address
    return str(address or "")


def is_a_proxy(neighbour: str) -> bool:
    """Whether who is at the other end of the line is a proxy that is believed."""
    address = _parse(neighbour)
    return address is not None and _is_trusted(address)


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def may_be_a_proxys(address: str) -> bool:
    """Whether many people may stand behind an address, since it lies within our walls and no proxy was named."""
    parsed = _parse(address)
    return parsed is None or not (parsed.is_global or settings.TRUSTED_PROXIES)


def as_network(text: str) -> str:
    """An address or a network as it is written usually. Raises ValueError."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise ValueError(f"{text[:64]} is no address and no network") from None
    return str(network.network_address if network.num_addresses == 1 else network)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address is one of these, or lies within."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(network) for network in networks)


def network_of(address: str) -> str:
    """The address, or the network that one customer of IPv6 has at their disposal."""
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or "")


def _parse(text: str) -> Address | None:
    return _parsed(text.strip()[:LONGEST])


@lru_cache(maxsize=1000)  # the same proxy stands before most requests; to read its name took longer than answering them
def _parsed(text: str) -> Address | None:
    text = text.partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
