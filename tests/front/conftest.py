import pytest
from selectolax.lexbor import LexborHTMLParser


@pytest.fixture(autouse=True)
def newspaper(settings):
    """The newspaper, served at the newsroom's own address."""
    settings.FRONT = "demo"
    settings.PREVIEW_PAGE = "front.pages.anywhere.preview"
    settings.ROOT_URLCONF = "tests.front.urls"
    settings.SITE_NAME = "The Calder Meridian"


@pytest.fixture
def page(client):
    """`page("/feed")` is a page that is there, parsed; `.response` what brought it."""

    def read(path, status=200):
        response = client.get(path)
        assert response.status_code == status, (path, response.status_code, response.content[:500])
        return Seen(response)

    return read


class Seen:
    def __init__(self, response):
        self.response = response
        self.html = response.content.decode()
        parsed = LexborHTMLParser(self.html)
        self.css, self.css_first = parsed.css, parsed.css_first
