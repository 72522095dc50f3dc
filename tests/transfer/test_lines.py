"""Lines of an import: whole, or said; and nothing that one of them holds takes the others with it."""

import json
import logging
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError

from cms.publishing.models import Address, Change, Publication, Version
from cms.transfer import report
from cms.transfer.lines import BadLine, read_moment
from cms.transfer.trees import parents_first
from newsroom.models import Article, Section
from newsroom.serializers import ArticleSerializer
from tests.factories import make_article, make_section, paragraphs, publish, update

WORLD = {"kind": "section", "slug": "world", "name": "World"}


def story(slug="flood-vote", **values):
    return {"kind": "article", "slug": slug, "headline": "Flood vote", "status": "published", **values}


@pytest.fixture
def take(tmp_path, capsys, db):
    """`take(line, ...)` imports lines, dicts or raw bytes, and gives what was said: of single lines, and in the end."""

    def run(*lines, **options):
        path = tmp_path / "content.ndjson"
        path.write_bytes(
            b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
        )
        try:
            call_command("import_content", path, **options)
        except CommandError as error:
            out, err = capsys.readouterr()
            return err.splitlines(), str(error)
        out, err = capsys.readouterr()
        return err.splitlines(), out

    return run


LACKING = [
    ({"body": [{"type": "paragraph"}]}, "body: block 1 (paragraph): html: "),
    ({"body": [{"type": "heading", "html": "x"}]}, "body: block 1 (heading): level: "),
    ({"body": [{"type": "list", "ordered": True}]}, "body: block 1 (list): items: "),
    ({"body": [{"type": "quote", "attribution": "A"}]}, "body: block 1 (quote): html: "),
    ({"body": [{"type": "factbox", "title": "T"}]}, "body: block 1 (factbox): html: "),
    ({"body": [{"type": "photo"}]}, "body: block 1 (photo): photo: "),
    ({"body": [{"type": "gallery"}]}, "body: block 1 (gallery): photos: "),
    ({"body": [{"type": "video"}]}, "body: block 1 (video): video: "),
    ({"body": [{"type": "related"}]}, "body: block 1 (related): article: "),
    ({"body": [{"type": "embed", "title": "t"}]}, "body: block 1 (embed): url: "),
    ({"corrections": [{"type": "correction"}]}, "corrections: text: "),
    ({"source": {"url": "https://example.org/"}, "kind": "blurb", "id": "b", "text_html": "x"}, "source: "),
    ({"kind": "video", "tracks": [{"kind": "captions"}]}, "tracks: language: "),
    ({"working_copy": {"body": [{"type": "paragraph"}]}}, "body: block 1 (paragraph): html: "),
]


@pytest.mark.parametrize(("given", "complaint"), LACKING, ids=[complaint for _, complaint in LACKING])
def test_what_stands_inside_a_value_is_whole_or_a_bad_line(take, api, given, complaint):
    line = {name: value for name, value in story(**given).items() if given.get("kind") != "blurb" or name != "slug"}
    line = {name: value for name, value in line.items() if given.get("kind") != "blurb" or name != "headline"}
    said, summary = take(WORLD, line, story("good"))
    assert len(said) == 1
    assert complaint in said[0]
    assert "1 article taken, 1 bad line" in summary
    assert api.slugs("feed/") == ["good"]


def test_block_may_leave_out_what_has_a_default(take, api):
    body = [
        {"type": "list", "items": ["a"]},
        {"type": "quote", "html": "Q."},
        {"type": "embed", "url": "https://www.youtube.com/watch?v=GaLLeyHrb04"},
        {"type": "factbox", "html": "<p>x</p>"},
    ]
    said, summary = take(story(body=body))
    assert (said, "0 bad lines" in summary) == ([], True)
    shown = api("articles/flood-vote/")["body"]
    assert shown[0]["ordered"] is False
    assert [block.get("attribution", block.get("title")) for block in shown[1:]] == [None, None, None]


def test_correction_without_a_time_is_made_now_and_once(take, api):
    line = story(corrections=[{"text": "It was Tuesday."}], published_at="2026-02-20T11:30:00Z")
    take(line)
    [correction] = api("articles/flood-vote/")["corrections"]
    age = datetime.now(UTC) - datetime.fromisoformat(correction["published_at"])
    assert abs(age.total_seconds()) < 60
    Version.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    count = Version.objects.count()
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        take(line)
    assert Version.objects.count() == count
    assert api("articles/flood-vote/")["corrections"] == [correction]


