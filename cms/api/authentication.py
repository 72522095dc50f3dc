from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed


class NoCredentials(BaseAuthentication):
    """The public API asks for nothing, and takes nobody's wrong credentials for an anonymous reader."""

    def authenticate(self, request):
        if get_authorization_header(request):
            raise AuthenticationFailed(
                "These credentials are not valid here. Public reading needs none: leave them out."
            )

    def authenticate_header(self, request):
        return 'Preview realm="preview"'
