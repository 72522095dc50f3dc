from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from cms.previews import previews

REFUSAL = "These credentials are not valid here, or no longer. Public reading needs none: leave them out."


def refused() -> AuthenticationFailed:
    """The one answer to credentials that do not fit, which tells nothing of what they were for."""
    return AuthenticationFailed(REFUSAL)


class NoCredentials(BaseAuthentication):
    """The public API asks for nothing, and takes nobody's wrong credentials for an anonymous reader."""

    def authenticate(self, request):
        if "HTTP_AUTHORIZATION" in request.META:  # an unreadable one arrives empty
            raise refused()

    def authenticate_header(self, request):
        return 'Preview realm="preview"'


class PreviewCredentials(NoCredentials):
    """Takes the token of a preview as well, where one item is asked for."""

    def authenticate(self, request):
        token = previews.token_in(request.META.get("HTTP_AUTHORIZATION", ""))
        if not token or request.parser_context["view"].action != "retrieve":
            return super().authenticate(request)
        link = previews.find(token)
        preview = previews.look(link) if link else None
        if preview is None:
            raise refused()
        return None, preview