FAULTS = [
    RecursionError(),
    KeyError("html"),
    AttributeError("x"),
    MemoryError(),
    OperationalError("odd"),
    ZeroDivisionError(),
]


EVERYWHERE = [(fault, "store") for fault in FAULTS]  # each of them, and one of them at every other step
EVERYWHERE += [(FAULTS[1], step) for step in ("from_line", "complete", "rights_end", "facets")]


@pytest.mark.parametrize(
    ("fault", "step"), EVERYWHERE, ids=[f"{step}-{type(fault).__name__}" for fault, step in EVERYWHERE]
)
def test_whatever_goes_wrong_with_one_line_is_its_complaint(take, api, monkeypatch, caplog, fault, step):
    usual = getattr(ArticleSerializer, step).__func__

    def stumble(cls, *args):
        if "poison" in str(args):
            raise fault
        return usual(cls, *args)

    monkeypatch.setattr(ArticleSerializer, step, classmethod(stumble))
    said, summary = take(WORLD, *(story(slug) for slug in ("a", "b", "poison", "c", "d")))
    if step == "facets":  # of what stands already others are not to suffer, so that it is recorded as far as it goes
        assert said == []
        return
    assert [line.partition(":")[0] for line in said] == ['line 4, article "poison"']
    assert "1 section, 4 articles taken, 1 bad line" in summary
    assert sorted(api.slugs("articles/")) == ["a", "b", "c", "d"]
    assert "Traceback" not in "".join(said)
    assert isinstance(fault, RecursionError | MemoryError) or [
        r for r in caplog.records if r.levelno >= logging.WARNING
    ]


def test_deeply_nested_line_is_a_bad_one(take, api):
    deep = b'{"kind": "article", "slug": "deep", "body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    said, _ = take(deep, story("good"))
    assert len(said) == 1
    assert said[0].startswith("line 1")
    assert api.slugs("articles/") == ["good"]


def test_line_without_an_end_is_not_read_into_memory(take, api):
    said, _ = take(b'{"kind": "article", "slug": "' + b"x" * 12_000_000 + b'"}\n', story("good"))
    assert said == ["line 1: the line is longer than 5 MB"]
    assert api.slugs("articles/") == ["good"]


# What is said


def test_keys_that_are_not_kept_are_said(take, api):
    line = story(
        seo={"title": "T", "noindex": True},
        corrections=[{"text": "x", "published_at": "2026-02-20T11:30:00Z", "author": "me"}],
    )
    said, summary = take(line)
    assert said == [
        'line 1, article "flood-vote": seo.noindex is not kept; there is no such key',
        'line 1, article "flood-vote": corrections.author is not kept; there is no such key',
    ]
    assert "1 article taken, 0 bad lines" in summary
    assert "2 notices of what is not kept as it was written: key 2." in summary
    assert api("articles/flood-vote/")["seo"]["title"] == "T"


def test_article_that_names_itself_is_not_related_to_itself_and_that_is_said(take, api):
    body = [{"type": "paragraph", "html": "x"}, {"type": "related", "article": "flood-vote"}]
    said, _ = take(story("other"), story(related=["flood-vote", "other"], body=body))
    assert said == [
        'line 2, article "flood-vote": related: it names itself, which is left out',
        'line 2, article "flood-vote": body: a block shows the story inside itself, which is left out',
    ]
    shown = api("articles/flood-vote/")
    assert [card["slug"] for card in shown["related"]] == ["other"]
    assert [block["type"] for block in shown["body"]] == ["paragraph"]


