from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cms.access.addresses import address_of
from cms.api import keys
from cms.previews import previews

REFUSED = "These credentials are not valid here, or no longer. Public reading needs none: leave them out."
CHALLENGE = 'Preview realm="preview", Bearer realm="api"'


def refused() -> AuthenticationFailed:
    """The one answer to credentials that do not fit, which tells nothing of what they were for."""
    return AuthenticationFailed(REFUSED)


class KeyCredentials(BaseAuthentication):
    """Takes a key: `request.auth` is the Key, `request.user` its account. Whoever shows nothing is anonymous.

    Nobody's wrong credentials are taken for an anonymous reader's.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if "HTTP_AUTHORIZATION" not in request.META:  # an unreadable one arrives empty
            return None
        address = address_of(request._request)
        key = keys.find(keys.secret_in(request.META["HTTP_AUTHORIZATION"]), address)
        if key is None:
            raise refused()
        keys.note_use(key, address)
        return key.account, key

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class PreviewCredentials(KeyCredentials):
    """Takes the token of a preview as well, where the one item is asked for that it opens."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        view: Any = request.parser_context["view"]
        token = previews.token_in(request.META.get("HTTP_AUTHORIZATION", ""))
        if not token or view.action != "retrieve":
            return super().authenticate(request)
        link = previews.find(token)
        preview = previews.look(link) if link else None
        name = view.kwargs[view.lookup_field]
        if preview is None or preview.link.kind != view.serializer_class.Meta.kind:
            raise refused()
        if not previews.is_called(preview, name):
            raise refused()
        return None, preview
