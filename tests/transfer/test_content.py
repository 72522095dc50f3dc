"""Content in and out: import_content and export_content."""

import json
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.publishing.links import link
from cms.publishing.models import Change, Edition, Publication, Version
from cms.transfer.resolver import Resolver
from newsroom.models import Article, Blurb, Section, Topic
from tests.factories import make_article, make_picture, make_section, paragraphs, publish, update

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
WORLD = {"kind": "section", "slug": "world", "name": "World"}
WRITER = {"kind": "byline", "slug": "a-writer", "name": "A Writer"}


LOST = uuid.uuid4()


def story(slug="flood-vote", **values):
    return {
        "kind": "article",
        "slug": slug,
        "headline": "Flood vote",
        "section": "world",
        "body": [{"type": "paragraph", "html": "It rained."}],
        "status": "published",
        "published_at": "2026-02-20T11:30:00Z",
        **values,
    }


@pytest.fixture
def file(tmp_path):
    """`file(line, ...)` writes lines, dicts or raw text, and gives the path."""
    (tmp_path / "in" / "photos").mkdir(parents=True)

    def write(*lines):
        path = tmp_path / "in" / "content.ndjson"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts) + "\n")
        return path

    return write


def bad_lines(path, capsys, *options):
    """The complaints of an import that must fail, one a line."""
    with pytest.raises(CommandError) as failure:
        call_command("import_content", path, *options)
    return capsys.readouterr().err.splitlines(), str(failure.value)


def test_imported_story_is_live_with_all_that_its_line_says(file, api, tmp_path):
    (tmp_path / "in" / "photos" / "barrier.jpg").write_bytes(make_picture().read())
    photo = {
        "kind": "photo",
        "id": "barrier-1",
        "file": "photos/barrier.jpg",
        "alt_text": "A barrier",
        "caption": "The barrier",
        "credit_line": "N. Name/Agency",
        "focal_point": {"x": 0.4, "y": 0.3},
    }
    topic = {"kind": "topic", "slug": "nato", "name": "NATO", "type": "organisation"}
    line = story(
        kicker="Floods",
        genre="analysis",
        topics=["nato"],
        bylines=[{"byline": "a-writer", "role": "writer"}],
        lead_photo={"photo": "barrier-1", "caption": "Raised on Monday"},
        body=[{"type": "paragraph", "html": "It <b>rained</b>."}, {"type": "photo", "photo": "barrier-1"}],
        corrections=[{"type": "correction", "text": "It was Tuesday.", "published_at": "2026-02-21T08:00:00Z"}],
    )

    call_command("import_content", file(line, photo, topic, WRITER, WORLD))

    shown = api("articles/flood-vote/")
    assert shown["kicker"] == "Floods"
    assert shown["genre"] == "analysis"
    assert shown["published_at"] == shown["updated_at"] == "2026-02-20T11:30:00Z"
    assert shown["section"]["name"] == "World"
    assert shown["topics"][0]["type"] == "organisation"
    assert shown["byline"] == "By A Writer"
    assert shown["lead_photo"]["caption"] == "Raised on Monday"
    assert shown["lead_photo"]["focal_point"] == {"x": 0.4, "y": 0.3}
    assert [block["type"] for block in shown["body"]] == ["paragraph", "photo"]
    assert shown["body"][0]["html"] == "It <strong>rained</strong>."
    assert shown["body"][1]["photo"]["caption"] == "The barrier"
    assert shown["corrections"][0]["text"] == "It was Tuesday."


def test_lines_may_refer_to_later_ones_and_to_each_other(file, api):
    first = story("first", related=["second"], body=[{"type": "related", "article": "second"}])
    second = story("second", related=["first"], translation_of="first", language="uk")
    energy = {"kind": "section", "slug": "energy", "name": "Energy", "parent": "world"}

    call_command("import_content", file(first, second, energy, WORLD))

    shown = api("articles/first/")
    assert [card["slug"] for card in shown["related"]] == ["second"]
    assert shown["body"][0]["article"]["slug"] == "second"
    assert [other["language"] for other in shown["translations"]] == ["uk"]
    assert [card["slug"] for card in api("articles/second/")["related"]] == ["first"]
    assert Article.objects.get(slug="first").placed_related.get().related.slug == "second"
    assert api("sections/energy/")["parent"]["slug"] == "world"


