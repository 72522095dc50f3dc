from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cms.access.addresses import address_of
from cms.api import keys, limits
from cms.previews import previews
from cms.publishing import press

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
        asked = request._request
        if "HTTP_AUTHORIZATION" not in asked.META:  # an unreadable one arrives empty
            return None
        secret, address = keys.secret_in(asked.META["HTTP_AUTHORIZATION"]), address_of(asked)
        key = keys.find(secret, address) if secret else None
        if secret and not is_counted(asked):
            of_key = [limits.of_key(key.pk)] if key else []
            limits.spend(asked, [*of_key, limits.of_address(address)], is_writing=self.is_writing(asked))
        if key is None:
            raise refused()
        keys.note_use(key, address)
        setattr(key.account, press.BY_KEY, key.name)  # which the press writes into the history and the log
        return key.account, key

    def is_writing(self, request: HttpRequest) -> bool:
        """Whether a request is counted for all processes together, though that takes longer."""
        return False

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def is_counted(request: HttpRequest) -> bool:
    """Whether a request is a part of another one, with which it has been counted."""
    return getattr(request, "is_part", False)


class WritersCredentials(KeyCredentials):
    """The same, where a key is what is asked for."""

    def is_writing(self, request: HttpRequest) -> bool:
        return True


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
