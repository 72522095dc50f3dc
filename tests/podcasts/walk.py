"""A kind that no other file of Galley knows of, walked from the desk to the reader and out again.

Run by tests/publishing/test_new_kind.py, in a process that is started with OWN_APPS=tests.podcasts.
"""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from cms.api import keys
from cms.previews import previews
from cms.publishing import press
from cms.publishing.models import Publication, Version
from tests.desk.test_pages_articles import fields_of
from tests.factories import make_article, make_byline, make_front, make_photo, make_section, make_topic, publish
from tests.mcp.conftest import Assistant
from tests.podcasts.models import Podcast
from tests.podcasts.serializers import PodcastSerializer

pytestmark = pytest.mark.django_db
AUDIO = "https://audio.example.org/barrier.mp3"
ADD = "/admin/podcasts/podcast/add/"


def page_of(podcast):
    return f"/admin/podcasts/podcast/{podcast.pk}/change/"


def make_podcast(**values):
    topics = values.pop("topics", [])
    podcast = Podcast(**{"headline": "What the barrier is for", "audio_url": AUDIO, **values})
    podcast.full_clean()
    podcast.save()
    podcast.topics.set(topics)
    press.save(podcast)
    return podcast


def test_podcast_can_be_subscribed_to_and_found_by_search_engines(client):
    cover, section = make_photo(credit_line="C. Over"), make_section("World")
    podcast = make_podcast(
        slug="barrier", standfirst="An hour.", cover=cover, section=section, topics=[make_topic("Sea")]
    )
    publish(podcast)

    for name in ("latest", "sections/world", "topics/sea"):
        item = client.get(f"/feeds/{name}.json").json()["items"][0]
        assert (item["id"], item["title"], item["summary"]) == (podcast.pk.urn, podcast.headline, "An hour.")
        assert item["attachments"] == [{"url": AUDIO, "mime_type": "audio/mpeg", "title": podcast.headline}]
        assert item["_galley"]["pictures"][0]["credit_line"] == "C. Over"
    rss = client.get("/feeds/latest.rss").content.decode()
    assert f'<enclosure length="0" type="audio/mpeg" url="{AUDIO}"/>' in rss
    assert "/sitemaps/podcasts-1.xml" in client.get("/sitemap.xml").content.decode()
    assert "/podcasts/barrier</loc>" in client.get("/sitemaps/podcasts-1.xml").getvalue().decode()


def member_of(role):
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def test_podcast_is_written_checked_and_published_at_the_desk(admin_client, api):
    cover, byline = make_photo(), make_byline("Ada Writer")
    page = fields_of(admin_client.get(ADD))
    row = {"placed_bylines-0-byline": byline.pk, "placed_bylines-0-role": "writer", "placed_bylines-TOTAL_FORMS": 1}
    page |= {"headline": "What the barrier is for", "cover": cover.pk, **row}

    refused = admin_client.post(ADD, {**page, "_publish": "1"}, follow=True)
    podcast = Podcast.objects.get()
    assert "Give the address of the recording." in refused.content.decode()
    assert api("podcasts/")["results"] == []

    page = fields_of(admin_client.get(page_of(podcast)))
    admin_client.post(page_of(podcast), {**page, "audio_url": AUDIO, "_publish": "1"}, follow=True)

    shown = api("podcasts/what-the-barrier-is-for/")
    assert (shown["kind"], shown["byline"], shown["audio_url"]) == ("podcast", "By Ada Writer", AUDIO)
    assert shown["cover"]["id"] == str(cover.pk)
    assert shown["web_url"].endswith("/podcasts/what-the-barrier-is-for")
    first, second = Version.objects.filter(kind="podcast", key=podcast.pk).order_by("pk")
    assert admin_client.get(f"/admin/podcasts/podcast/{podcast.pk}/history/").status_code == 200
    asked = {"before": first.pk, "after": second.pk}
    compared = admin_client.get(f"/admin/podcasts/podcast/{podcast.pk}/compare/", asked).content.decode()
    assert "Address of the recording" in compared


def test_podcast_stands_on_the_menu_the_first_page_and_in_its_list(admin_client):
    make_podcast()

    first_page = admin_client.get("/admin/").content.decode()
    rows = admin_client.get("/admin/podcasts/podcast/").content.decode()
    assert ">Podcasts<" in first_page
    assert "New podcast" in first_page
    assert "What the barrier is for" in rows
    assert admin_client.get("/admin/podcasts/podcast/?tab=live").status_code == 200
    found = admin_client.get("/admin/podcasts/podcast/?q=barrier&show=daily").content.decode()
    assert "What the barrier is for" in found


