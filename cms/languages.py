"""What the desk speaks, and to whom: only its pages are translated; all else is the same for everybody."""

import hashlib
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog, set_language

SPOKEN = ("/admin/", "/preview/")
A_YEAR = "public, max-age=31536000, immutable"


class LanguageMiddleware:
    """The language that somebody chose at the desk, else the first of the browser's that it speaks, else the site's.

    Each thread forgets it after the answer, so that nothing later speaks it by accident.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(SPOKEN):
            with translation.override(settings.LANGUAGE_CODE, deactivate=True):
                return self.get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language, deactivate=True):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if not response.headers.get("Cache-Control", "").startswith("public"):
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
            response.headers.setdefault("Content-Language", language)
        return response


choose_language = require_POST(set_language)


# The words of the desk's scripts: one file a language, whose address changes when they do.


@cache
def script_words(language: str) -> bytes:
    with translation.override(language):
        return JavaScriptCatalog().get(HttpRequest()).content


@cache
def words_address(language: str) -> str:
    digest = hashlib.blake2b(script_words(language), digest_size=8).hexdigest()
    return reverse("script-words", args=[language, digest])


@require_safe
def words(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """The words, under any digest: while two releases run side by side, a page of one may ask the other."""
    if not translation.check_for_language(language) or language not in dict(settings.LANGUAGES):
        raise Http404
    is_asked_for = words_address(language) == request.path
    return HttpResponse(
        script_words(language),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": A_YEAR if is_asked_for else "no-store"},
    )


@require_safe
def no_more_words(request: HttpRequest) -> HttpResponse:
    """What the stock admin's forms ask for by themselves: every page of the desk has had it among its words already."""
    return HttpResponse(content_type="text/javascript; charset=utf-8", headers={"Cache-Control": A_YEAR})
