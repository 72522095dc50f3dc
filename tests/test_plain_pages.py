import pytest

from cms.publishing import press
from tests.factories import make_article, make_blurb, make_front, publish, update


@pytest.mark.django_db
def test_front_page_leads_to_the_desk_the_feed_and_the_docs(client, settings):
    settings.SITE_NAME = "The <Calder> Meridian"
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<h1>The &lt;Calder&gt; Meridian</h1>" in page
    assert [client.get(path, follow=True).status_code for path in ("/admin/", "/api/v1/feed/", "/api/docs/")] == [
        200
    ] * 3
    assert ['href="/admin/"' in page, '"/api/v1/feed' in page, '"/api/docs' in page] == [True] * 3
    assert "Cookie" not in response.headers.get("Vary", "")


def test_front_page_is_only_read(client):
    assert client.post("/").status_code == 405


@pytest.mark.django_db
def test_address_shown_after_publishing_is_a_page_though_no_site_shows_it_yet(client, settings):
    settings.FRONT_URL = settings.PUBLIC_URL
    story = publish(make_article(slug="first-story", headline="The <first> story"))
    blurb = publish(make_blurb(text_html="<p>It rained.</p>"))
    front = publish(make_front(slug="weekend", name="The weekend"))
    draft = make_article(slug="draft")

    page = client.get("/articles/first-story")

    assert page.status_code == 200
    assert "<h1>The &lt;first&gt; story</h1>" in page.content.decode()
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-cache", "noindex")
    names = {f"/blurbs/{blurb.pk}": "It rained.", f"/fronts/{front.slug}": "The weekend"}
    assert all(f"<title>{name} · " in client.get(path).content.decode() for path, name in names.items())
    assert [client.get(f"/articles/{slug}").status_code for slug in (draft.slug, "none")] == [404, 404]
    publish(update(story, slug="renamed"))
    moved = client.get("/articles/first-story")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"{settings.FRONT_URL}/articles/renamed")
    press.withdraw(story)
    assert client.get("/articles/renamed").status_code == 404


@pytest.mark.django_db
def test_address_of_a_site_of_its_own_is_not_shown_here(client, settings):
    settings.FRONT_URL = "https://news.example"
    publish(make_article(slug="a-story"))
    assert client.get("/articles/a-story").status_code == 404