def test_importing_again_changes_nothing_and_a_key_left_out_stays(file, api):
    path = file(WORLD, story(kicker="Floods"))
    call_command("import_content", path)
    before = (Edition.objects.get().number, Version.objects.count(), api("articles/flood-vote/"))

    call_command("import_content", path)
    assert (Edition.objects.get().number, Version.objects.count(), api("articles/flood-vote/")) == before

    update(Article.objects.get(), headline="Other words")
    line = {"kind": "article", "slug": "flood-vote", "dateline": "Lviv", "status": "published"}
    call_command("import_content", file(line))
    shown = api("articles/flood-vote/")
    assert (shown["headline"], shown["dateline"], shown["kicker"]) == ("Flood vote", "Lviv", "Floods")
    assert shown["published_at"] == "2026-02-20T11:30:00Z"
    desk = Article.objects.get(slug="flood-vote")
    assert (desk.headline, desk.dateline) == ("Other words", "Lviv")  # what is being written goes on


def test_line_without_a_status_leaves_it_as_it_is(file, api, capsys):
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    later = story("later", published_at=ahead.isoformat())
    call_command("import_content", file(WORLD, story("live"), story("draft", status="draft"), later))

    words = {"kind": "article", "headline": "Other words", "live_until": (ahead + timedelta(days=1)).isoformat()}
    lines = [{**words, "slug": slug} for slug in ("live", "draft", "later", "new")]
    call_command("import_content", file(*lines))

    shown = api("articles/live/")
    assert (shown["headline"], shown["published_at"]) == ("Other words", "2026-02-20T11:30:00Z")
    assert api.slugs("articles/") == ["live"]
    assert list(Article.objects.order_by("slug").values_list("slug", "headline")) == [
        (slug, "Other words") for slug in ("draft", "later", "live", "new")
    ]
    assert [publication.asked_until for publication in Publication.objects.order_by("slug")] == [
        ahead + timedelta(days=1)
    ] * 2
    said = capsys.readouterr().err.splitlines()
    assert said == [
        'line 3, article "draft": published_at is not kept, since the item is a draft',
        'line 2, article "draft": live_until is not kept, since the item is a draft',
        'line 4, article "new": live_until is not kept, since the item is a draft',
    ]
    with time_machine.travel(ahead + timedelta(seconds=1)):
        assert api("articles/later/")["headline"] == "Other words"
    with time_machine.travel(ahead + timedelta(days=1, seconds=1)):
        assert api.get("articles/live/").status_code == 410


def test_line_without_a_status_reaches_readers_and_what_is_scheduled_for_them(file, api):
    ahead = datetime.now(UTC) + timedelta(days=1)
    call_command("import_content", file(WORLD, story()))
    call_command("import_content", file(story(headline="Tomorrow's words", published_at=ahead.isoformat())))
    edition = Edition.objects.get().number

    line = {"kind": "article", "slug": "flood-vote", "kicker": "Floods", "previous_slugs": ["flood"]}
    call_command("import_content", file(line))

    assert (api("articles/flood-vote/")["headline"], api("articles/flood-vote/")["kicker"]) == ("Flood vote", "Floods")
    assert Edition.objects.get().number == edition + 1
    call_command("import_content", file(line))
    assert Edition.objects.get().number == edition + 1
    with time_machine.travel(ahead + timedelta(seconds=1)):
        shown = api("articles/flood-vote/")
    assert (shown["headline"], shown["kicker"]) == ("Tomorrow's words", "Floods")


