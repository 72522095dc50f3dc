import pytest
from django.contrib.auth.models import User

PASSWORD = "harbour-lantern-7"


@pytest.fixture
def editor(db):
    return User.objects.create_user("ann", password=PASSWORD, is_staff=True, is_superuser=True)
