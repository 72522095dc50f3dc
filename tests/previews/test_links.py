"""Links to previews: made and taken back at the desk, opened by those who have no account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.utils import timezone

from cms.previews import previews
from cms.publishing import press
from cms.publishing.models import Edition, PreviewLink, Version
from newsroom.models import Article, Blurb
from tests.factories import make_article, make_blurb, make_film, make_photo, make_video, paragraphs, publish, update

pytestmark = pytest.mark.django_db
PAGE = "http://localhost:8000/preview/#"


def log_in(client, *rights, name="ann"):
    user, _new = User.objects.get_or_create(username=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return user


@pytest.fixture
def desk(client):
    kinds = ("article", "blurb")
    log_in(client, *(f"{verb}_{kind}" for verb in ("view", "add", "change", "change_any") for kind in kinds))
    return client


def at(item, page="change/"):
    return f"/admin/newsroom/{item.kind}/{item.pk}/{page}"


def token_in(address):
    return address.removeprefix(PAGE)


def exchange(client, token, **headers):
    return client.post("/preview/", headers={"Authorization": f"Preview {token}", **headers})


def opened(client, link):
    """The page that somebody gets who has the link."""
    return client.get(exchange(client, previews.token_of(link)).json()["address"])


def in_place(client):
    """What a page sends along that stays where it is."""
    return {"X-Saving": client.session["_auth_user_id"]}


def page_values(desk, page, **values):
    """What the page would send, with other values in some fields."""
    html = desk.get(page).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(base|key|page)" value="([^"]*)"', html))
    rows = re.findall(r'name="(\w+-(?:TOTAL_FORMS|INITIAL_FORMS))" value="(\d+)"', html)
    return {**hidden, **dict(rows), "body": "", "genre": "news", "language": "en", "stage": "writing", **values}


# At the desk


def test_one_click_saves_the_text_and_opens_it(desk, api):
    article = make_article(headline="Before", slug="story")
    before = Edition.objects.get().number

    values = page_values(desk, at(article), headline="Typed", slug="story", _preview="1")
    saved = desk.post(at(article), values, headers=in_place(desk)).json()
    made = desk.post(at(article, "preview/")).json()

    head = Article.objects.get().head
    assert saved == {"to": at(article), "is_here": True, "head": head.pk}
    assert (head.data["headline"], head.author.username) == ("Typed", "ann")
    assert api("articles/story/", Authorization=f"Preview {token_in(made['address'])}")["headline"] == "Typed"
    assert Edition.objects.get().number == before
    assert made["address"] in made["links"]


def test_a_new_story_is_saved_once_however_often_it_is_previewed(desk):
    page = "/admin/newsroom/article/add/"
    values = page_values(desk, page, headline="New", _preview="1")
    first = desk.post(page, values, headers=in_place(desk)).json()
    again = desk.post(page, {**values, "base": first["head"], "headline": "Newer"}, headers=in_place(desk)).json()

    assert Article.objects.get().headline == "Newer"
    assert again["to"] == first["to"] == at(Article.objects.get())
    assert [version.is_stale for version in Version.objects.all()] == [False, False]


def test_text_that_cannot_be_saved_is_not_previewed(desk):
    article = make_article(slug="story")
    make_article(slug="taken")
    response = desk.post(at(article), page_values(desk, at(article), headline="x", slug="taken", _preview="1"))

    assert "Another one has this slug already" in response.content.decode()
    assert PreviewLink.objects.count() == 0


def test_text_from_a_page_that_is_out_of_date_is_kept_and_compared(desk):
    article = make_article(headline="First", slug="story")
    values = page_values(desk, at(article), headline="Mine", slug="story", _preview="1")
    update(article, headline="Theirs")

    answer = desk.post(at(article), values, headers=in_place(desk)).json()

    kept = Version.objects.get(is_stale=True)
    assert kept.data["headline"] == "Mine"
    assert (answer["to"], answer["is_here"]) == (at(article, f"compare/{kept.pk}/"), False)
    assert Article.objects.get().headline == "Theirs"


def test_clicking_again_gives_the_same_link_and_a_colleague_another(desk, client):
    article = make_article()
    first, second = (desk.post(at(article, "preview/")).json()["address"] for _ in range(2))
    log_in(client, "view_article", name="bob")
    third = client.post(at(article, "preview/")).json()["address"]

    assert first == second != third
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        log_in(client, "view_article", name="bob")
        assert client.post(at(article, "preview/")).json()["address"] != third


def test_page_lists_the_living_links_of_its_item_only(desk):
    article = make_article()
    ann, bob = User.objects.get(username="ann"), User.objects.create_user("bob", first_name="Bob", last_name="Best")
    previews.revoke(previews.make(article, ann))
    previews.make(article, ann, lasts=timedelta(seconds=-1))
    others = previews.make(make_article(), ann)
    mine = previews.make(article, bob)

    page = desk.get(at(article)).content.decode()

    assert re.findall(r'data-copy="([^"]+)"', page) == [PAGE + previews.token_of(mine)]
    assert "Bob Best" in page
    assert previews.token_of(others) not in page
    assert "no-store" in desk.get(at(article))["Cache-Control"]


def test_link_is_made_with_the_chosen_moments(desk, settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        user = log_in(desk, "view_article")
        article = make_article()
        desk.post(at(article, "preview/"), {"hours": "72", "ahead_to": "2026-11-27T06:00"})
        link = PreviewLink.objects.get()
        assert link.made_by == user
        assert (link.expires_at - link.made_at, link.ahead_to.isoformat()) == (
            timedelta(days=3),
            "2026-11-27T04:00:00+00:00",
        )
        refused = desk.post(at(article, "preview/"), {"hours": "24", "ahead_to": "2026-11-23T06:00"})
        assert (refused.status_code, "has passed" in refused.json()["error"]) == (400, True)
        assert desk.post(at(article, "preview/"), {"hours": "9000"}).status_code == 400
        assert PreviewLink.objects.count() == 1


def test_revoked_at_the_desk_a_link_shows_nothing(desk, client, api):
    article = make_article(slug="story")
    link = previews.make(article, User.objects.get(username="ann"))
    token = f"Preview {previews.token_of(link)}"
    assert api.get("articles/story/", Authorization=token).status_code == 200

    answer = desk.post(at(article, f"preview/{link.pk}/revoke/")).json()

    assert "data-copy" not in answer["links"]
    assert api.get("articles/story/", Authorization=token).status_code == 401


def test_whoever_may_see_an_item_may_preview_it_and_nobody_else(client, desk):
    article = make_article()
    link = previews.make(article, None)
    own = previews.make(article, log_in(client, "view_article"))
    assert client.post(at(article, "preview/")).status_code == 200
    assert client.post(at(article, f"preview/{link.pk}/revoke/")).status_code == 403
    assert client.post(at(article, f"preview/{own.pk}/revoke/")).status_code == 200
    log_in(client, "view_blurb", "change_blurb")
    assert client.post(at(article, "preview/")).status_code == 403
    assert client.post(at(article, f"preview/{link.pk}/revoke/")).status_code == 403
    log_in(client, "change_article")
    other = make_article()
    assert client.post(at(other, f"preview/{link.pk}/revoke/")).status_code == 404
    assert client.get(at(article, "preview/")).status_code == 405
    client.logout()
    assert client.post(at(article, "preview/")).status_code == 302
    assert PreviewLink.objects.get(pk=link.pk).revoked_at is None


def test_blurbs_and_videos_are_previewed_too(client):
    client.force_login(User.objects.create_superuser("chief"))
    for item in (make_blurb(), make_video()):
        assert "data-preview=" in client.get(at(item)).content.decode()
        assert PAGE in client.post(at(item, "preview/")).json()["address"]
    assert "data-preview=" in client.get("/admin/newsroom/blurb/add/").content.decode()


def test_front_end_shows_the_preview_where_it_is_named(desk, settings):
    settings.PREVIEW_URL = "https://www.example.org/preview?kind={kind}&slug={slug}&id={id}#{token}"
    article, unnamed = make_article(slug="повінь"), make_article(headline="", slug="")

    addresses = [desk.post(at(item, "preview/")).json()["address"] for item in (article, unnamed)]

    tokens = [previews.token_of(link) for link in PreviewLink.objects.order_by("made_at")]
    start = "https://www.example.org/preview?kind=article&slug="
    assert addresses == [
        f"{start}%D0%BF%D0%BE%D0%B2%D1%96%D0%BD%D1%8C&id={article.pk}#{tokens[0]}",
        f"{start}{unnamed.pk}&id={unnamed.pk}#{tokens[1]}",
    ]


def test_database_holds_nothing_that_opens_a_preview(capsys):
    token = previews.token_of(previews.make(make_article(), None))
    assert re.fullmatch(r"galley_preview_[\w-]{43}", token)
    call_command("dumpdata")
    assert token.removeprefix(previews.PREFIX) not in capsys.readouterr().out


def test_old_links_are_forgotten_and_those_of_what_is_deleted():
    article, deleted = make_article(), make_article()
    previews.make(article, None)
    previews.make(deleted, None)
    deleted.delete()
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        previews.make(article, None)
    assert PreviewLink.objects.count() == 1


# The page of our own


def everything():
    photo = make_photo(caption="The river", credit_line="N. Name/Agency", alt_text='A "river"')
    return make_article(
        headline="It <b>rains</b>",
        slug="rain",
        kicker="Floods",
        standfirst="All of it.",
        dateline="Lviv",
        lead_photo=photo,
        body=paragraphs("One <em>two</em>."),
        related=[publish(make_article(headline="Live story")), make_article(headline="zxdraft")],
        corrections=["It was Tuesday."],
    )


def test_whoever_has_the_link_reads_the_story_without_an_account(client):
    page = opened(client, previews.make(everything(), None))

    html = page.content.decode()
    for text in (
        "<h1>It &lt;b&gt;rains&lt;/b&gt;</h1>",
        "Floods",
        "All of it.",
        "Lviv",
        "<p>One <em>two</em>.</p>",
        "It was Tuesday.",
        "Live story",
        "The river",
        '<span class="credit">N. Name/Agency</span>',
        "A &quot;river&quot;",
        "This is the working copy, which readers do not see",
        f"(version {Article.objects.get(slug='rain').head_id})",
        "The link works until",
    ):
        assert text in html, text
    assert "zxdraft" not in html
    (source,) = re.findall(r'<img src="(?:http://localhost:8000)?(/media/[^"]+)"[^>]* alt="A', html)
    assert client.get(source).getvalue()[:2] == b"\xff\xd8"


def test_page_is_kept_by_nobody_and_loads_nothing_strange(client):
    link = previews.make(everything(), None)
    for response in (client.get("/preview/"), exchange(client, previews.token_of(link)), opened(client, link)):
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in response.headers
        assert previews.token_of(link) not in response.content.decode()
    policy = opened(client, link)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert "frame-src" not in policy
    html = opened(client, link).content.decode()
    assert not re.search(r"<script|<style| style=| on\w+=", html)


def test_players_of_the_video_are_the_only_frames_allowed(client):
    video = make_video(provider_url="https://vimeo.com/76979871")
    assert (
        "frame-src https://player.vimeo.com; " in opened(client, previews.make(video, None))["Content-Security-Policy"]
    )


def test_our_own_film_and_a_blurb_have_pages_too(client):
    film = opened(client, previews.make(make_video(file=make_film(), transcript="Said."), None)).content.decode()
    assert re.search(r'<source src="http://localhost:8000/media/videos/[^"]+\?preview=[\w-]+" type="video/mp4">', film)
    assert "<p>Said.</p>" in film
    blurb = make_blurb(text_html="<p>Short.</p>", source_name="Council", source_url="https://council.example.org/")
    page = opened(client, previews.make(blurb, None)).content.decode()
    assert ["<p>Short.</p>" in page, "https://council.example.org/" in page] == [True, True]


def test_unfinished_items_have_pages(client):
    for item in (
        make_article(headline="", slug="", body=[]),
        make_video(headline="", slug="", poster=None, provider_url="", credit_line=""),
        make_blurb(text_html="", label=""),
    ):
        assert opened(client, previews.make(item, None)).status_code == 200


def test_page_says_which_version_it_shows_looking_ahead(client):
    friday = timezone.now() + timedelta(days=2)
    scheduled, live, draft = make_article(headline="Plan"), publish(make_article()), make_article()
    publish(scheduled, at=friday)
    update(scheduled, headline="Later")
    for item, words in (
        (scheduled, "This is the version scheduled for then"),
        (live, "This is the version that readers have"),
        (draft, "It will not be live by then; this is the working copy"),
    ):
        html = opened(client, previews.make(item, None, ahead_to=friday)).content.decode()
        assert "As the site will be on" in html
        assert words in html
    assert "<h1>Plan</h1>" in opened(client, previews.make(scheduled, None, ahead_to=friday)).content.decode()


def test_page_says_when_it_shows_what_readers_have(client):
    live = publish(make_article())
    assert "This is the version that readers have" in opened(client, previews.make(live, None)).content.decode()
    update(live, headline="Changed")
    assert "This is the working copy" in opened(client, previews.make(live, None)).content.decode()


def test_page_opens_only_to_whoever_had_the_token(client, db):
    link, other = previews.make(make_article(), None), previews.make(make_article(), None)
    address = f"/preview/{link.pk}/"
    assert client.get(address).status_code == 404

    cookie = exchange(client, previews.token_of(other)).cookies["preview"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/preview/{other.pk}/", True, "Strict")
    assert int(cookie["max-age"]) == 3600
    assert client.get(address).status_code == 404  # the test client sends every cookie everywhere
    client.cookies["preview"] = link.pk.hex
    assert client.get(address).status_code == 404
    assert opened(client, link).status_code == 200


def test_page_closes_when_the_link_does(client):
    revoked, ended = previews.make(make_article(), None), previews.make(make_article(), None, timedelta(minutes=30))
    deleted = make_article()
    of_deleted = previews.make(deleted, None)
    for link in (revoked, of_deleted, ended):
        assert opened(client, link).status_code == 200
        if link is revoked:
            previews.revoke(link)
        if link is of_deleted:
            deleted.delete()
        minutes = 31 if link is ended else 0
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            response = client.get(f"/preview/{link.pk}/")
            assert (response.status_code, response["Cache-Control"]) == (404, "private, no-store")
            assert "This preview is not open" in response.content.decode()


def test_cookie_is_good_for_an_hour_after_the_last_look(client):
    link = previews.make(make_article(), None)
    address = exchange(client, previews.token_of(link)).json()["address"]
    start = timezone.now()
    for minutes, status in ((50, 200), (100, 200), (170, 404)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert client.get(address).status_code == status


def test_wrong_tokens_are_not_exchanged(client):
    revoked = previews.make(make_article(), None)
    previews.revoke(revoked)
    answers = [exchange(client, token) for token in ("x", "", previews.token_of(revoked), "é")]
    answers.append(client.post("/preview/"))
    assert {(response.status_code, response.content) for response in answers} == {(401, b'{"address": null}')}
    assert not any(response.cookies for response in answers)
    assert answers[0]["WWW-Authenticate"] == 'Preview realm="preview"'
    assert client.put("/preview/").status_code == 405


def test_no_log_holds_a_token(client, caplog, api):
    token = previews.token_of(previews.make(make_article(slug="story"), None))
    caplog.set_level("DEBUG")
    exchange(client, token)
    exchange(client, f"{token}x")
    api.get("articles/story/", Authorization=f"Preview {token}")
    api.get("articles/other/", Authorization=f"Preview {token}")
    assert caplog.records
    assert token not in caplog.text


def test_preview_keeps_no_lock_and_publishes_nothing():
    article = make_article()
    previews.look(previews.make(article, None, ahead_to=timezone.now() + timedelta(days=1))).document()
    assert article.publication is None
    assert Blurb.objects.count() == 0
    with press.printing() as printing_:
        assert printing_.changes == []


def test_links_end_with_the_account_of_whoever_made_them(client):
    """Somebody who has left shows nothing to anybody any more, whether the account was closed or deleted."""
    ann, article = User.objects.create_user("ann"), make_article()
    closed, deleted = previews.make(article, ann), previews.make(article, User.objects.create_user("bob"))
    stays = previews.make(article, User.objects.create_user("cat"))
    tokens = [previews.token_of(link) for link in (closed, deleted, stays)]
    page = exchange(client, tokens[0]).json()["address"]
    assert client.get(page).status_code == 200

    ann.is_active = False
    ann.save()
    User.objects.get(username="bob").delete()

    assert [exchange(client, token).status_code for token in tokens] == [401, 401, 200]
    assert client.get(page).status_code == 404
    assert list(previews.alive(article)) == [stays]


@pytest.mark.parametrize(
    ("rights", "statuses"),
    [
        (["change_article"], [200, 403]),
        (["change_article", "view_article"], [200, 200]),
        (["change_any_article", "change_article"], [200, 200]),
    ],
)
def test_whoever_may_not_see_all_drafts_shows_their_own_only(client, rights, statuses):
    ann = log_in(client, *rights)
    own, others = make_article(), make_article()
    Article.objects.filter(pk=own.pk).update(made_by=ann)
    assert [client.post(at(item, "preview/")).status_code for item in (own, others)] == statuses