def test_line_without_a_status_moves_the_dates_of_what_is_live(file, api):
    call_command("import_content", file(WORLD, story()))
    line = {"kind": "article", "slug": "flood-vote"}
    call_command("import_content", file({**line, "published_at": "2026-02-19T10:00:00Z"}))
    assert api("articles/flood-vote/")["published_at"] == "2026-02-19T10:00:00Z"
    call_command("import_content", file({**line, "updated_at": "2026-02-21T10:00:00Z"}))
    assert api("articles/flood-vote/")["updated_at"] == "2026-02-21T10:00:00Z"
    ahead = datetime.now(UTC) + timedelta(days=1)
    call_command("import_content", file({**line, "headline": "Tomorrow's words", "published_at": ahead.isoformat()}))
    assert api("articles/flood-vote/")["headline"] == "Flood vote"
    with time_machine.travel(ahead + timedelta(seconds=1)):
        assert api("articles/flood-vote/")["headline"] == "Tomorrow's words"
    call_command("import_content", file({**line, "live_until": "2026-02-22T10:00:00Z"}))
    assert api.get("articles/flood-vote/").json()["reason"] == "expired"


def test_line_without_a_status_does_not_bring_back_what_was_withdrawn(file, api, capsys):
    call_command("import_content", file(WORLD, story()))
    call_command("import_content", file({"kind": "article", "slug": "flood-vote", "status": "draft"}))
    call_command("import_content", file({"kind": "article", "slug": "flood-vote", "headline": "Other words"}))
    assert api.get("articles/flood-vote/").status_code == 410
    assert Article.objects.get().headline == "Other words"
    assert capsys.readouterr().err == ""


def test_line_without_a_date_keeps_the_embargo(file, api):
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    call_command("import_content", file(WORLD, story(published_at=ahead), story("live")))
    call_command("import_content", file(story("live", headline="Tomorrow's words", published_at=ahead)))

    line = {"kind": "article", "slug": "flood-vote", "kicker": "Floods", "status": "published"}
    call_command("import_content", file(line, {**line, "slug": "live"}))

    assert api.get("articles/flood-vote/").status_code == 404
    assert (api("articles/live/")["headline"], api("articles/live/")["kicker"]) == ("Flood vote", None)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        assert api("articles/flood-vote/")["kicker"] == "Floods"
        assert api("articles/live/")["headline"] == "Tomorrow's words"


def test_one_story_named_by_id_and_by_slug_keeps_what_both_lines_say(file, api):
    full = story("x", id="a-1", headline="Full")
    call_command(
        "import_content", file(WORLD, full, {"kind": "article", "slug": "x", "kicker": "K", "status": "published"})
    )
    shown = api("articles/x/")
    assert (shown["headline"], shown["kicker"]) == ("Full", "K")


def test_null_empties_a_field(file, api):
    call_command("import_content", file(WORLD, story(kicker="Floods", seo={"title": "Vote"})))
    line = story(kicker=None, body=None, topics=None, seo=None, breaking=None, standfirst=None)
    call_command("import_content", file(line))
    shown = api("articles/flood-vote/")
    own = shown["headline"]
    assert (shown["kicker"], shown["body"], shown["seo"]["title"], shown["breaking"]) == (None, [], own, False)


def test_export_leaves_out_what_points_at_something_deleted(file, api, tmp_path):
    gone = make_article(slug="gone")
    body = [{"id": "r", "type": "related", "article": link("article", gone.pk)}, *paragraphs("It stays.")]
    publish(make_article(slug="stays", body=body))
    gone.delete()
    out = tmp_path / "out"
    out.mkdir()
    call_command("export_content", out / "all.ndjson")
    [line] = map(json.loads, (out / "all.ndjson").read_text().splitlines())
    assert [block["type"] for block in line["body"]] == ["paragraph"]
    call_command("import_content", out / "all.ndjson")
    assert api.slugs("articles/") == ["stays"]


def test_an_id_that_is_no_uuid_is_known_again(file, api):
    line = {"kind": "blurb", "id": "b-1", "text_html": "<p>Short.</p>", "status": "published"}
    call_command("import_content", file(line))
    call_command("import_content", file({**line, "text_html": "<p>Shorter.</p>"}))
    assert [row["text"] for row in api("blurbs/")["results"]] == ["Shorter."]
    assert Blurb.objects.count() == 1


