"""Feeds, as readers' programs get them: valid in every form, whole, credited, and of what readers may see alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
import time_machine
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree, html

from cms.delivery.feeds import contents
from cms.publishing import press
from cms.publishing.models import Publication
from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_blurbs,
    make_byline,
    make_film,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORMS = ["rss", "atom", "json"]
JSON_FEED = Draft202012Validator(
    json.loads((Path(__file__).parent / "schemas" / "json_feed.json").read_text()), format_checker=FormatChecker()
)
SPACES = {
    "media": "http://search.yahoo.com/mrss/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
FULL = "public, max-age=15, s-maxage=60, stale-while-revalidate=30, stale-if-error=86400"


def answer(client, form, name="latest", **headers):
    response = client.get(f"/feeds/{name}.{form}", headers=headers)
    assert response.status_code == 200, (name, form, response.content[:300])
    return response


def parsed(client, form, name="latest"):
    """The items of a feed, each as {id, title, url, html, authors, tags}; the feed is looked through for mistakes."""
    content = answer(client, form, name).content
    if form == "json":
        feed = json.loads(content)
        assert [error.message for error in JSON_FEED.iter_errors(feed)] == []
        return [
            {
                "id": item["id"],
                "title": item.get("title", ""),
                "url": item["url"],
                "html": item["content_html"],
                "authors": [author["name"] for author in item.get("authors", [])],
                "tags": item.get("tags", []),
            }
            for item in feed["items"]
        ]
    feed = feedparser.parse(content, sanitize_html=False)
    assert (feed.bozo, feed.version) == (False, {"rss": "rss20", "atom": "atom10"}[form])
    return [
        {
            "id": entry.id,
            "title": entry.get("title", ""),
            "url": entry.link,
            "html": entry.content[0].value,
            "authors": [author["name"] for author in entry.get("authors", [])],
            "tags": [tag.term for tag in entry.get("tags", [])],
        }
        for entry in feed.entries
    ]


def is_there(client, address):
    response = client.get(urlsplit(address).path)
    response.close()
    return response.status_code == 200


def titles(client, name="latest", form="json"):
    return [item["title"] or item["html"] for item in parsed(client, form, name)]


@pytest.fixture
def news(once):
    return once(make_news)


def make_news():
    """One of everything, with all that there can be in it."""
    with time_machine.travel(NOON, tick=False) as clock:
        world, europe = make_section("World", description="Far & near."), None
        europe = make_section("Europe", parent=world)
        ada = make_byline("Ada Writer", portrait=make_photo(credit_line="P. Ortrait"))
        eye = make_byline("Ivan Eye")
        flood = make_topic("Flood")
        lead = make_photo(credit_line="L. Ead/Agency", width=800, height=600, copyright_notice="© Agency")
        inside, second = make_photo(credit_line="I. Nside"), make_photo(credit_line="S. Econd")
        film = make_video(
            headline="Own film", slug="own-film", file=make_film(), provider_url="", poster=lead, standfirst="Seen.",
            transcript="Said in it.", section=europe, credit_line="F. Ilm", copyright_notice="© Film",
        )  # fmt: skip
        tube = make_video(headline="Elsewhere", slug="elsewhere", section=world, credit_line="T. Ube", poster=second)
        for item in (film, tube):
            publish(item)
            clock.shift(60)
        body = [
            *paragraphs("It <strong>happened</strong> at the <a href='https://example.org/quay?a=1&amp;b=2'>quay</a>."),
            {"id": "b2", "type": "photo", "photo": {"link": "photo", "id": str(inside.pk), "caption": "Seen <here>"}},
            {
                "id": "b3",
                "type": "gallery",
                "photos": [{"link": "photo", "id": str(key)} for key in (second.pk, lead.pk)],
            },
            {"id": "b4", "type": "video", "video": {"link": "video", "id": str(tube.pk), "whole": True}},
            {"id": "b5", "type": "embed", "provider": "vimeo", "url": "https://vimeo.com/1", "title": "Waves"},
            {"id": "b6", "type": "related", "article": {"link": "article", "id": str(older().pk)}},
            {"id": "b7", "type": "divider"},
        ]
        story = make_article(
            headline="Water & <i>wind</i>", slug="water", standfirst="A < B, and more.", body=body, section=europe,
            topics=[flood], bylines=[ada, eye], lead_photo=lead, lead_photo_caption="The quay, before",
            corrections=["It was 5 & not 6."],
        )  # fmt: skip
        story.placed_bylines.filter(byline=eye).update(role="photographer")
        press.save(story)
        publish(story)
        clock.shift(60)
        publish(make_blurb(
            text_html="<p>Short &amp; <em>fresh</em>.</p>", photo=inside, article=story, section=europe, bylines=[ada],
            source_name="Harbour office", source_url="https://harbour.example.org/1",
        ))  # fmt: skip
    return story


def older():
    return publish(make_article(headline="An older story", slug="older"))


# What is in it


@pytest.mark.apart
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_valid_and_has_all_kinds_newest_first(client, news, form):
    items = parsed(client, form)

    of_blurb = "Short & fresh." if form == "atom" else ""
    assert [item["title"] for item in items] == [
        *[of_blurb, "Water & <i>wind</i>", "An older story", "Elsewhere", "Own film"],
    ]
    assert [item["id"] for item in items] == [
        row.key.urn for row in Publication.objects.order_by("-published_at", "-pk") if row.is_live
    ]
    assert items[1]["url"] == "http://localhost:8000/articles/water"
    assert [(item["authors"], item["tags"]) for item in items[:2]] == [
        (["Ada Writer"], ["Europe"]),
        (["Ada Writer"], ["Europe", "Flood"]),
    ]


@pytest.mark.apart
@pytest.mark.parametrize("form", FORMS)
def test_a_story_comes_whole_with_every_credit_and_correction(client, news, form):
    shown = parsed(client, form)[1]["html"]
    page = html.fromstring(f"<div>{shown}</div>")

    figures = [
        (figure.findtext("figcaption") or "", figure.find("figcaption/small").text) for figure in page.iter("figure")
    ]
    assert figures == [
        *[("The quay, before ", "L. Ead/Agency"), ("Seen <here> ", "I. Nside")],
        *[("A street in spring ", "S. Econd"), ("A street in spring ", "L. Ead/Agency")],
        ("A street in spring ", "S. Econd"),
    ]
    assert "<strong>A &lt; B, and more.</strong>" in shown
    assert "It <strong>happened</strong> at the" in shown
    assert [link.get("href") for link in page.iter("a")] == [
        "https://example.org/quay?a=1&b=2",
        *["http://localhost:8000/videos/elsewhere"] * 2,
        "https://vimeo.com/1",
        "http://localhost:8000/articles/older",
    ]
    assert (
        '<strong>Correction</strong> (<time datetime="2020-01-01T00:00:00Z">2020-01-01</time>): It was 5 &amp; '
        in shown
    )


@pytest.mark.apart
@pytest.mark.parametrize("form", FORMS)
def test_all_addresses_are_whole_and_nothing_runs_or_counts_readers(client, news, form):
    for item in parsed(client, form):
        page = html.fromstring(f"<div>{item['html']}</div>")
        addresses = [item["url"], *(link for _, _, link, _ in page.iterlinks())]
        assert [address for address in addresses if not urlsplit(address).netloc] == []
        assert [address for address in addresses if "utm_" in address] == []
        assert page.xpath("//script | //iframe | //img[not(@alt)] | //img[@src='']") == []


@pytest.mark.apart
@pytest.mark.parametrize("form", ["rss", "atom"])
def test_every_picture_and_film_names_whom_it_is_by(client, news, form):
    tree = etree.fromstring(answer(client, form).content)
    entries = tree.findall(".//item") or tree.findall("atom:entry", SPACES)
    seen = [
        [
            (media.get("medium"), *(media.findtext(f"media:{name}", "", SPACES) for name in ("credit", "description")))
            for media in entry.findall("media:content", SPACES)
        ]
        for entry in entries
    ]
    assert seen == [
        [("image", "I. Nside", "A street in spring")],
        [
            ("video", "T. Ube", ""),
            ("image", "L. Ead/Agency", "The quay, before"),
            ("image", "I. Nside", "Seen <here>"),
            ("image", "S. Econd", "A street in spring"),
        ],
        [],
        [("video", "T. Ube", ""), ("image", "S. Econd", "A street in spring")],
        [("video", "F. Ilm", ""), ("image", "L. Ead/Agency", "A street in spring")],
    ]
    picture = entries[1].xpath("media:content[@medium='image']", namespaces=SPACES)[0]
    assert {name: picture.get(name) for name in ("type", "width", "height")} == {
        "type": "image/jpeg",
        "width": "800",
        "height": "600",
    }
    assert is_there(client, picture.get("url"))
    assert picture.findtext("media:copyright", namespaces=SPACES) == "© Agency"


def test_a_film_of_ours_can_be_fetched_and_one_elsewhere_is_led_to(client, news):
    items = {item.get("title"): item for item in answer(client, "json").json()["items"]}
    rss = {entry.get("title"): entry for entry in feedparser.parse(answer(client, "rss").content).entries}
    atom = {entry.title: entry for entry in feedparser.parse(answer(client, "atom").content).entries}

    film = items["Own film"]["attachments"][0]
    assert (film["mime_type"], film["title"]) == ("video/mp4", "Own film")
    assert is_there(client, film["url"])
    assert [rss["Own film"].enclosures[0].href, atom["Own film"].enclosures[0].href] == [film["url"]] * 2
    assert "<p>Said in it.</p>" in items["Own film"]["content_html"]
    assert rss["Elsewhere"].media_player == {"url": "https://vimeo.com/76979871", "content": ""}
    assert "attachments" not in items["Elsewhere"]
    assert items["Elsewhere"]["_galley"]["recordings"][0]["credit_line"] == "T. Ube"


def test_json_feed_has_credits_and_corrections_apart_from_the_text(client, news):
    item = answer(client, "json").json()["items"][1]

    told = item["_galley"]
    assert [(photo["credit_line"], photo["caption"]) for photo in told["pictures"]] == [
        ("L. Ead/Agency", "The quay, before"),
        ("I. Nside", "Seen <here>"),
        ("S. Econd", "A street in spring"),
    ]
    assert item["image"] == told["pictures"][0]["url"]
    assert told["corrections"] == [
        {"type": "correction", "text": "It was 5 & not 6.", "published_at": "2020-01-01T00:00:00Z"}
    ]
    assert told["contributors"] == [{"name": "Ivan Eye", "url": "http://localhost:8000/bylines/ivan-eye"}]
    assert (item["date_published"], item["summary"], item["language"]) == (
        "2026-03-02T12:02:00Z",
        "A < B, and more.",
        "en",
    )


def test_a_blurb_has_no_headline_made_up_and_says_whence_it_is(client, news):
    item = answer(client, "json").json()["items"][0]
    entry = etree.fromstring(answer(client, "rss").content).find(".//item")

    assert ("title" in item, entry.find("title")) == (False, None)
    assert item["content_html"] == entry.findtext("description") == entry.findtext("content:encoded", None, SPACES)
    assert item["content_html"].startswith("<p>Short &amp; <em>fresh</em>.</p><figure>")
    assert (
        '<a href="http://localhost:8000/articles/water">Water &amp; &lt;i&gt;wind&lt;/i&gt;</a>' in item["content_html"]
    )
    assert item["external_url"] == "https://harbour.example.org/1"
    assert 'href="https://harbour.example.org/1">Harbour office</a>' in item["content_html"]


def test_what_the_feed_itself_is_called_and_where_it_is(client, news, settings):
    settings.SITE_NAME, settings.CONTENT_LANGUAGE = "The Calder & Meridian", "uk"
    told = {form: feedparser.parse(answer(client, form, "sections/world").content).feed for form in ("rss", "atom")}
    whole = answer(client, "json", "sections/world").json()

    for form, feed in told.items():
        self_link = next(link.href for link in feed.links if link.rel == "self")
        assert (feed.title, feed.link, feed.language, self_link) == (
            *("The Calder & Meridian: World", "http://localhost:8000/sections/world", "uk"),
            f"http://localhost:8000/feeds/sections/world.{form}",
        )
    assert (whole["title"], whole["home_page_url"], whole["language"]) == (
        *("The Calder & Meridian: World", "http://localhost:8000/sections/world", "uk"),
    )
    assert whole["feed_url"] == "http://localhost:8000/feeds/sections/world.json"
    assert whole["description"] == told["rss"].subtitle == told["atom"].subtitle == "Far & near."


# Which items


def test_a_section_has_what_stands_below_it_and_a_byline_and_a_topic_have_theirs(client, news):
    assert titles(client, "sections/world")[1:] == ["Water & <i>wind</i>", "Elsewhere", "Own film"]
    assert titles(client, "sections/europe")[1:] == ["Water & <i>wind</i>", "Own film"]
    assert titles(client, "topics/flood") == ["Water & <i>wind</i>"]
    assert titles(client, "bylines/ivan-eye") == ["Water & <i>wind</i>"]
    assert len(titles(client, "bylines/ada-writer")) == 2


def test_fifty_items_and_no_more(client):
    bring_all(make_blurbs(range(52)))
    assert titles(client) == [f"<p>{number}</p>" for number in reversed(range(2, 52))]


def test_empty_feeds_are_valid_and_the_same_at_any_time(client):
    make_section("Quiet")
    for form in FORMS:
        with time_machine.travel(NOON, tick=False):
            first = answer(client, form, "sections/quiet").content
        assert answer(client, form, "sections/quiet").content == first
        assert parsed(client, form, "sections/quiet") == []


def test_ids_stay_whatever_becomes_of_the_address_and_an_update_is_dated(client):
    with time_machine.travel(NOON, tick=False) as clock:
        story = publish(make_article(slug="first", headline="First"))
        before = answer(client, "json").json()["items"][0]
        clock.shift(3600)
        publish(update(story, slug="second", headline="Second"))
        after = answer(client, "json").json()["items"]
    assert [(item["id"], item["date_published"]) for item in after] == [(before["id"], before["date_published"])]
    assert (before["date_modified"], after[0]["date_modified"]) == ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z")
    assert after[0]["url"] == "http://localhost:8000/articles/second"


@pytest.mark.parametrize("form", FORMS)
def test_former_slugs_and_capitals_lead_on_and_unknown_ones_are_nothing(client, news, form):
    section = news.section
    section.slug = "continent"
    section.save()
    merged = make_topic("Floods")
    publish(make_article(topics=[merged]))
    merged.merge_into(news.topics.get())
    ways = {
        f"/feeds/sections/europe.{form}?utm_source=x": f"/feeds/sections/continent.{form}?utm_source=x",
        f"/feeds/sections/World.{form}": f"/feeds/sections/world.{form}",
        f"/feeds/topics/floods.{form}": f"/feeds/topics/flood.{form}",
    }
    for old, new in ways.items():
        response = client.get(old)
        assert (response.status_code, response.headers.get("Location")) == (308, f"http://localhost:8000{new}"), old
    lost = ["sections/nowhere", "articles/water", "photos/water", "nothing/at-all", "latest/x", "sections/"]
    make_topic("Unused")
    for name in [*lost, "topics/unused"]:
        response = client.get(f"/feeds/{name}.{form}")
        assert (name, response.status_code, response["Content-Type"]) == (name, 404, "application/problem+json")
    assert client.get("/feeds/latest.xml").status_code == 404


def test_slugs_in_any_letters_have_feeds(client):
    section = make_section("Світ", slug="світ")
    publish(make_article(section=section, headline="Паводок"))
    name = "sections/%D1%81%D0%B2%D1%96%D1%82"
    assert titles(client, name, "rss") == ["Паводок"]
    assert answer(client, "json", name).json()["feed_url"] == f"http://localhost:8000/feeds/{name}.json"
    moved = client.get("/feeds/sections/%D0%A1%D0%92%D0%86%D0%A2.atom")
    assert (moved.status_code, moved["Location"]) == (308, f"http://localhost:8000/feeds/{name}.atom")


# How it is written


TEXTS = [
    "Control \x01\x0b\x1f and \x7f\x85",
    "Half \ud83d a character \udcff",
    "Neither \ufffe nor \uffff",
    "CDATA ]]> & <![CDATA[ ends ]]&gt;",
    "<b>Bold</b> &amp; &lt;i&gt; &nbsp; &#1; &#xD800;",
    "Smile 😀👩‍👩‍👧 🇺🇦",
    "\u202eright to left\u202c العربية עברית",
    "'single' \"double\" \u2028 line",
]


@pytest.mark.apart
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_whatever_text_an_older_release_let_in_is_valid_and_read_as_text(client, form, text):
    story = publish(make_article(headline="HEADLINE", standfirst="HEADLINE", topics=[make_topic("A topic")]))
    document = client.get(f"/api/v1/articles/{story.slug}/").content.decode()
    stored = json.dumps(text, ensure_ascii=False).encode("utf-8", "ignore").decode()[1:-1]
    Publication.objects.update(document=document.replace("HEADLINE", stored).replace("A topic", stored))

    item = parsed(client, form)[0]

    def seen(words):
        return [letter for letter in words if letter.isprintable() and letter not in " \ud83d\udcff"]

    assert item["tags"] == [item["tags"][0]]
    assert seen(item["tags"][0]) == seen(text)
    if not text.startswith("<b>") or form != "rss":  # RSS cannot say whether a title is HTML, and feedparser guesses
        assert seen(item["title"]) == seen(text)


@pytest.mark.apart
@pytest.mark.parametrize("language", ["uk", "en"])
def test_days_are_named_in_english_whatever_the_desk_speaks(client, settings, language):
    settings.LANGUAGE_CODE = language
    with time_machine.travel(NOON, tick=False), translation.override(language):
        publish(make_article())
        content = answer(client, "rss").content.decode()
    assert content.count("Mon, 02 Mar 2026 12:00:00 +0000") == 2  # of the item, and of the feed


def test_corrections_are_called_so_in_the_language_of_the_story(client):
    publish(make_article(language="uk", corrections=["Було 5."]))
    publish(make_article(language="pl-PL", corrections=["Było 5."]))
    polish, ukrainian = (item["content_html"] for item in answer(client, "json").json()["items"])
    assert ("<strong>Виправлення</strong>" in ukrainian, "<strong>Correction</strong>" in polish) == (True, True)
    entries = etree.fromstring(answer(client, "atom").content).findall("atom:entry", SPACES)
    assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in entries] == ["pl-PL", "uk"]


def test_readers_of_feeds_are_told_what_ai_did(client):
    publish(make_article(ai_use_level="assisted", ai_use_note="Translated <by> a machine."))
    publish(make_blurb(ai_use_level="generated"))
    publish(make_video(language="uk", ai_use_level="none"))
    publish(make_blurb())
    silent, film, blurb, story = (item["content_html"] for item in answer(client, "json").json()["items"])
    helped = "AI helped; people made it and checked it. Translated &lt;by&gt; a machine."
    assert story.endswith(f"<p><small>{helped}</small></p>")
    assert blurb.endswith("<p><small>AI made it.</small></p>")
    with translation.override("uk"):
        assert film.endswith(f"<p><small>{translation.gettext('No AI was used')}.</small></p>")
    assert "<small>" not in silent


def test_an_item_that_cannot_be_shown_is_left_out_and_the_log_says_so(client, caplog):
    broken = publish(make_article(headline="Broken"))
    publish(make_article(headline="Whole"))
    client.get("/api/v1/feed/")
    Publication.objects.filter(key=broken.pk).update(document='{"headline": "Broken"}')
    assert titles(client) == ["Whole"]
    assert f"article {broken.pk} cannot be shown in feeds" in caplog.text


def test_a_photo_without_any_size_yet_is_not_an_empty_picture(client):
    photo = make_photo()
    publish(make_article(headline="Story", lead_photo=photo))
    client.get("/api/v1/feed/")
    row = Publication.objects.get()
    document = json.loads(row.document)
    bare = {name: {**shape, "widths": []} for name, shape in document["lead_photo"]["crops"].items()}
    document["lead_photo"] |= {"src": None, "template": None, "formats": [], "crops": bare}
    row.document = json.dumps(document)
    row.save(update_fields=["document"])
    item = answer(client, "json").json()["items"][0]
    assert ("image" in item, "<img" in item["content_html"]) == (False, False)


# How it travels


@pytest.mark.apart
@pytest.mark.parametrize("form", FORMS)
def test_a_feed_is_labelled_as_lists_are(client, news, form):
    response = answer(client, form)
    story = Publication.objects.get(slug="water").key.hex[:16]
    assert response["Content-Type"] == f"{contents.FORMATS[form]}; charset=utf-8"
    assert response["Cache-Control"] == FULL
    assert response["X-Edition"] == client.get("/api/v1/feed/")["X-Edition"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in response["Vary"]
    keys = response["Surrogate-Key"].split()
    assert (keys[:2], story in keys) == (["feed", "feeds"], True)
    section = answer(client, form, "sections/europe")["Surrogate-Key"].split()
    assert section[2] == f"sections-{news.section.pk.hex[:16]}"


@pytest.mark.parametrize("name", ["latest", "sections/europe", "topics/flood", "bylines/ada-writer"])
@pytest.mark.parametrize("form", FORMS)
def test_who_has_a_feed_already_is_told_so(client, news, name, form):
    path = f"/feeds/{name}.{form}"
    first = client.get(path)
    held = {"tag": {"If-None-Match": first["ETag"]}, "date": {"If-Modified-Since": first["Last-Modified"]}}
    for headers in held.values():
        again = client.get(path, headers=headers)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    before = "Mon, 02 Mar 2026 12:00:00 GMT"
    assert client.get(path, headers={"If-Modified-Since": before}).status_code == 200
    assert client.get(path, headers={"If-None-Match": '"other"', **held["date"]}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(first.content)))
    assert client.post(path).status_code == 405
    assert client.options(path).status_code == 204


def test_what_has_left_a_feed_is_no_longer_held_for_it(client):
    """The newest date in a feed goes back when its newest item goes: who asks by date must be told all the same."""
    with time_machine.travel(NOON, tick=False) as clock:
        section, other = make_section("World"), make_section("Other")
        stays, moves, goes = (
            publish(make_article(headline=name, section=section)) for name in ("stays", "moves", "goes")
        )
        for act in (lambda: press.withdraw(goes, "error"), lambda: publish(update(moves, section=other))):
            clock.shift(60)
            dated = {"If-Modified-Since": client.get("/feeds/sections/world.rss")["Last-Modified"]}
            clock.shift(60)
            assert client.get("/feeds/sections/world.rss", headers=dated).status_code == 304
            act()
            assert client.get("/feeds/sections/world.rss", headers=dated).status_code == 200
        assert titles(client, "sections/world") == [stays.headline]


def test_parameters_that_readers_add_change_nothing(client, news):
    plain = answer(client, "rss")
    odd = ["utm_source=x", "section=none&page_size=1", "cursor=%zz", "a&b&&c==", "page_size=1000000", "after=1", "%00"]
    for query in odd:
        response = client.get(f"/feeds/latest.rss?{query}")
        assert (response.status_code, response.content) == (200, plain.content), query
        assert [response[name] for name in ("ETag", "Cache-Control")] == [plain["ETag"], plain["Cache-Control"]]
    for accepted in ["text/html", "application/json;q=0", "*/*;q=0.1", "garbage"]:
        assert answer(client, "rss", accept=accepted).content == plain.content


def test_wrong_credentials_are_taken_for_nobody(client, news):
    assert client.get("/feeds/latest.rss", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_no_cache_outlives_the_end_of_what_a_feed_shows(client):
    with time_machine.travel(NOON, tick=False) as clock:
        photo = make_photo(usable_until=NOON + timedelta(seconds=30), credit_line="E. Nds")
        publish(make_article(headline="stays", lead_photo=photo))
        publish(make_article(headline="ends"), live_until=NOON + timedelta(seconds=50))
        response = answer(client, "atom")
        assert response["Cache-Control"] == (
            "public, max-age=15, s-maxage=30, stale-while-revalidate=0, stale-if-error=0"
        )
        assert b"E. Nds" in response.content
        clock.shift(31)
        assert (b"E. Nds" in answer(client, "atom").content, titles(client)) == (False, ["ends", "stays"])
        clock.shift(20)
        assert titles(client) == ["stays"]


def test_an_embargo_holds_to_its_second(client):
    with time_machine.travel(NOON, tick=False) as clock:
        publish(make_article(headline="soon"), at=NOON + timedelta(seconds=10))
        assert titles(client) == []
        assert "max-age=10" in answer(client, "rss")["Cache-Control"]
        clock.shift(10)
        assert titles(client) == ["soon"]


@pytest.mark.parametrize("name", ["latest", "sections/europe", "topics/flood", "bylines/ada-writer"])
def test_a_feed_costs_four_statements_at_most(client, news, name):
    costs = []
    for form in FORMS:
        answer(client, form, name)
        with CaptureQueriesContext(connection) as queries:
            answer(client, form, name)
        costs.append(len(queries))
    assert costs == [3 if name == "latest" else 4] * 3


def test_feeds_are_named_in_the_head_of_our_own_page(client):
    page = html.fromstring(client.get("/").content)
    links = [(link.get("type"), link.get("href"), link.get("title")) for link in page.xpath("//link[@rel='alternate']")]
    assert links == [
        ("application/rss+xml", "http://localhost:8000/feeds/latest.rss", f"{site.SITE_NAME} (RSS)"),
        ("application/atom+xml", "http://localhost:8000/feeds/latest.atom", f"{site.SITE_NAME} (Atom)"),
        ("application/feed+json", "http://localhost:8000/feeds/latest.json", f"{site.SITE_NAME} (JSON Feed)"),
    ]
    assert [client.get(urlsplit(address).path)["Content-Type"].split(";")[0] for _, address, _ in links] == [
        media_type for media_type, _, _ in links
    ]


# Of what is searched for


def titles_found(client, name, form="json"):
    path, _, query = name.partition("?")
    response = client.get(f"/feeds/{path}.{form}?{query}")
    assert response.status_code == 200, response.content
    return [item["title"] for item in json.loads(response.content)["items"]]


def test_feed_of_a_search_has_what_it_finds_the_newest_first(client):
    harbour, sea = make_section("Harbour"), make_section("Sea")
    for number, (headline, section) in enumerate(
        [("Ferries in the fog", harbour), ("Ferry sinks", sea), ("Weather", harbour), ("A ferry for all", harbour)]
    ):
        with time_machine.travel(NOON + timedelta(hours=number), tick=False):
            publish(make_article(headline=headline, section=section))
    make_article(headline="The secret ferry")

    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert titles_found(client, "latest?search=ferry") == ["A ferry for all", "Ferry sinks", "Ferries in the fog"]
        found = titles_found(client, "sections/harbour?utm_source=x&search=ferry+-fog&search_id=3")
        assert found == ["A ferry for all"]
        assert titles_found(client, "latest?%73earch=weather") == ["Weather"]
        assert titles_found(client, "latest?search=secret") == []
        assert titles_found(client, "latest?searches=ferry&q=sea") == titles_found(client, "latest")


@pytest.mark.parametrize("form", FORMS)
def test_feed_of_a_search_is_valid_and_says_what_it_is_of(client, form):
    publish(make_article(headline="Fish & <chips> in Łódź"))
    words = 'łódź "fish & <chips>"'
    response = client.get(f"/feeds/latest.{form}", {"search": words})
    url = f"{site.PUBLIC_URL}/feeds/latest.{form}?search=%C5%82%C3%B3d%C5%BA+%22fish+%26+%3Cchips%3E%22"

    if form == "json":
        feed = json.loads(response.content)
        assert [error.message for error in JSON_FEED.iter_errors(feed)] == []
        title, own, count = feed["title"], feed["feed_url"], len(feed["items"])
    else:
        feed = feedparser.parse(response.content, sanitize_html=False)
        assert not feed.bozo
        own = next(link.href for link in feed.feed.links if link.rel == "self")
        title, count = html.fromstring(f"<p>{feed.feed.title}</p>").text_content(), len(feed.entries)
    assert (own, count) == (url, 1)
    assert title.startswith(f"{site.SITE_NAME}: łódź")
    if form == "atom":
        assert feed.feed.id != feedparser.parse(answer(client, form).content).feed.id


@pytest.mark.apart
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("search=", "search is empty"),
        ("search=-fog", "at least one word"),
        ("search=a&search=b", "Give search once"),
        (f"search={'x' * 201}", "at most 200 characters"),
        ("search=%zz", "two hexadecimal digits"),
        ("search=%ff", "search"),
        ("search=%00", "search"),
    ],
)
def test_search_that_cannot_be_asked_is_refused_in_words(client, query, words):
    response = client.get(f"/feeds/latest.rss?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert words in response.json()["detail"]
    assert client.get("/feeds/latest.rss?%zz=%ff&x=%00").status_code == 200


def test_former_slug_keeps_the_search(client):
    section = make_section("Harbour")
    publish(make_article(headline="Ferry", section=section))
    section.slug = "port"
    section.save()
    response = client.get("/feeds/sections/harbour.rss?search=ferry")
    assert response.status_code == 308
    assert response["Location"].endswith("/feeds/sections/port.rss?search=ferry")
