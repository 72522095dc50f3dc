"""Addresses of things whose slugs are not ASCII."""

import pytest

from tests.factories import make_article, publish, update

pytestmark = pytest.mark.django_db


def test_slug_in_any_script_gives_an_address_that_works(api):
    article = publish(make_article(headline="Повінь у Львові", slug="повінь-у-львові"))
    [card] = api("articles/")["results"]
    assert card["slug"] == "повінь-у-львові"
    assert card["url"].isascii()
    assert card["web_url"].isascii()
    assert api(card["url"])["headline"] == "Повінь у Львові"

    publish(update(article, slug="повінь"))
    moved = api.get(card["url"])
    assert moved.status_code == 308
    assert api(moved["Location"])["slug"] == "повінь"


def test_headline_in_any_script_makes_a_slug():
    article = make_article(headline="Повінь у Львові: що далі?", slug="")
    assert article.slug == "повінь-у-львові-що-далі"