BAD_LINES = [
    ("{", "line 2: it is not JSON"),
    ("[1]", "line 2: it is not a JSON object"),
    ('{"kind": "article", "slug": "x", "headline": NaN}', "NaN is no number"),
    ('{"kind": "article", "slug": "x", "slug": "y"}', 'the key "slug" stands twice'),
    ('{"kind": "artikel", "slug": "x"}', "kind: 'artikel' is none of"),
    ('{"kind": "article", "headline": "x"}', "give it an id or a slug"),
    (story(section="wrld"), 'article "flood-vote": section: there is no section "wrld"'),
    (story(headlin="x"), "headlin: There is no such key; write slug, headline"),
    (story(topics=["nowhere"]), 'topics: there is no topic "nowhere"'),
    (story(bylines=[{"byline": "a-writer", "rôle": "x"}]), "bylines: write a slug or an id"),
    (story(body=[{"type": "paragraf"}]), "body: block 1: there is no block type 'paragraf'"),
    (story(body=[{"type": "photo", "photo": "none"}]), 'block 1 (photo): photo: there is no photo "none"'),
    (story(body=[{"type": "heading", "level": 1, "html": "x"}]), "block 1 (heading): level:"),
    (story(genre="gossip"), "genre:"),
    (story(language="english please"), "language:"),
    (story(published_at="yesterday"), "published_at: write a time such as"),
    (story(status="live"), 'status: write "draft" or "published"'),
    (story(headline=""), "it cannot be published: Write a headline."),
    (story(headline="x" * 301), "headline:"),
    (story(slug="not a slug"), "slug:"),
    (story(slug="---"), "slug: A slug needs at least one letter or digit."),
    (story(slug="party-😀"), "slug: A slug can hold only letters, digits, hyphens and underscores. Take out: 😀"),
    (story(body="text"), "body: write a list of blocks"),
    (story(body_html="<p>x</p>"), "body_html: give body or body_html, not both"),
    (story(previous_slugs="old"), "previous_slugs: write a list of slugs"),
    ({"kind": "section", "slug": "x"}, "name:"),
    ({"kind": "photo", "id": "p", "file": "../../secret.jpg"}, "file: there is no"),
    ({"kind": "photo", "id": "p", "file": "content.ndjson", "credit_line": "x"}, "no picture that can be read"),
    ({"kind": "video", "slug": "v", "headline": "x", "status": "published"}, "Choose a poster"),
    ('{"kind": "article", "slug": "x", "seo": ' + '{"a":' * 2000 + "1" + "}" * 2001, "line 2"),
    ('{"kind": "article", "slug": "x", "breaking": ' + "9" * 5000 + "}", "line 2"),
    ({"kind": "section", "slug": ["a"], "name": "A"}, "slug: write a text"),
    ({"kind": "section", "slug": "a", "name": "A", "parent": []}, "parent: there is no section"),
    ({"kind": "section", "slug": "-", "name": "A"}, "slug: A slug needs at least one letter or digit."),
    ({"kind": "photo", "id": "p", "usable_until": 5}, "line 2"),
    (story(status=[]), "status: write"),
    (story(lead_photo={"link": "photo", "id": "zzz"}), "lead_photo: there is no photo"),
    (story(body=[{"type": "photo", "photo": {"link": "photo", "id": str(LOST)}}]), "photo: there is no photo"),
    (story(published_at="0001-01-01T00:00:00+14:00"), "published_at: write a time"),
    (story(live_until="9999-12-31T23:59:59-14:00"), "live_until: write a time"),
]


@pytest.mark.parametrize(("line", "complaint"), BAD_LINES, ids=[complaint[:40] for _, complaint in BAD_LINES])
def test_bad_line_is_left_out_alone_and_says_what_is_wrong(file, capsys, api, line, complaint):
    path = file(WORLD, line, WRITER, story("good"))

    said, summary = bad_lines(path, capsys)

    assert len(said) == 1
    assert said[0].startswith("line 2")
    assert complaint in said[0]
    assert "1 bad line" in summary
    assert api.slugs("articles/") == ["good"]
    assert Article.objects.count() == 1
    assert Version.objects.count() == 1


def test_two_lines_that_want_one_slug_leave_the_first(file, capsys, api):
    said, _ = bad_lines(file(WORLD, story(id="one"), story(id="two"), story("third", id="three")), capsys)
    assert [line.split(":")[0] for line in said] == ['line 3, article "flood-vote"']
    assert sorted(api.slugs("articles/")) == ["flood-vote", "third"]


