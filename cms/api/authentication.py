from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed


class NoCredentials(BaseAuthentication):
    """The public API asks for nothing, and takes nobody's wrong credentials for an anonymous reader."""

    def authenticate(self, request):
        if "HTTP_AUTHORIZATION" in request.META:  # an unreadable one arrives empty
            raise AuthenticationFailed(
                "These credentials are not valid here. Public reading needs none: leave them out."
            )

    def authenticate_header(self, request):
        return 'Preview realm="preview"'
