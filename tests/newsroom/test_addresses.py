"""Addresses of things whose slugs are not ASCII."""

from datetime import UTC, datetime

import pytest

from cms.publishing import press, reading, rendering
from tests.factories import make_article, make_blurb, make_section, make_topic, make_video, publish, update

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


NEW_YEAR = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # which is the next year in Kyiv


@pytest.fixture
def site(settings):
    """A site that shows stories by section and date."""
    rendering.fingerprint.cache_clear()
    settings.FRONT_URL = "https://news.example"
    settings.TIME_ZONE = "Europe/Kyiv"
    settings.WEB_PATHS = {"article": "/{section}/{yyyy}/{mm}/{dd}/{slug}", "topic": "/about/{slug}/"}
    yield settings
    rendering.fingerprint.cache_clear()


def test_story_has_the_address_that_the_site_shows_it_at(api, site):
    publish(make_article(slug="flood", section=make_section("Energy")), published_at=NEW_YEAR)

    assert api("articles/flood/")["web_url"] == "https://news.example/energy/2026/01/01/flood"
    assert api("articles/")["results"][0]["web_url"] == "https://news.example/energy/2026/01/01/flood"


def test_story_without_a_section_leaves_that_part_of_its_address_out(api, site):
    publish(make_article(slug="flood"), published_at=NEW_YEAR)

    assert api("articles/flood/")["web_url"] == "https://news.example/2026/01/01/flood"


def test_what_has_no_slug_is_shown_at_its_id(api, site):
    site.WEB_PATHS = {"blurb": "/{section}/live-{slug}"}
    blurb = publish(make_blurb(text_html="<p>Trams run.</p>", section=make_section("City")))

    assert api("blurbs/")["results"][0]["web_url"] == f"https://news.example/city/live-{blurb.pk}"


def test_an_id_finds_what_has_a_slug_too_as_a_site_with_ids_in_its_addresses_asks(api, site):
    site.WEB_PATHS = {"article": "/{section}/{id}", "topic": "/about/{id}"}
    section, topic = make_section("City"), make_topic("Trams")
    story = publish(make_article(slug="trams", section=section, topics=[topic]))
    update(publish(make_blurb(article=story)))
    draft, gone = make_article(slug="draft"), publish(make_article(slug="gone"))
    press.withdraw(gone)

    shown = api("articles/trams/")
    assert shown["web_url"] == f"https://news.example/city/{story.pk}"
    assert api(f"articles/{story.pk}/") == api(f"articles/{story.pk}") == shown
    assert len(api(f"articles/{story.pk}/updates/")["results"]) == 1
    assert api(f"topics/{topic.pk}/") == api("topics/trams/")
    assert api(f"sections/{section.pk}/") == api("sections/city/")
    statuses = {pk: api.get(f"articles/{pk}/").status_code for pk in (draft.pk, gone.pk, topic.pk)}
    assert statuses == {draft.pk: 404, gone.pk: 410, topic.pk: 404}
    assert api.get(f"articles/{str(story.pk).upper()}/").status_code == 404
    publish(update(story, slug="trams-run"))
    assert api(f"articles/{story.pk}/?fields=slug")["slug"] == "trams-run"


def test_topics_and_sections_have_addresses_of_the_site_too(api, site):
    publish(make_article(topics=[make_topic("Rail")], section=make_section("Energy")))

    assert api("topics/rail/")["web_url"] == "https://news.example/about/rail/"
    assert api("sections/energy/")["web_url"] == "https://news.example/sections/energy"


def test_renamed_section_gives_its_stories_other_addresses_wherever_they_are_shown(api, site):
    section = make_section("Energy")
    story = publish(make_article(slug="flood", section=section), published_at=NEW_YEAR)
    publish(make_article(slug="other", related=[story]))
    publish(make_blurb(text_html="<p>See there.</p>", article=story))
    publish(make_article(slug="poviń", language="uk", translation_of=story))

    section.slug = "power"
    section.save()

    there = "https://news.example/power/2026/01/01/flood"
    assert api("articles/flood/")["web_url"] == there
    assert [card["web_url"] for card in api("articles/other/")["related"]] == [there]
    assert [card["article"]["web_url"] for card in api("blurbs/")["results"]] == [there]
    assert [other["web_url"] for other in api("articles/poviń/")["translations"]] == [there]


def test_another_setting_makes_other_addresses_of_what_was_rendered_before(api, site):
    publish(make_article(slug="flood"), published_at=NEW_YEAR)
    publish(make_video(slug="film"), published_at=NEW_YEAR)
    reading.render_missing()

    site.WEB_PATHS = {"article": "/a/{slug}"}
    rendering.fingerprint.cache_clear()  # as in a process that starts with it

    addresses = {card["slug"]: card["web_url"] for card in api("feed/")["results"]}
    assert addresses == {"flood": "https://news.example/a/flood", "film": "https://news.example/videos/film"}


def test_desk_leads_to_the_page_that_readers_have(admin_client, site):
    story = publish(make_article(slug="flood", section=make_section("Energy")), published_at=NEW_YEAR)

    page = admin_client.get(f"/admin/newsroom/article/{story.pk}/change/").content.decode()

    assert "https://news.example/energy/2026/01/01/flood" in page
