import pytest
from django.conf import settings as site
from django.contrib.auth.models import User

PASSWORD = "harbour-lantern-7"


@pytest.fixture
def editor(db):
    return User.objects.create_user("ann", password=PASSWORD, is_staff=True, is_superuser=True)


@pytest.fixture
def own_guard(settings):
    """As without django-axes, installed or not."""
    settings.LOGIN_GUARD = "own"
    settings.AXES_ENABLED = False
    settings.MIDDLEWARE = [name for name in site.MIDDLEWARE if not name.startswith("axes")]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
