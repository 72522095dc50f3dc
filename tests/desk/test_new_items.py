"""What is written on the page of an item that was never saved: kept, checked and saved with all its rows."""

import uuid

import pytest

from cms.desk.models import Autosave
from newsroom.models import Article, Blurb, Video
from tests.desk.test_pages_articles import log_in, rows
from tests.factories import make_article, make_byline, make_section

pytestmark = pytest.mark.django_db
MODELS = {"article": Article, "blurb": Blurb, "video": Video}
ROWS = {
    "article": ["placed_bylines", "placed_related", "placed_corrections"],
    "blurb": ["placed_bylines"],
    "video": ["placed_bylines", "placed_tracks"],
}
TEXT = {
    "article": {"headline": "Begun with its rows"},
    "blurb": {"text_html": "<p>Begun with its rows.</p>"},
    "video": {"headline": "Begun with its rows"},
}


def make_row(name):
    made = {
        "placed_bylines": lambda: {"byline": make_byline("Ann Able").pk, "role": "writer", "position": 0},
        "placed_related": lambda: {"related": make_article(headline="Another").pk, "position": 0},
        "placed_corrections": lambda: {"type": "correction", "text": "It was Tuesday."},
        "placed_tracks": lambda: {
            "kind": "captions",
            "language": "en",
            "label": "English",
            "text": "WEBVTT\n\n00:01.000 --> 00:02.000\nGood evening.\n",
        },
    }
    return made[name]()


def new_page(kind, *filled):
    """The fields of a page for a new item, as a browser sends them, one row in each of these."""
    page = {"key": str(uuid.uuid4()), "page": str(uuid.uuid4()), "base": "", "language": "en", **TEXT[kind]}
    page |= {"genre": "news", "stage": "writing"}
    for name in ROWS[kind]:
        page |= rows(name, [make_row(name)] if name in filled else [])
    return page


EACH = [(kind, name) for kind, names in ROWS.items() for name in names]


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_row_on_a_new_item_is_kept_and_checked_before_the_first_save(client, kind, name):
    log_in(client)
    page = new_page(kind, name)

    kept = client.post(f"/admin/newsroom/{kind}/add/autosave/", page)
    checked = client.post(f"/admin/newsroom/{kind}/add/check/", page)

    assert (kept.status_code, checked.status_code) == (200, 200)
    assert [str(version.key) for version in Autosave.objects.all()] == [page["key"]]
    assert not MODELS[kind].objects.filter(pk=page["key"]).exists()


@pytest.mark.parametrize("kind", ROWS)
def test_item_begun_with_all_its_rows_is_kept_taken_up_and_saved_under_its_first_key(client, kind):
    user = log_in(client)
    page = new_page(kind, *ROWS[kind])

    client.post(f"/admin/newsroom/{kind}/add/autosave/", page)
    autosave = Autosave.objects.get()
    taken_up = client.get(f"/admin/newsroom/{kind}/add/?take_up={autosave.pk}")
    answer = client.post(f"/admin/newsroom/{kind}/add/", {**page, "_preview": "1"}, headers={"X-Saving": str(user.pk)})

    assert str(taken_up.context["key"]) == page["key"]
    shown = [len(inline.formset.forms) for inline in taken_up.context["inline_admin_formsets"]]
    assert shown == [1 for _ in ROWS[kind]]
    assert answer.json()["to"] == f"/admin/newsroom/{kind}/{page['key']}/change/"
    item = MODELS[kind].objects.get(pk=page["key"])
    assert [getattr(item, name).count() for name in ROWS[kind]] == [1 for _ in ROWS[kind]]
    preview = client.post(f"/admin/newsroom/{kind}/{item.pk}/preview/")
    assert preview.status_code == 200


def test_new_story_that_relates_itself_breaks_nothing(client):
    log_in(client)
    page = new_page("article")
    page |= rows("placed_related", [{"related": page["key"], "position": 0}])

    for where in ("autosave/", "check/"):
        assert client.post(f"/admin/newsroom/article/add/{where}", page).status_code == 200
    saved = client.post("/admin/newsroom/article/add/", page, follow=True)
    assert "is left out" in str(next(iter(saved.context["messages"])))
    assert Article.objects.get().head.data["related"] == []


def test_checks_of_a_new_story_see_its_byline(client):
    log_in(client)
    opinion = make_section("Opinion", needs_byline=True)
    said = {}
    for filled in ((), ("placed_bylines",)):
        page = {**new_page("article", *filled), "section": opinion.pk}
        found = client.post("/admin/newsroom/article/add/check/", page).context["problems"]
        said[filled] = any("need a byline" in row["text"] for row in found)

    assert said == {(): True, ("placed_bylines",): False}
