"""Photos as HTML, as body_html and previews show them."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from media.photos import sizes
from tests.factories import make_article, make_photo, publish

pytestmark = pytest.mark.django_db


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_figure_of_a_body_offers_every_size_and_names_its_maker(api, client):
    photo = make_photo(width=700, height=500, alt_text='A "street" <b>', credit_line="N. Name & Co.")
    sizes.make(photo)
    block = {"id": "p", "type": "photo", "photo": {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}}
    publish(make_article(slug="vote", body=[block]))

    html = api("articles/vote/")["body_html"]
    shown = api(f"photos/{photo.pk}/")
    (_figure, _picture, (source, avif), (img, jpeg)), rest = Tags(html).found[:4], Tags(html).found[4:]

    assert (source, avif["type"], avif["sizes"]) == ("source", "image/avif", "auto, 100vw")
    assert (img, jpeg["src"], jpeg["sizes"], jpeg["loading"]) == ("img", shown["src"], "auto, 100vw", "lazy")
    assert (jpeg["width"], jpeg["height"], jpeg["alt"]) == ("700", "500", 'A "street" <b>')
    for srcset in (avif["srcset"], jpeg["srcset"]):
        offered = [one.split(" ") for one in srcset.split(", ")]
        assert [width for _url, width in offered] == ["320w", "640w"]
        assert all(client.get(urlsplit(url).path).getvalue() for url, _width in offered)
    assert [tag for tag, _ in rest] == ["figcaption", "span"]
    assert "N. Name &amp; Co." in html
