from tests.api.conftest import newsroom  # noqa: F401 - a fixture
