"""Webhooks at the desk, for those who look after the newsroom's machines."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from cms.delivery.models import Endpoint
from cms.delivery.seals import opened
from cms.publishing.models import Edition
from tests.delivery import make_endpoint, tell, verified
from tests.factories import make_article, make_section, publish

pytestmark = [pytest.mark.django_db, pytest.mark.apart]
ADD, LIST = "/admin/delivery/endpoint/add/", "/admin/delivery/endpoint/"


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("operator"))
    return client


def page_of(endpoint):
    return reverse("admin:delivery_endpoint_change", args=[endpoint.pk])


def do(client, endpoint, act, **values):
    return client.post(reverse("admin:delivery_endpoint_do", args=[endpoint.pk, act]), values, follow=True)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_webhook_is_made_and_its_secret_shown_once(admin, server):
    section = make_section("World")
    publish(make_article())
    values = {"name": "The site", "receiver": "webhook", "url": f"{server.url}/hook", "only_section": [section.pk]}
    response = admin.post(ADD, {**values, "events": ["publication.published"], "kinds": ["article"]})

    endpoint = Endpoint.objects.get()
    secret = opened(endpoint.secret)
    assert response.context["secret"] == secret
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert (endpoint.events, endpoint.kinds) == (["publication.published"], ["article"])
    assert endpoint.only == [["section", str(section.pk)]]
    assert endpoint.after == Edition.objects.get(pk=1).number
    page = admin.get(page_of(endpoint)).content.decode()
    assert [word for word in (secret, secret.removeprefix("whsec_"), endpoint.secret) if word in page] == []

    publish(make_article(section=section))
    tell(endpoint)
    assert verified(server.received[0], secret)["type"] == "publication.published"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"url": ""}, "that is no web address|only addresses that begin with"),
        ({"url": "http://169.254.169.254/"}, "169.254.169.254 is not on the public internet"),
        ({"url": "https://user:word@example.org/"}, "without a login"),
        ({"url": "javascript:alert(1)"}, "only addresses that begin with"),
        ({"receiver": "fastly", "url": ""}, "without it nothing can be purged"),
        ({"receiver": "cloudflare", "url": "", "site": "zone", "token": "ключ"}, "A token has no such letters"),
        ({"receiver": "telegram"}, "telegram is not one of the available choices"),
        ({"events": ["story.rained"]}, "story.rained is not one of the available choices"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_wrong_webhook_is_refused_in_words(admin, values, words):
    response = admin.post(ADD, {"name": "X", "receiver": "webhook", "url": "https://example.org/", **values})

    assert response.status_code == 200
    assert re.search(words, text_of(response))
    assert Endpoint.objects.count() == 0


def test_token_is_sealed_and_stays_where_none_is_written(admin):
    values = {"name": "CDN", "receiver": "fastly", "site": "SU1Z0", "url": ""}
    admin.post(ADD, {**values, "token": "fastly-t0ken"})
    endpoint = Endpoint.objects.get()
    page = admin.get(page_of(endpoint)).content.decode()
    admin.post(page_of(endpoint), {"name": "Our CDN", "site": "SU1Z0", "url": "", "token": ""})
    endpoint.refresh_from_db()

    assert (endpoint.name, opened(endpoint.token), endpoint.receiver) == ("Our CDN", "fastly-t0ken", "fastly")
    assert ("fastly-t0ken" in page, "fastly-t0ken" in endpoint.token) == (False, False)


def test_token_is_not_sent_to_another_address_than_the_one_it_was_written_for(admin, server):
    """Else whoever may change a webhook could read the token by having it sent to themselves."""
    endpoint = make_endpoint(server.url, receiver="rebuild", token="hook-t0ken")
    values = {"name": "Build", "url": "https://elsewhere.example.org/"}
    refused = admin.post(page_of(endpoint), values)
    endpoint.refresh_from_db()
    assert "Write the token again" in text_of(refused)
    assert endpoint.url == server.url

    admin.post(page_of(endpoint), {**values, "token": "an0ther"})
    endpoint.refresh_from_db()
    assert (endpoint.url, opened(endpoint.token)) == ("https://elsewhere.example.org/", "an0ther")


def test_page_that_was_open_while_the_worker_worked_undoes_nothing(admin, server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    server.answers = [(410, {}, b"")]
    tell(endpoint)
    admin.post(page_of(endpoint), {"name": "The site", "url": f"{server.url}/new"})
    endpoint.refresh_from_db()

    assert (endpoint.name, endpoint.is_on, endpoint.off_reason) == ("The site", False, "gone")


def test_log_says_what_came_of_each_message_and_sends_one_again(admin, server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    publish(make_article())
    server.answers = [(200, {}, b"<script>thanks</script>")]
    tell(endpoint)
    page = admin.get(page_of(endpoint))
    assert f"publication.published, edition {server.editions[0]} 1 taken (200)" in text_of(page)
    assert "<script>thanks" not in page.content.decode()

    do(admin, endpoint, "again", edition=server.editions[0])
    tell(endpoint)
    assert server.editions == [server.editions[0]] * 2
    assert do(admin, endpoint, "again", edition="all").status_code == 404


def test_test_is_sent_and_seen_in_the_log(admin, server):
    endpoint = make_endpoint(server.url)
    assert "A test is on its way" in text_of(do(admin, endpoint, "test"))
    tell(endpoint)

    assert [event["type"] for event in server.events] == ["test"]
    assert "Test 1 taken (200)" in text_of(admin.get(page_of(endpoint)))


def test_endpoint_that_stopped_is_on_the_first_page_and_goes_on_where_it_stopped(admin, server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    first = publish(make_article())
    server.answers = [(410, {}, b"")]
    tell(endpoint)
    front = text_of(admin.get("/admin/"))
    assert "Webhooks that fail" in front
    assert "it answered that it is gone (410)" in front

    second = publish(make_article())
    do(admin, endpoint, "on")
    tell(endpoint)
    assert [event["data"]["id"] for event in server.events[1:]] == [str(first.pk), str(second.pk)]
    assert "Webhooks that fail" not in text_of(admin.get("/admin/"))


def test_endpoint_can_go_on_from_now(admin, server):
    endpoint = make_endpoint(server.url, is_on=False)
    publish(make_article())
    do(admin, endpoint, "on-now")
    tell(endpoint)
    assert server.received == []
    do(admin, endpoint, "off")
    publish(make_article())
    assert (tell(endpoint).is_on, server.received) == (False, [])


def test_everything_of_the_last_hours_is_sent_once_more_in_order(admin, server):
    endpoint = make_endpoint(server.url)
    for _ in range(3):
        publish(make_article())
    tell(endpoint)
    first = list(server.editions)
    response = do(admin, endpoint, "since", hours=24)
    tell(endpoint)

    assert server.editions == first * 2
    assert f"{len(first)} changes are sent once more" in text_of(response)
    assert "Choose from when on" in text_of(do(admin, endpoint, "since", hours=5))


def test_new_secret_is_shown_once_and_the_former_one_signs_too(admin, server):
    endpoint = make_endpoint(server.url)
    former = opened(endpoint.secret)
    secret = do(admin, endpoint, "rotate").context["secret"]
    do(admin, endpoint, "test")
    tell(endpoint)

    assert secret != former
    assert verified(server.received[0], former) == verified(server.received[0], secret)


def test_page_of_search_engines_says_where_the_key_is_looked_for(admin, client):
    admin.post(ADD, {"name": "Search", "receiver": "indexnow", "url": ""})
    endpoint = Endpoint.objects.get()
    assert re.fullmatch("[0-9a-f]{32}", endpoint.site)
    assert f"/{endpoint.site}.txt" in text_of(admin.get(page_of(endpoint)))
    assert client.get(f"/{endpoint.site}.txt").content.decode() == endpoint.site


def test_list_says_how_each_stands(admin, server):
    make_endpoint(server.url, name="Well")
    make_endpoint(server.url, name="Gone", is_on=False, off_reason="gone")
    shown = text_of(admin.get(LIST))
    assert "Well Webhook On" in shown
    assert "Gone Webhook Turned off: it answered that it is gone (410)" in shown


def test_endpoint_is_deleted_with_its_log(admin, server):
    endpoint = make_endpoint(server.url)
    publish(make_article())
    tell(endpoint)
    admin.post(reverse("admin:delivery_endpoint_delete", args=[endpoint.pk]), {"post": "yes"})
    assert Endpoint.objects.count() == 0


def test_webhooks_are_for_those_alone_who_have_the_permission(client, server):
    endpoint = make_endpoint(server.url, is_on=False, off_reason="gone")
    user = User.objects.create_user("viewer", is_staff=True)
    client.force_login(user)
    pages = [LIST, ADD, page_of(endpoint)]
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    user.user_permissions.add(Permission.objects.get(codename="view_endpoint"))
    assert client.get(page_of(endpoint)).status_code == 200
    acts = ["test", "again", "since", "on", "on-now", "off", "rotate"]
    assert [do(client, endpoint, act).status_code for act in acts] == [403] * 7
    assert "Webhooks that fail" not in text_of(client.get("/admin/"))
    assert client.get(reverse("admin:delivery_endpoint_do", args=[endpoint.pk, "on"])).status_code == 405