def test_podcasts_are_listed_and_found_by_their_own_values_and_by_what_they_mention(api):
    section, topic = make_section("Energy"), make_topic("Rail")
    publish(make_podcast(slug="one", show="long", section=section, topics=[topic]))
    publish(make_podcast(slug="two", show="daily", topics=[topic]))
    publish(make_article(slug="story", topics=[topic]))

    assert api.slugs("podcasts/") == ["two", "one"]
    assert api.slugs("podcasts/?show=long") == ["one"]
    assert api.slugs("podcasts/?show=daily&topic=rail&language=en") == ["two"]
    assert api.slugs("podcasts/?show=long,daily&section=energy&count=exact&page_size=1") == ["one"]
    assert api.slugs("podcasts/?slug=two") == ["two"]
    assert api.get("podcasts/?show=weekly").status_code == 400
    assert [row["slug"] for row in api.walk("podcasts/?page_size=1")] == ["two", "one"]


def test_podcast_is_found_by_readers_and_by_assistants(api, client):
    publish(make_podcast(slug="one", show="long"))
    make_podcast(slug="draft", headline="Another barrier")
    assistant = Assistant(client)

    assert api.slugs("feed/?search=barrier") == ["one"]
    assert api.slugs("podcasts/?search=barrier&show=long") == ["one"]
    assert "podcasts" in assistant.tools()["search"]["description"]
    assert [row["slug"] for row in assistant.data("search", query="barrier", of="podcasts")["results"]] == ["one"]
    assert assistant.data("read", kind="podcast", name="one")["audio_url"] == AUDIO


def test_podcast_is_in_the_feed_and_in_what_has_changed(api):
    publish(make_article(slug="story"))
    podcast = publish(make_podcast(slug="one"))

    assert api.slugs("feed/") == ["one", "story"]
    assert api.slugs("feed/?kind=podcast") == ["one"]
    assert api("feed/?fields=headline,show")["results"][0]["show"] == "daily"
    changes = [(row["kind"], row["id"]) for row in api("changes/")["results"]]
    assert ("podcast", str(podcast.pk)) in changes


def test_podcast_stands_on_fronts_by_hand_and_by_rule(api):
    pinned, other = publish(make_podcast(slug="one")), publish(make_podcast(slug="two"))
    rules = [{"kind": "podcast"}, {"kind": ["article", "podcast"], "exclude_slug": "two"}]
    pins = [{"podcast": str(pinned.pk)}]
    containers = [{"layout": "row", "pinned": pins, "rule": rule, "count": 1} for rule in rules]
    publish(make_front(slug="home", containers=[{"layout": "row", "rule": rules[1], "count": 1}, *containers]))

    items = [[card["slug"] for card in each["items"]] for each in api("fronts/home/")["containers"]]

    assert items == [[], ["one"], []]
    assert api.slugs("feed/?exclude_front=home") == [other.slug]


def test_photo_that_a_podcast_shows_gives_it_new_json(api):
    cover = make_photo(credit_line="A. Name")
    publish(make_podcast(slug="one", cover=cover))
    assert api("podcasts/one/")["cover"]["credit_line"] == "A. Name"

    cover.credit_line = "B. Name"
    cover.save()

    assert api("podcasts/one/")["cover"]["credit_line"] == "B. Name"


def test_site_s_address_of_a_podcast_follows_its_setting(api, settings):
    settings.FRONT_URL, settings.WEB_PATHS = "https://news.example", {"podcast": "/{section}/{yyyy}/hear/{slug}"}
    day = datetime(2025, 12, 31, tzinfo=UTC)
    publish(make_podcast(slug="one", section=make_section("Energy")), published_at=day)

    assert api("podcasts/one/")["web_url"] == "https://news.example/energy/2025/hear/one"


def test_form_that_the_kind_has_not_is_refused_and_the_newsletter_of_the_feed_shows_it(api):
    publish(make_podcast(slug="one", cover=make_photo()))

    assert api.get("podcasts/one/?format=md").json()["errors"][0]["allowed"] == ["json"]
    assert api.get("podcasts/?format=email").json()["errors"][0]["allowed"] == ["json"]
    refused = api.get("podcasts/one/", Accept="text/markdown")
    assert (refused.status_code, "application/json" in refused.json()["detail"]) == (406, True)
    assert "What the barrier is for" in api.get("feed/?format=email").content.decode()


def test_draft_of_a_podcast_is_seen_by_its_preview_alone(api, client):
    podcast = make_podcast(slug="one")
    link = previews.make(podcast, None)

    assert api.get("podcasts/one/").status_code == 404
    shown = api("podcasts/one/", Authorization=f"Preview {previews.token_of(link)}")
    assert (shown["preview"], shown["audio_url"]) == (True, AUDIO)
    opened = client.post("/preview/", headers={"Authorization": f"Preview {previews.token_of(link)}"}).json()
    assert f'<audio controls preload="none" src="{AUDIO}">' in client.get(opened["address"]).content.decode()