def test_dry_run_says_the_same_and_keeps_nothing(file, capsys, tmp_path):
    (tmp_path / "in" / "photos" / "a.jpg").write_bytes(make_picture().read())
    photo = {"kind": "photo", "id": "p", "file": "photos/a.jpg", "credit_line": "A/B", "alt_text": "x"}
    good = story("good", lead_photo={"photo": "p"})
    path = file(photo, WORLD, story(section="wrld"), good)
    before = Edition.objects.get().number

    said, summary = bad_lines(path, capsys, "--dry-run")

    assert said == ['line 3, article "flood-vote": section: there is no section "wrld"']
    assert summary.startswith("1 photo, 1 section, 1 article would be taken, 1 bad line")
    assert (Section.objects.count(), Article.objects.count(), Version.objects.count()) == (0, 0, 0)
    assert Edition.objects.get().number == before
    assert not Path(default_storage.location).exists() or not any(
        entry.is_file() for entry in Path(default_storage.location).rglob("*")
    )


def test_date_ahead_schedules_and_on_a_live_story_the_update(file, api):
    ahead = datetime.now(UTC) + timedelta(hours=2)
    call_command("import_content", file(WORLD, story(), story("later", published_at=ahead.isoformat())))
    call_command("import_content", file(story(headline="New words", published_at=ahead.isoformat())))

    assert api.slugs("articles/") == ["flood-vote"]
    assert api("articles/flood-vote/")["headline"] == "Flood vote"
    with time_machine.travel(ahead + timedelta(seconds=1)):
        assert api.slugs("articles/") == ["later", "flood-vote"]
        shown = api("articles/flood-vote/")
    assert (shown["headline"], shown["published_at"]) == ("New words", "2026-02-20T11:30:00Z")


def test_draft_on_a_live_story_withdraws_it(file, api):
    call_command("import_content", file(WORLD, story()))
    line = {"kind": "article", "slug": "flood-vote", "status": "draft", "withdrawn_reason": "error"}
    call_command("import_content", file(line))
    response = api.get("articles/flood-vote/")
    assert (response.status_code, response.json()["reason"]) == (410, "error")


def test_story_whose_end_has_passed_is_never_shown(file, api):
    call_command("import_content", file(WORLD, story(live_until="2026-03-01T00:00:00Z")))
    response = api.get("articles/flood-vote/")
    assert (response.status_code, response.json()["reason"]) == (410, "expired")
    assert api("articles/")["results"] == []
    assert Change.objects.filter(kind="article").count() == 0


def test_former_slugs_lead_to_the_story(file, api):
    call_command("import_content", file(WORLD, story(previous_slugs=["flood", "vote"])))
    response = api.get("articles/vote/")
    assert (response.status_code, response["Location"]) == (308, api("articles/flood-vote/")["url"])


def test_body_html_becomes_blocks(file, api):
    text = "<h2>Why</h2><p>One <b>two</b></p><ul><li>a</li><li>b</li></ul><blockquote>Said<cite>Ann</cite></blockquote>"
    line = story(body_html=text + "<script>alert(1)</script><hr>")
    del line["body"]
    call_command("import_content", file(WORLD, line))
    blocks = [
        {name: value for name, value in block.items() if name != "id"} for block in api("articles/flood-vote/")["body"]
    ]
    assert blocks == [
        {"type": "heading", "level": 2, "html": "Why"},
        {"type": "paragraph", "html": "One <strong>two</strong>"},
        {
            "type": "list",
            "ordered": False,
            "start": 1,
            "items": [{"html": "a", "list": None}, {"html": "b", "list": None}],
        },
        {"type": "quote", "html": "<p>Said</p>", "attribution": "Ann"},
        {"type": "divider"},
    ]


def answers(api):
    """What readers get of everything, without what differs between two sites: the files' and photos' hashes stay."""
    told = {}
    for path in ("feed", "photos", "bylines", "sections", "topics"):
        rows = api.walk(f"{path}/?page_size=100")
        told[path] = rows
        for row in rows:
            if path == "feed":
                told[row["url"]] = api(row["url"])
    return told


