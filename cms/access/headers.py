"""What a browser may do with our pages: run our scripts and styles, show our pictures, and nothing else.

No script and no style in a page is trusted for standing there: each is a file of ours. The one exception is the import
map of the editor, which browsers take from the page alone, and the style that its script brings; the policy names both
by their hash, made from what we know them to be and not from what the page says. Apps make known what they need besides
(allow_script, allow_style, allow_frames).
"""

import base64
import hashlib
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), midi=(), hid=()"
_scripts: list[Callable[[], str]] = []
_styles: list[Callable[[], str]] = []
_frames: list[Callable[[], Iterable[str]]] = []


def allow_script(text: Callable[[], str]) -> None:
    """Let pages hold this script: what stands between its tags."""
    _scripts.append(text)


def allow_style(text: Callable[[], str]) -> None:
    """Let a script of ours put this style into a page."""
    _styles.append(text)


def allow_frames(addresses: Callable[[], Iterable[str]]) -> None:
    """Let pages show what stands at these sites, such as players of videos."""
    _frames.append(addresses)


class HeadersMiddleware:
    """Gives every page that has no policy of its own the desk's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # Django's own pages for whoever works on Galley have scripts and styles in them.
        if not (settings.DEBUG and response.status_code in {404, 500}):
            response.headers.setdefault("Content-Security-Policy", policy())
        return response


def policy() -> str:
    ours = _origin(settings.PUBLIC_URL)
    frames = {_origin(address) for addresses in _frames for address in addresses()}
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *_hashes(_scripts)]),
        "style-src": " ".join(["'self'", *_hashes(_styles)]),
        "img-src": f"'self' {ours} data: blob:",
        "media-src": f"'self' {ours} blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "frame-src": " ".join(sorted(frames)) or "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hashes(texts: list[Callable[[], str]]) -> list[str]:
    digests = {hashlib.sha256(text().encode()).digest() for text in texts}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