def test_kind_without_a_page_for_previews_shows_what_readers_would_get(client, monkeypatch):
    monkeypatch.setattr(PodcastSerializer, "preview_template", lambda: "preview/none.html")
    link = previews.make(make_podcast(slug="one"), None)

    opened = client.post("/preview/", headers={"Authorization": f"Preview {previews.token_of(link)}"}).json()

    assert f"<dt>audio_url</dt><dd>{AUDIO}</dd>" in client.get(opened["address"]).content.decode()


def test_podcast_is_exported_and_imported_as_it_was(api, tmp_path):
    publish(make_podcast(slug="one", show="long", cover=make_photo(), topics=[make_topic("Rail")]))
    make_podcast(slug="draft")
    before = api("podcasts/one/")
    call_command("export_content", tmp_path / "all.ndjson")
    lines = [json.loads(line) for line in (tmp_path / "all.ndjson").read_text().splitlines()]
    assert {line["slug"] for line in lines if line["kind"] == "podcast"} == {"one", "draft"}

    Publication.objects.all().delete()
    Podcast.objects.all().delete()
    call_command("import_content", tmp_path / "all.ndjson")

    assert api("podcasts/one/") == before
    assert sorted(Podcast.objects.values_list("slug", "show")) == [("draft", "daily"), ("one", "long")]


def test_line_of_a_podcast_that_says_what_cannot_be_is_refused_by_name(tmp_path, capsys):
    file = tmp_path / "bad.ndjson"
    file.write_text(json.dumps({"kind": "podcast", "slug": "bad", "headline": "Bad", "show": "weekly"}) + "\n")

    with pytest.raises(Exception, match=r"1 bad line|refused|bad"):
        call_command("import_content", file)
    assert "weekly" in capsys.readouterr().err


def test_program_writes_and_publishes_podcasts(client, api):
    make_topic("Rail")
    _key, secret = keys.make("Player", member_of("Editor"), ["drafts", "write", "publish"])
    headers = {"Authorization": f"Bearer {secret}"}
    ours = "/api/v1/manage/podcasts/"

    line = {"headline": "The barrier", "show": "long", "topics": ["rail"]}
    made = client.post(ours, line, content_type="application/json", headers=headers)
    one = f"{ours}{made.json()['id']}/"
    refused = client.post(f"{one}publish/", headers=headers)
    changed = {"audio_url": AUDIO, "standfirst": "What it is for."}
    asked = {**headers, "If-Match": made["ETag"]}
    patched = client.patch(one, changed, content_type="application/json", headers=asked)
    live = client.post(f"{one}publish/", headers=headers)

    assert [answer.status_code for answer in (made, refused, patched, live)] == [201, 422, 200, 200]
    assert refused.json()["errors"][0]["message"] == "Give the address of the recording."
    assert (live.json()["state"], api("podcasts/the-barrier/")["show"]) == ("live", "long")
    assert client.get(f"{ours}?status=live&search=barrier", headers=headers).json()["results"] == [live.json()]
    assert f"{ours}{{id}}/publish/" in api("schema/")["paths"]


def test_groups_may_do_with_podcasts_what_they_may_do_with_stories():
    own = make_podcast(slug="own")
    reporter, editor, photo_editor, managing = map(member_of, ["Reporter", "Editor", "Photo editor", "Managing editor"])

    assert reporter.has_perm("podcasts.add_podcast")
    assert photo_editor.has_perms(["podcasts.view_podcast"])
    assert not photo_editor.has_perm("podcasts.change_podcast")
    with pytest.raises(PermissionDenied):
        press.publish(own, by=reporter)
    press.publish(own, by=editor)
    with pytest.raises(PermissionDenied):
        press.withdraw(own, "error", by=editor)
    press.withdraw(own, "error", by=managing)


def test_api_describes_podcasts_and_leads_to_them(api):
    publish(make_podcast(slug="one"))
    document = api("schema/")

    assert api(api("")["podcasts"])["results"][0]["slug"] == "one"
    shown = document["components"]["schemas"]["Podcast"]
    own = [name for name in shown["properties"] if name not in {"edition", "match"}]
    assert own == [*api("podcasts/one/"), "preview"]
    assert shown["properties"]["show"]["enum"] == ["daily", "long"]
    listed = document["paths"]["/api/v1/podcasts/"]["get"]
    assert "show" in [parameter["name"] for parameter in listed["parameters"]]
    kind = next(one for one in document["paths"]["/api/v1/feed/"]["get"]["parameters"] if one["name"] == "kind")
    assert kind["schema"]["items"]["enum"] == ["article", "blurb", "video", "podcast"]
    assert document["components"]["schemas"]["FeedItem"]["discriminator"]["mapping"]["podcast"].endswith("PodcastCard")


def test_tables_of_the_kind_are_those_of_its_migrations():
    call_command("makemigrations", "podcasts", check=True, dry_run=True, verbosity=0)