def test_old_slug_that_is_another_s_or_cannot_be_reached_is_said(take, api):
    said, summary = take(
        story("a", previous_slugs=["2020/01/old", "b", "old-a", "a"]),
        story("b"),
        story("c", previous_slugs=["old-a"]),
        {"kind": "blurb", "id": "x", "text_html": "<p>x</p>", "previous_slugs": ["y"]},
    )
    assert said == [
        'line 1, article: previous_slugs: "2020/01/old" could never be reached, and is not kept',
        'line 1, article: previous_slugs: "b" is another article\'s, and is not kept',
        'line 3, article: previous_slugs: "old-a" is another article\'s, and is not kept',
        'line 4, blurb: previous_slugs: "y" could never be reached, and is not kept',
    ]
    assert "3 articles, 1 blurb taken, 0 bad lines" in summary
    assert "old slug 4" in summary
    assert sorted(api.slugs("articles/")) == ["a", "b", "c"]
    assert api.get("articles/old-a/")["Location"] == api("articles/a/")["url"]


def test_same_thing_is_said_once_and_many_are_counted(take, monkeypatch):
    monkeypatch.setattr(report, "MOST_SAID", 5)
    said, summary = take(*(story(f"s-{number}", seo={"noindex": True}) for number in range(8)))
    assert len(said) == 6
    assert said[-1] == "... and 3 more notices."
    assert "key 8." in summary


# Words


def test_mark_at_the_head_of_a_file_is_no_part_of_it(take, api):
    said, _ = take(b"\xef\xbb\xbf", story("first"), story("second"))
    assert said == []
    assert sorted(api.slugs("articles/")) == ["first", "second"]


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_file_in_another_encoding_is_refused_in_one_sentence(take, mark):
    said, summary = take(mark, json.dumps(story()).encode("utf-16-le"))
    assert said == []
    assert summary.endswith("the file is UTF-16; save it as UTF-8.")