def small_demo(folder):
    """The demo's content, most of its pictures in small: decoding the large ones is no part of this."""
    demo = ROOT / "newsroom" / "demo"
    shutil.copytree(demo, folder)
    for picture in sorted((demo / "photos").iterdir())[2:]:
        (folder / "photos" / picture.name).write_bytes(make_picture(320, 240).read())
    return folder / "content.ndjson"


@pytest.mark.django_db(transaction=True)
def test_restored_site_gives_the_same_answers(api, tmp_path, settings):
    call_command("import_content", small_demo(tmp_path / "demo"))
    live = Article.objects.get(slug=api.slugs("articles/?page_size=1")[0])
    update(live, headline="Not out yet")
    moved = Article.objects.get(slug=api.slugs("articles/?page_size=2")[1])
    old_slug = moved.slug
    publish(update(moved, slug="moved-here"))
    gone = Article.objects.filter(is_retired=True).get()
    soon = publish(make_article(slug="soon"), at=datetime.now(UTC) + timedelta(days=1))
    before = answers(api)
    out = tmp_path / "out"
    out.mkdir()
    call_command("export_content", out / "all.ndjson")

    call_command("flush", interactive=False, verbosity=0)
    Edition.objects.get_or_create(pk=1)
    shutil.rmtree(settings.MEDIA_ROOT)
    call_command("import_content", out / "all.ndjson")

    assert answers(api) == before
    assert api.get(f"articles/{old_slug}/").status_code == 308
    assert api.get(f"articles/{gone.slug}/").json()["reason"] == "withdrawn"
    assert api.get("articles/soon/").status_code == 404
    assert Article.objects.get(pk=live.pk).headline == "Not out yet"
    assert Publication.objects.get(key=soon.pk).next_at is not None
    again = tmp_path / "again"
    again.mkdir()
    call_command("export_content", again / "all.ndjson")
    assert (again / "all.ndjson").read_bytes() == (out / "all.ndjson").read_bytes()


def test_import_needs_no_more_sql_for_two_hundred_stories_than_for_two(file):
    call_command("import_content", file(WORLD, WRITER))

    def statements(slugs):
        path = file(*(story(slug, bylines=["a-writer"]) for slug in slugs))
        with CaptureQueriesContext(connection) as queries:
            call_command("import_content", path)
        return len(queries)

    few = statements([f"few-{number}" for number in range(2)])
    many = statements([f"many-{number}" for number in range(200)])
    assert many <= few + 30  # rows go in chunks, never one by one


@pytest.mark.skipif(connection.vendor != "postgresql", reason="other databases plan without counting")
def test_database_knows_how_much_was_imported_before_anybody_asks(file):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE newsroom_section")  # as it comes by itself, and may at a bad moment
        call_command("import_content", file(*[{**WORLD, "slug": f"world-{number}"} for number in range(120)]))
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'newsroom_section'")
        counted = cursor.fetchone()[0]

    assert (counted, Section.objects.count()) == (120, 120)


def test_names_of_a_file_settle_on_what_the_desk_has():
    section, key = make_section("World"), uuid.uuid4()
    resolver = Resolver()
    for line in ({"slug": "world"}, {"slug": "new"}, {"id": str(key), "slug": "by-id"}, {"slug": "by-id"}):
        resolver.learn({"kind": "section", **line})
    resolver.settle()
    assert resolver.find("section", "world") == section.pk
    assert resolver.find("section", "by-id") == key
    assert resolver.find("section", "new") == resolver.in_file("section", "new") is not None
    assert resolver.find("section", "nowhere") is None


def test_bad_line_among_shared_ones_takes_no_edition(file):
    topic = {"kind": "topic", "slug": "a", "name": "A"}
    with pytest.raises(CommandError, match="1 section, 2 topics taken, 1 bad line"):
        call_command(
            "import_content",
            file(WORLD, topic, {**topic, "slug": "b", "same_as": ["no address"]}, {**topic, "slug": "c"}),
        )
    edition = Edition.objects.get()
    assert edition.number == Change.objects.count()
    assert list(Topic.objects.order_by("slug").values_list("slug", flat=True)) == ["a", "c"]
