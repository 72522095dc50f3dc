"""Where a request comes from, as far as that can be known."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

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


def network_of(address: str) -> str:
    """The address, or the network that one customer of IPv6 has at their disposal."""
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or "")


def _parse(text: str) -> Address | None:
    text = text.strip().partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
