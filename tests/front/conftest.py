import pytest


@pytest.fixture(autouse=True)
def newspaper(settings):
    """The newspaper, served at the newsroom's own address."""
    settings.FRONT = "demo"
    settings.PREVIEW_PAGE = "front.pages.anywhere.preview"
    settings.ROOT_URLCONF = "tests.front.urls"
    settings.SITE_NAME = "The Calder Meridian"


@pytest.fixture
def page(client):
    """`page("/feed")` is a page that is there, parsed."""
    from selectolax.lexbor import LexborHTMLParser

    def read(path, status=200):
        response = client.get(path)
        assert response.status_code == status, (path, response.status_code)
        parsed = LexborHTMLParser(response.content.decode())
        parsed.response = response
        return parsed

    return read
