"""What an older release let in: it takes nothing with it, and the desk opens it."""

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from cms.previews import previews
from cms.publishing import checks, press, reading
from cms.publishing.models import Publication, Version
from newsroom.body.mending import whole
from newsroom.models import Article, Byline
from tests.factories import make_article, make_byline, make_section, paragraphs, publish

pytestmark = pytest.mark.django_db

BROKEN = [
    {"id": "p1", "type": "paragraph", "html": "It happened."},
    {"id": "b1", "type": "paragraph"},
    {"id": "b2", "type": "list", "items": ["a", "b"]},
    {"id": "b3", "type": "quote", "attribution": "Ann Example"},
    {"id": "b4", "type": "heading", "html": "Why"},
    {"id": "b5", "type": "photo"},
    {"id": "b6", "type": "embed", "title": "A film"},
    {"id": "b7", "type": "wp-poll", "html": "Who wins?"},
    {"type": "paragraph", "html": "Without an id."},
]


NESTED = [
    {"id": "n1", "type": "list", "ordered": True, "start": None, "items": [{"html": "One"}]},
    {
        "id": "n2",
        "type": "list",
        "ordered": True,
        "start": 1,
        "items": [5, {"html": "Two", "list": {"items": "Three"}}],
    },
    {"id": "n3", "type": "table", "rows": [["Four"], ["Five", "Six"]]},
    {"id": "n4", "type": "table", "rows": [["Seven", {"html": "Eight"}]]},
    {"id": "n5", "type": "photo", "photo": {"link": "photo", "id": "quay"}},
    {"id": "n6", "type": "photo", "photo": {"link": "photo"}},
    {"id": "n7", "type": "gallery", "photos": [None, {"link": "photo"}]},
]


def break_body(article, body=BROKEN):
    """Put a body where an older release would have: at the desk, and before readers."""
    Article.objects.filter(pk=article.pk).update(body=body)
    for version in Version.objects.filter(key=article.pk):
        version.data["body"] = body
        Version.objects.filter(pk=version.pk).update(data=version.data)
    Publication.objects.filter(key=article.pk).update(card="", document="", rendering="")
    return Article.objects.get(pk=article.pk)


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_user("ed", is_staff=True, is_superuser=True))
    return client


def test_story_that_cannot_be_shown_takes_no_other_with_it(api, caplog):
    ann = make_byline("Ann")
    broken = publish(make_article(slug="broken", bylines=[ann]))
    body = [{"id": "r", "type": "related", "article": {"link": "article", "id": str(broken.pk)}}, *paragraphs("Well.")]
    publish(make_article(slug="whole", body=body, related=[broken]))
    break_body(broken)
    Publication.objects.update(card="", document="", rendering="")

    assert api.slugs("articles/") == ["whole"]
    assert api.slugs("feed/") == ["whole"]
    assert api.slugs("articles/?byline=ann") == []
    assert [block["html"] for block in api("articles/whole/")["body"] if block["type"] == "paragraph"] == ["Well."]
    answer = api.get("articles/broken/")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "It cannot be shown at present. The newsroom's log says why."
    said = [record.getMessage() for record in caplog.records if "cannot be shown to readers" in record.getMessage()]
    assert said == [
        f"article {broken.pk} cannot be shown to readers; manage.py check_content says what is wrong with it"
    ]  # once, not at each request


def test_card_that_cannot_be_made_is_left_out_of_what_shows_it(api):
    broken = publish(make_article(slug="broken"))
    body = [{"id": "r", "type": "related", "article": {"link": "article", "id": str(broken.pk)}}, *paragraphs("Well.")]
    publish(make_article(slug="whole", body=body, related=[broken]))
    break_body(broken, [{"id": "b", "type": "list", "ordered": False, "items": [1]}])
    Publication.objects.update(card="", document="", rendering="")

    shown = api("articles/whole/")
    assert [block["type"] for block in shown["body"]] == ["paragraph"]
    assert shown["related"] == []


def test_what_cannot_be_shown_stops_neither_render_nor_a_moved_section(api):
    above, section = make_section("Above"), make_section("World")
    broken = publish(make_article(slug="broken", section=section))
    publish(make_article(slug="whole", section=section))
    break_body(broken)
    Publication.objects.update(card="", document="", rendering="")
    for version in Version.objects.filter(key=broken.pk):
        del version.data["genre"]
        Version.objects.filter(pk=version.pk).update(data=version.data)

    assert reading.render_missing() == 2
    assert reading.render_missing() == 0
    section.parent = above
    section.save()
    assert api.slugs("articles/?section=above") == ["whole"]


def test_byline_that_cannot_be_shown_takes_no_other_with_it(api):
    ann, bob = make_byline("Ann"), make_byline("Bob")
    publish(make_article(bylines=[ann, bob]))
    Byline.objects.filter(pk=ann.pk).update(links=5)
    assert api.slugs("bylines/") == ["bob"]
    assert api.get("bylines/ann/").status_code == 404


def test_what_cannot_be_shown_is_not_published(desk):
    article = break_body(make_article(slug="broken", standfirst="x"))
    with pytest.raises(checks.Refused, match="cannot be shown"):
        press.publish(article)
    assert Publication.objects.count() == 0


@pytest.mark.apart
@pytest.mark.parametrize("block", BROKEN, ids=[f"{block.get('id')}-{block['type']}" for block in BROKEN])
def test_desk_opens_what_an_older_release_let_in(desk, block):
    article = break_body(publish(make_article()), [block, *paragraphs("The rest.")])
    answers = {
        page: desk.get(f"/admin/newsroom/article/{article.pk}/{page}/") for page in ("change", "history", "delete")
    }
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert "The rest." in answers["change"].content.decode()


def test_preview_of_what_cannot_be_shown_is_not_there(api):
    article = break_body(make_article(slug="broken"))
    link = previews.make(article, None)
    answer = api.get("articles/broken/", authorization=f"Preview {previews.token_of(link)}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "It cannot be shown at present. The newsroom's log says why."


def test_what_was_written_is_kept_when_a_body_is_mended():
    mended = whole(BROKEN)
    assert [(block["type"], block.get("html", block.get("items"))) for block in mended] == [
        ("paragraph", "It happened."),
        ("paragraph", ""),
        ("list", [{"html": "a", "list": None}, {"html": "b", "list": None}]),
        ("paragraph", "Ann Example"),
        ("heading", "Why"),
        ("paragraph", "A film"),
        ("paragraph", "Who wins?"),
        ("paragraph", "Without an id."),
    ]
    assert mended[2]["ordered"] is False
    assert mended[4]["level"] == 2
    assert whole(mended) == mended
    assert len({block["id"] for block in mended}) == len(mended)


def test_story_with_broken_values_in_its_blocks_opens_with_all_its_words(desk, tmp_path):
    article = break_body(publish(make_article(slug="broken")), NESTED)

    page = desk.get(f"/admin/newsroom/article/{article.pk}/change/")
    assert page.status_code == 200
    words = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"]
    assert [word for word in words if word not in page.content.decode()] == []
    assert whole(whole(NESTED)) == whole(NESTED)


def test_links_that_name_nothing_do_not_end_an_export(tmp_path):
    break_body(publish(make_article(slug="broken")), NESTED)
    publish(make_article(slug="whole"))
    call_command("export_content", tmp_path / "content.ndjson")

    lines = map(json.loads, (tmp_path / "content.ndjson").read_text().splitlines())
    assert {line["slug"] for line in lines if line["kind"] == "article"} == {"broken", "whole"}
