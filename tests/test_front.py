import pytest


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
