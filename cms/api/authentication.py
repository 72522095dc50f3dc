from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from cms.previews import previews

REFUSED = "These credentials are not valid here, or no longer. Public reading needs none: leave them out."


def refused() -> AuthenticationFailed:
    """The one answer to credentials that do not fit, which tells nothing of what they were for."""
    return AuthenticationFailed(REFUSED)


class NoCredentials(BaseAuthentication):
    """The public API asks for nothing, and takes nobody's wrong credentials for an anonymous reader."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if "HTTP_AUTHORIZATION" in request.META:  # an unreadable one arrives empty
            raise refused()
        return None

    def authenticate_header(self, request: Request) -> str:
        return 'Preview realm="preview"'


class PreviewCredentials(NoCredentials):
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