MOMENTS = {
    "2026-02-20T11:30Z": (11, 30, 0, 0),
    "2026-02-20T11:30:07.1Z": (11, 30, 7, 100_000),
    "2026-02-20T11:30:07.123456789012345678901234567890Z": (11, 30, 7, 123_456),
    "2026-02-20T13:30:07,5+02:00": (11, 30, 7, 500_000),
    "2026-02-20t11:30:07z": (11, 30, 7, 0),
    "2026-02-20 11:30:07Z": (11, 30, 7, 0),
    "2026-02-20T07:00:00-0430": (11, 30, 0, 0),
    " 2026-02-20T11:30+00\n": (11, 30, 0, 0),
    "2026-02-20T11:59:60Z": (11, 59, 59, 0),
    "2026-02-20": (0, 0, 0, 0),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_times_are_read_as_rfc_3339_and_without_seconds(text, settings):
    settings.TIME_ZONE = "UTC"
    assert read_moment("published_at", text) == datetime(2026, 2, 20, *MOMENTS[text], tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-30T11:30Z", "2026-02-20T24:00Z", "2026-02-20T11:30:60Z", "2026-02-20T11Z", 5, []],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(BadLine, match="published_at: write a time"):
        read_moment("published_at", text)


def test_times_inside_values_are_read_alike(take, api):
    said, _ = take(
        story(corrections=[{"text": "x", "published_at": "2026-02-20T11:30Z"}]),
        {"kind": "photo", "id": "p", "taken_at": "noon"},
    )
    assert api("articles/flood-vote/")["corrections"][0]["published_at"] == "2026-02-20T11:30:00Z"
    assert said == ['line 2, photo "p": taken_at: write a time such as 2026-02-20T11:30:00Z, or null']


# Trees


def section(slug, parent=None, **values):
    return {"kind": "section", "slug": slug, "name": slug.title(), "parent": parent, **values}


def test_sections_may_stand_in_any_order(take, api):
    take(section("c", "b"), section("b", "a"), section("a"))
    assert api("sections/c/")["parent"]["slug"] == "b"
    assert api("sections/b/")["parent"]["slug"] == "a"


def test_sections_in_a_ring_are_bad_lines_and_the_others_are_taken(take, api):
    said, summary = take(
        section("a", "c"),
        section("b", "a"),
        section("c", "b"),
        section("self", "self"),
        section("below", "a"),
        section("d"),
    )
    assert [line.split(";")[0] for line in said[:4]] == [
        'line 1, section "a": parent: these stand below each other in a ring: a > c > b > a',
        'line 2, section "b": parent: these stand below each other in a ring: a > c > b > a',
        'line 3, section "c": parent: these stand below each other in a ring: a > c > b > a',
        'line 4, section "self": parent: these stand below each other in a ring: self > self',
    ]
    assert said[4:] == ['line 5, section "below": parent: there is no section "a"']
    assert "1 section taken, 5 bad lines" in summary
    assert [row["slug"] for row in api("sections/")["results"]] == ["d"]


def test_section_is_not_put_below_its_own_child(take, api):
    top = make_section("Top")
    make_section("Child", parent=top)
    said, _ = take({"kind": "section", "slug": "top", "parent": "child"})
    assert said == ['line 1, section "top": parent: it cannot stand below itself; choose another parent']


def test_section_that_moves_takes_its_stories_with_it(take, api):
    take(section("a"), section("b"), story(section="b"))
    assert api.slugs("articles/?section=a") == []
    take({"kind": "section", "slug": "b", "parent": "a"})
    assert api.slugs("articles/?section=a") == ["flood-vote"]
    assert Section.objects.get(slug="b").name == "B"


def test_section_whose_slug_is_another_s_is_a_bad_line(take):
    make_section("World")
    said, summary = take(section("x", id="1"), section("x", id="2"), section("world", id="3"), section("y"))
    assert said == [
        'line 2, section "x": slug: another section has the slug "x"; choose another',
        'line 3, section "world": slug: another section has the slug "world"; choose another',
    ]
    assert "2 sections taken, 2 bad lines" in summary


def test_tree_is_ordered_without_recursion_and_in_no_time():
    lines = [(number, {"slug": str(number), "parent": str(number + 1)}) for number in range(1, 20_001)]
    ordered, rings = parents_first(lines, lambda given: given["slug"], lambda given: given["parent"])
    assert [number for number, _ in ordered] == list(range(20_000, 0, -1))
    assert rings == {}


def test_import_of_sections_needs_no_more_sql_for_two_hundred_than_for_two(take, django_assert_max_num_queries):
    take(section("top"))
    with django_assert_max_num_queries(60):
        take(*(section(f"s-{number}", "top") for number in range(200)))
    assert Section.objects.count() == 201


# The log


def changes_of(kind):
    return Change.objects.filter(kind=kind).order_by("edition")


def test_log_says_when_readers_could_see_it_here_not_when_it_was_printed(take, api):
    before = datetime.now(UTC).replace(microsecond=0)
    writer = {"kind": "byline", "slug": "ann", "name": "Ann"}
    take(writer, story(published_at="2014-02-20T11:30:00Z", bylines=["ann"]))
    take(story(headline="Other words", published_at="2014-02-20T11:30:00Z"))
    take({"kind": "article", "slug": "flood-vote", "status": "draft", "withdrawn_at": "2015-01-01T00:00:00Z"})

    assert list(changes_of("article").values_list("action", flat=True)) == ["published", "updated", "withdrawn"]
    assert list(changes_of("byline").values_list("action", flat=True)) == ["published", "withdrawn"]
    assert [change.slug for change in Change.objects.all() if change.at < before] == []
    assert Publication.objects.get().withdrawn_at == datetime(2015, 1, 1, tzinfo=UTC)
    assert api.get("articles/flood-vote/").status_code == 410


def test_story_changed_by_an_import_is_updated_now(take, api):
    take(story(published_at="2014-02-20T11:30:00Z"))
    assert api("articles/flood-vote/")["updated_at"] == "2014-02-20T11:30:00Z"
    before = datetime.now(UTC).replace(microsecond=0)
    take(story(headline="Other words", published_at="2014-02-20T11:30:00Z"))
    assert datetime.fromisoformat(api("articles/flood-vote/")["updated_at"]) >= before


def test_end_that_an_import_brings_is_seen_now(take):
    before = datetime.now(UTC).replace(microsecond=0)
    take(story(published_at="2014-02-20T11:30:00Z"))
    take(story(live_until="2015-01-01T00:00:00Z"))
    assert [change.at >= before for change in changes_of("article")] == [True, True]


def test_what_is_written_at_the_desk_stays_when_a_line_changes_something_else(take, api):
    article = publish(make_article(slug="flood-vote", body=paragraphs("One.")))
    update(article, headline="Being written")
    take({"kind": "article", "slug": "flood-vote", "kicker": "Floods"})
    article.refresh_from_db()
    assert (article.headline, article.kicker) == ("Being written", "Floods")
    assert api("articles/flood-vote/")["kicker"] == "Floods"
    assert api("articles/flood-vote/")["headline"] != "Being written"
    assert Article.objects.count() == Address.objects.filter(kind="article").count() == 1


def test_line_that_needs_one_that_was_refused_says_which(take):
    said, _summary = take(
        {"kind": "topic", "slug": "flood", "name": None},
        {"kind": "byline", "slug": "ann", "name": "Ann", "email": "nobody"},
        {"kind": "photo", "id": "quay", "file": "quay.jpg"},
        {"kind": "video", "slug": "barrier", "headline": "Barrier", "status": "soon"},
        {"kind": "topic", "slug": "twice", "name": "Twice", "name ": ""},
        story("a", topics=["flood"]),
        story("b", bylines=["ann"]),
        story("c", lead_photo="quay"),
        story("d", body=[{"type": "video", "video": "barrier"}]),
        story("e", status="soon"),
        {"kind": "blurb", "id": "f", "text_html": "x", "article": "e"},
    )
    assert [line for line in said if line.startswith(("line 6", "line 7", "line 8", "line 9", "line 11"))] == [
        'line 6, article "a": topics: there is no topic "flood"',
        'line 7, article "b": bylines: there is no byline "ann"',
        'line 8, article "c": lead_photo: there is no photo "quay"',
        'line 9, article "d": body: block 1 (video): video: there is no video "barrier"',
        'line 11, blurb "f": article: there is no article "e"',
    ]


def test_what_was_there_before_is_found_though_its_line_is_refused(take, api):
    take({"kind": "topic", "slug": "flood", "name": "Flood"})
    take({"kind": "topic", "slug": "flood", "name": None}, story(topics=["flood"]))
    assert [topic["slug"] for topic in api("articles/flood-vote/")["topics"]] == ["flood"]


def test_story_that_names_one_which_is_not_there_is_taken_and_said(take, api):
    lines = [
        story("a", related=["b", "c"]),
        story("b", body=[*paragraphs("One."), {"type": "related", "article": "c"}]),
        story("c", status="soon"),
    ]
    left_out = "it names another article that is not there; it is shown once that is"
    for _time in range(2):
        said, _summary = take(*lines)
        assert said[-2:] == [f'article "a": {left_out}', f'article "b": {left_out}']
    said, _summary = take(*lines[:2], story("c"))
    assert said == []
    assert [card["slug"] for card in api("articles/a/")["related"]] == ["b", "c"]
    assert api("articles/b/")["body"][-1]["article"]["slug"] == "c"


def test_line_with_a_key_twice_is_called_by_its_name(take):
    said, _summary = take(b'{"kind": "article", "slug": "a", "headline": "A", "headline": "B"}\n')
    assert said == ['line 1, article "a": the key "headline" stands twice; keep one']


@pytest.mark.parametrize("value", ["first", 1.5, True, [1]])
def test_place_of_a_section_is_a_whole_number(take, value):
    said, _summary = take({"kind": "section", "slug": "world", "name": "World", "position": value})
    assert said[0].startswith('line 1, section "world": position: ')
    assert Section.objects.count() == 0


def test_former_slugs_of_topics_are_read_as_those_of_stories_are(take, api):
    topic = {"kind": "topic", "slug": "flood", "name": "Flood"}
    said, _summary = take(
        {**topic, "previous_slugs": ["%ce%b5%cf%80%ce%b9", "cafe\u0301", "2020/01/flood", "rain"]},
        {**topic, "slug": "rain", "name": "Rain"},
        story(topics=["flood", "rain"]),
    )
    assert said == [
        'line 1, topic: previous_slugs: "2020/01/flood" could never be reached, and is not kept',
        'line 1, topic: previous_slugs: "rain" is another topic\'s, and is not kept',
    ]
    assert [api.get(f"topics/{slug}/").status_code for slug in ("επι", "café", "rain")] == [308, 308, 200]


@pytest.mark.parametrize("label", [5, None, "", " ", ["x"]])
def test_label_of_a_link_is_a_text(take, label):
    links = [{"label": label, "url": "https://example.org/"}]
    said, _summary = take({"kind": "byline", "slug": "ann", "name": "Ann", "links": links})
    assert said == [
        'line 1, byline "ann": links: Write each link as {"label": "...", "url": "https://..."}.',
    ]
