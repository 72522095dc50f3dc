"""Writing by a key: what is made, changed and published, what is refused, and that nobody's text is lost."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.publishing import press
from cms.publishing.models import Act, Publication, Version
from media.models import Photo
from newsroom.models import Article, Section, Topic
from tests.api.manage.conftest import errors_of
from tests.factories import FILMS, make_article, make_byline, make_photo, make_section, make_topic, publish, update
from tests.media.pictures import CORPUS, photo_bytes

pytestmark = pytest.mark.django_db
LINE = {
    "headline": "Flood vote",
    "slug": "flood-vote",
    "section": "world",
    "topics": ["flood"],
    "bylines": [{"byline": "ada", "role": "writer"}],
    "body_html": "<p>All <b>voted</b>.</p>",
}


@pytest.fixture
def things(db):
    return make_section("World"), make_topic("Flood"), make_byline("Ada")


# Made, changed, deleted


def test_story_is_made_under_the_names_of_an_import(desk, things, api):
    made = desk.post("articles/", LINE)

    article = Article.objects.get()
    assert (made.status_code, made["ETag"]) == (201, f'"{article.head_id}"')
    assert made["Location"].endswith(f"/api/v1/manage/articles/{article.pk}/")
    told = made.json()
    assert told["body"] == [{"id": told["body"][0]["id"], "type": "paragraph", "html": "All <strong>voted</strong>."}]
    assert {name: told[name] for name in ("section", "topics", "bylines", "state", "version")} == {
        "section": "world",
        "topics": ["flood"],
        "bylines": [{"byline": "ada", "role": "writer"}],
        "state": "draft",
        "version": article.head_id,
    }
    assert (article.made_by, article.head.author, article.head.by_key) == (desk.account, desk.account, "Wire desk")
    assert desk.get(f"articles/{article.pk}/").json() == told
    assert desk.get("articles/flood-vote").json() == told
    assert api("articles/")["results"] == []


def test_answer_can_be_sent_back_as_it_is_and_changes_nothing(desk, things):
    publish(make_article(slug="live", corrections=["It was Tuesday."], related=[make_article(slug="other")]))
    press.publish(desk_item := make_article(slug="later"), at=far_ahead())
    for name in ("live", "later", "other"):
        told = desk.get(f"articles/{name}/")
        for answer in (
            desk.put(f"articles/{name}/", told.json(), told),
            desk.patch(f"articles/{name}/", told.json(), told),
        ):
            assert (answer.status_code, answer.json(), answer["ETag"]) == (200, told.json(), told["ETag"])
    for path, row in (("sections", things[0]), ("topics", things[1]), ("bylines", things[2]), ("photos", make_photo())):
        told = desk.get(f"{path}/{row.pk}/")
        again = desk.put(f"{path}/{row.pk}/", told.json(), told)
        assert (path, again.status_code, again.json(), again["ETag"]) == (path, 200, told.json(), told["ETag"])
    assert desk_item.head_id is not None


def far_ahead():
    from datetime import UTC, datetime

    return datetime(2100, 1, 1, tzinfo=UTC)


def test_patch_changes_what_it_names_and_put_empties_the_rest(desk, things):
    made = desk.post("articles/", {**LINE, "kicker": "Floods"})
    one = f"articles/{made.json()['id']}/"

    patched = desk.patch(one, {"headline": "Dike vote", "topics": []}, made)
    told = patched.json()
    assert (told["headline"], told["topics"], told["kicker"], told["section"]) == ("Dike vote", [], "Floods", "world")

    replaced = desk.put(one, {"headline": "Third", "slug": "third"}, patched).json()
    assert (replaced["headline"], replaced["kicker"], replaced["section"], replaced["body"]) == ("Third", "", None, [])
    assert Version.objects.count() == 3


def test_what_names_nothing_or_says_what_cannot_be_is_refused_by_its_place(desk, things):
    made = desk.post("articles/", LINE)
    wrong = {
        "section": ("wrld", 'there is no section "wrld"'),
        "genre": ("gossip", '"gossip" is not a valid choice.'),
        "body": ([{"type": "video", "video": "x"}], None),
        "sluug": ("x", None),
        "published_at": ("2026-01-01", None),
        "status": ("published", None),
        "id": ("other", None),
        "kind": ("blurb", None),
    }
    for name, (value, message) in wrong.items():
        status, errors = errors_of(desk.patch(f"articles/{made.json()['id']}/", {name: value}, made))
        assert (name, status, errors[0][0].split("/")[1]) == (name, 400, name)
        assert message is None or errors[0][1] == message
    assert errors_of(desk.post("articles/", {"slug": "flood-vote"}))[0] == 400
    assert Version.objects.count() == 1


def test_item_with_an_id_of_its_own_is_made_once(desk, things):
    first = desk.post("articles/", {**LINE, "id": "wire-4711"})
    again = desk.post("articles/", {**LINE, "id": "wire-4711", "headline": "Other"})

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["existing"] == {"kind": "article", "id": first.json()["id"]}
    assert desk.get("articles/wire-4711/").json() == first.json()
    assert Article.objects.get().headline == "Flood vote"


def test_only_what_readers_never_had_is_deleted(desk, api):
    draft, live = make_article(slug="draft"), publish(make_article(slug="live"))
    press.withdraw(gone := publish(make_article(slug="gone")))

    answers = [desk.delete(f"articles/{item.pk}/", f'"{item.head_id}"').status_code for item in (draft, live, gone)]

    assert answers == [204, 409, 409]
    assert {item.slug for item in Article.objects.all()} == {"live", "gone"}
    assert [(act.verb, act.by_name) for act in Act.objects.filter(verb="deleted")] == [
        ("deleted", "Ann (key: Wire desk)")
    ]


def test_what_others_use_is_not_deleted(desk, things):
    publish(make_article(slug="live", section=things[0], topics=[things[1]]))
    for path, row in (("sections", things[0]), ("topics", things[1])):
        told = desk.get(f"{path}/{row.pk}/")
        refused = desk.delete(f"{path}/{row.pk}/", told)
        assert (refused.status_code, refused.json()["detail"]) == (409, "Something live still uses it.")
    section = make_section("Sport")
    make_article(section=section)
    refused = desk.delete("sections/sport/", desk.get("sections/sport/"))
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "It is in use, by stories; take it out there first.",
    )
    free = desk.get(f"bylines/{things[2].pk}/")
    assert desk.delete("bylines/ada/", free).status_code == 204


def test_corrections_are_added_and_never_taken_back(desk):
    article = publish(make_article(slug="live", corrections=["It was Tuesday."]))
    told = desk.get("articles/live/")
    there = told.json()["corrections"]

    assert errors_of(desk.patch("articles/live/", {"corrections": []}, told))[0] == 400
    more = {"type": "correction", "text": "And it was noon."}
    added = desk.patch("articles/live/", {"corrections": [*there, more]}, told)
    whole = desk.put("articles/live/", {"headline": "Short", "slug": "live"}, added)
    back = desk.post("articles/live/restore/", {"version": article.head_id})

    texts = [[row["text"] for row in answer.json()["corrections"]] for answer in (added, whole, back)]
    assert texts == [["It was Tuesday.", "And it was noon."]] * 3


# Things that many share


def test_section_is_made_moved_and_seen_at_once(desk, api):
    world = desk.post("sections/", {"name": "World", "slug": "world"})
    town = desk.post("sections/", {"name": "Town", "slug": "town", "parent": "world"})
    assert api("sections/town/")["parent"]["slug"] == "world"

    ring = desk.patch("sections/world/", {"parent": "town"}, world)
    alone = desk.patch("sections/town/", {"parent": None, "description": "The town."}, town)

    assert errors_of(ring) == (400, [("/parent", "A section cannot stand below itself; choose another parent.")])
    assert (alone.status_code, api("sections/town/")["parent"]) == (200, None)
    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert list(entries) == [
        ("World", "By the key “Wire desk”: name, slug"),
        ("Town", "By the key “Wire desk”: name, slug, parent"),
        ("Town", "By the key “Wire desk”: parent, description"),
    ]


def test_shared_thing_that_somebody_changed_meanwhile_is_not_overwritten(desk):
    topic = make_topic("Flood")
    began = desk.get("topics/flood/")
    Topic.objects.get().refresh_from_db()
    topic.description = "Of 2026."
    topic.save()

    late = desk.patch("topics/flood/", {"name": "Floods"}, began)

    assert (late.status_code, late.json()["newest"]["description"]) == (412, "Of 2026.")
    assert desk.patch("topics/flood/", {"name": "Floods"}, late.json()["etag"]).status_code == 200
    assert desk.ask("PATCH", "topics/flood/", {"name": "x"}).status_code == 428


def test_an_address_that_is_none_is_named(desk):
    topic = {"name": "Grain", "slug": "grain", "same_as": ["https://example.org/", "javascript:alert(1)"]}
    message = '"javascript:alert(1)" is no web address; write one such as https://example.org/.'
    assert errors_of(desk.post("topics/", topic)) == (400, [("/same_as", message)])
    byline = {"name": "Ada", "slug": "ada", "links": [{"label": "Site", "url": "javascript:alert(1)"}]}
    assert errors_of(desk.post("bylines/", byline)) == (400, [("/links", message)])


def test_times_are_written_as_readers_get_them(desk):
    ends = "2040-10-27T01:30:00Z"
    story = desk.post("articles/", {"headline": "Vote", "slug": "vote", "body_html": "<p>Text.</p>"}).json()
    told = desk.post(f"articles/{story['id']}/publish/", {"live_until": "2040-10-27T03:30:00+02:00"}).json()
    assert (told["live_until"], told["published_at"][-1]) == (ends, "Z")
    photo = make_photo()
    told = desk.patch(f"photos/{photo.pk}/", {"usable_until": ends, "taken_at": ends}, desk.get(f"photos/{photo.pk}/"))
    assert (told.json()["usable_until"], told.json()["taken_at"]) == (ends, ends)


# Pictures


def picture(name="quay.jpg", **more):
    return SimpleUploadedFile(name, photo_bytes(**more), "image/jpeg")


def test_picture_comes_in_through_the_gate_with_what_is_said_of_it(desk):
    said = {"alt_text": "A quay", "credit_line": "A. Name/Agency", "focal_point": '{"x": 0.25, "y": 0.5}'}
    made = desk.send("photos/", {"file": picture(), **said, "is_decorative": "false"})

    photo = Photo.objects.get()
    assert (made.status_code, made.json()["id"]) == (201, str(photo.pk))
    assert (photo.alt_text, photo.credit_line, photo.focal_x, photo.file_name) == (
        "A quay",
        "A. Name/Agency",
        0.25,
        "quay.jpg",
    )
    assert photo.made.widths

    again = desk.send("photos/", {"file": picture(), "data": json.dumps({"alt_text": "Other"})})
    assert (again.status_code, again.json()["existing"]["id"]) == (409, str(photo.pk))
    changed = desk.patch(f"photos/{photo.pk}/", {"caption": "At dusk"}, made)
    assert (changed.status_code, changed.json()["caption"], changed.json()["alt_text"]) == (200, "At dusk", "A quay")


def test_who_brings_a_picture_is_told_what_the_desk_is_told_of_it(desk):
    still = "The picture is animated; only its first frame that is not blank is shown."
    animated = SimpleUploadedFile("a.gif", (CORPUS / "animated.gif").read_bytes(), "image/gif")
    made = desk.send("photos/", {"file": animated})
    assert (made.status_code, made.json()["notices"]) == (201, [still])
    assert Photo.objects.get().notices == [still]
    assert "notices" not in desk.patch(f"photos/{made.json()['id']}/", {"caption": "At dusk"}, made).json()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"file": SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")}, 415),
        ({"file": SimpleUploadedFile("a.jpg", b"", "image/jpeg")}, 400),
        ({"alt_text": "No file"}, 400),
        ({"file": "a.jpg"}, 400),
        ({"data": "[1]"}, 400),
        ({"data": '{"alt_text": 1}'}, 400),
        ({"data": '{"alt_text": "a"}', "alt_text": "b"}, 400),
    ],
)
def test_what_is_no_picture_is_refused(desk, fields, status):
    assert desk.send("photos/", fields).status_code == status
    assert Photo.objects.count() == 0


def test_picture_that_is_no_json_and_json_that_is_no_picture(desk):
    assert desk.post("photos/", {"alt_text": "x"}).status_code == 400
    assert desk.post("photos/", {"file": "../../etc/passwd"}).status_code == 400
    assert desk.send("topics/", {"name": "x"}).status_code == 415


@pytest.mark.parametrize("file", [["tiny.mp4"], {"stored": "originals/videos/x.mp4"}, 5, True])
def test_file_is_named_by_a_text(desk, file):
    message = "file: write the name of a file that comes with it"
    assert errors_of(desk.post("videos/", {"headline": "x", "file": file})) == (400, [("/file", message)])
    track = {"kind": "captions", "language": "en", "label": "English", "file": file}
    message = "tracks: write the name of a file that comes with it"
    assert errors_of(desk.post("videos/", {"headline": "x", "tracks": [track]})) == (400, [("/tracks", message)])


def test_film_and_captions_come_in_with_what_is_said_of_them(desk, program):
    said = {"headline": "The barrier", "slug": "barrier", "file": "tiny.mp4"}
    said["tracks"] = [{"kind": "captions", "language": "en", "label": "English", "file": "en.vtt"}]
    captions = b"WEBVTT\n\n00:00.500 --> 00:01.500\nIt closes.\n"

    def form():
        film = SimpleUploadedFile("tiny.mp4", (FILMS / "tiny.mp4").read_bytes(), "video/mp4")
        return {"data": json.dumps(said), "film": film, "words": SimpleUploadedFile("en.vtt", captions)}

    assert program("write", name="No media").send("videos/", form()).status_code == 403
    made = desk.send("videos/", form())
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["duration_seconds"] is not None, told["file"].startswith("videos/")) == (True, True)
    again = desk.put("videos/barrier/", told, made)
    assert (again.status_code, again.json()) == (200, told)
    assert desk.patch("videos/barrier/", {"file": "videos/other.mp4"}, made).status_code == 400


def test_film_of_a_refused_request_stays_for_who_has_sent_the_same_meanwhile(desk):
    def form(**said):
        film = SimpleUploadedFile("tiny.mp4", (FILMS / "tiny.mp4").read_bytes(), "video/mp4")
        return {"data": json.dumps({"headline": "Film", "slug": "film", "file": "tiny.mp4", **said}), "film": film}

    assert desk.send("videos/", form(access="nobody")).status_code == 400
    folders, _files = default_storage.listdir("originals/videos")
    assert [len(default_storage.listdir(f"originals/videos/{folder}")[1]) for folder in folders] == [1]
    assert desk.send("videos/", form()).status_code == 201


# Before readers


def test_story_is_published_updated_scheduled_withdrawn_and_restored(desk, things, api):
    made = desk.post("articles/", LINE)
    one = f"articles/{made.json()['id']}"

    live = desk.post(f"{one}/publish/", {"published_at": "2026-02-20T11:30:00Z"}).json()
    assert (live["state"], live["published_at"]) == ("live", "2026-02-20T11:30:00Z")
    changed = desk.patch(f"{one}/", {"headline": "Dike vote"}, made)
    assert (changed.json()["state"], api("articles/flood-vote/")["headline"]) == ("live with changes", "Flood vote")
    late = desk.post(f"{one}/publish/", {}, If_Match=made["ETag"])
    assert (late.status_code, api("articles/flood-vote/")["headline"]) == (412, "Flood vote")
    assert desk.post(f"{one}/publish/", {}, If_Match=changed["ETag"]).json()["state"] == "live"
    assert api("articles/flood-vote/")["headline"] == "Dike vote"

    gone = desk.post(f"{one}/withdraw/", {"reason": "error"}).json()
    assert (gone["state"], gone["withdrawn_reason"]) == ("withdrawn", "error")
    assert api.get("articles/flood-vote/").json()["reason"] == "error"
    ahead = desk.post(f"{one}/schedule/", {"at": "2100-01-01T10:00:00Z", "live_until": "2100-02-01T10:00:00Z"}).json()
    assert (ahead["state"], ahead["published_at"], ahead["scheduled_at"]) == (
        "scheduled",
        *["2100-01-01T10:00:00Z"] * 2,
    )
    assert desk.post(f"{one}/schedule/", {"at": None}).json()["state"] == "withdrawn"
    restored = desk.post(f"{one}/restore/", {"version": made.json()["version"]})
    assert restored.json()["headline"] == "Flood vote"
    assert Article.objects.get().head.restored_from == made.json()["version"]
    by_others = Act.objects.exclude(by_name="Ann (key: Wire desk)").values_list("verb", "by_name")
    assert list(by_others) == [("key-made", "")]


def test_what_stands_in_the_way_is_a_list_of_checks(desk):
    made = desk.post("articles/", {"slug": "bare"})
    refused = desk.post("articles/bare/publish/")

    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/not-ready"
    assert ("/headline", "Write a headline.") in errors_of(refused)[1]
    assert desk.get("articles/bare/").json() == made.json()
    assert Publication.objects.count() == 0


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("publish", {"at": "2100-01-01"}, 400),
        ("publish", {"published_at": "soon"}, 400),
        ("publish", {"published_at": 1}, 400),
        ("publish", {"published_at": "2100-01-01"}, 422),
        ("publish", {"live_until": "2001-01-01"}, 422),
        ("publish", [], 400),
        ("schedule", {}, 400),
        ("schedule", {"at": "2001-01-01"}, 400),
        ("schedule", {"at": {}}, 400),
        ("withdraw", {"reason": "expired"}, 400),
        ("withdraw", {"reason": []}, 400),
        ("withdraw", {}, 409),
        ("restore", {}, 400),
        ("restore", {"version": 10**30}, 400),
        ("restore", {"version": True}, 400),
        ("restore", {"version": "1"}, 400),
    ],
)
def test_verbs_take_no_nonsense(desk, verb, body, status):
    article = make_article(slug="draft")
    assert desk.post(f"articles/draft/{verb}/", body).status_code == status
    assert (desk.get("articles/draft/").json()["state"], article.head_id) == ("draft", Article.objects.get().head_id)


def test_version_of_another_story_is_not_restored(desk):
    other = make_article(slug="other", headline="Secret of another")
    make_article(slug="mine")
    assert desk.post("articles/mine/restore/", {"version": other.head_id}).status_code == 400


# Lists


def test_list_by_state_words_and_page_after_page(desk):
    make_article(slug="draft", headline="Crème draft")
    changed = publish(make_article(slug="changed"))
    update(changed, headline="Changed")
    publish(make_article(slug="live"))
    press.publish(make_article(slug="later"), at=far_ahead())
    press.withdraw(publish(make_article(slug="gone")))

    def slugs(query):
        response = desk.get(f"articles/{query}")
        assert response.status_code == 200, response.content
        return sorted(row["slug"] for row in response.json()["results"])

    found = {status: slugs(f"?status={status}") for status in ("draft", "scheduled", "live", "withdrawn")}
    assert found == {"draft": ["draft"], "scheduled": ["later"], "live": ["changed", "live"], "withdrawn": ["gone"]}
    assert slugs("?status=draft,withdrawn&status=scheduled") == ["draft", "gone", "later"]
    assert slugs("?search=CREME+dra") == ["draft"]
    states = {row["slug"]: row["state"] for row in desk.get("articles/").json()["results"]}
    assert (states["changed"], states["live"]) == ("live with changes", "live")
    walked, path = [], "articles/?page_size=2&ordering=modified_at"
    while path:
        page = desk.get(path.split("/manage/")[-1]).json()
        walked += [row["slug"] for row in page["results"]]
        path = page["next"]
    newest_first = [row["slug"] for row in desk.get("articles/").json()["results"]]
    assert walked == list(reversed(newest_first))


@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "page_size=0",
        "page_size=101",
        "ordering=headline",
        "cursor=x",
        "cursor=W10",
        "search=%20",
        "x=1",
        "status=",
    ],
)
def test_list_takes_no_nonsense(desk, query):
    make_article(slug="one")
    assert desk.get(f"articles/?{query}").status_code == 400
    assert desk.get(f"topics/?{query}").status_code == 400


def test_cursor_of_one_list_opens_no_other(desk):
    for number in range(3):
        make_article(slug=f"s{number}")
    following = desk.get("articles/?page_size=1&status=draft").json()["next"]
    cursor = following.split("cursor=")[1]
    assert desk.get(f"articles/?page_size=1&status=draft&cursor={cursor}").status_code == 200
    assert desk.get(f"articles/?page_size=1&status=live&cursor={cursor}").status_code == 400
    assert desk.get(f"videos/?page_size=1&status=draft&cursor={cursor}").status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_with_one_row_and_with_three(desk, things, number, django_assert_max_num_queries):
    for place in range(number):
        publish(make_article(slug=f"s{place}", section=things[0], topics=[things[1]], bylines=[things[2]]))
    desk.get("articles/")
    with django_assert_max_num_queries(18):
        assert len(desk.get("articles/").json()["results"]) == number


# Nobody's text is lost


def test_late_text_is_kept_aside_and_the_newer_one_is_told(desk):
    article = make_article(slug="story", headline="First")
    began = desk.get("articles/story/")
    desk.patch("articles/story/", {"headline": "By the quick"}, began)

    late = desk.patch("articles/story/", {"headline": "By the slow"}, began)

    assert late.status_code == 412
    told = late.json()
    assert (told["newest"]["headline"], told["etag"], late["ETag"]) == (
        "By the quick",
        *[f'"{told["newest"]["version"]}"'] * 2,
    )
    kept = Version.objects.get(pk=told["kept_aside"])
    assert (kept.is_stale, kept.data["headline"], kept.base_id, kept.by_key) == (
        True,
        "By the slow",
        article.head_id,
        "Wire desk",
    )
    assert Article.objects.get().headline == "By the quick"
    again = desk.patch("articles/story/", {"headline": "By the quick"}, began)
    assert (again.status_code, again.json()["version"]) == (200, told["newest"]["version"])


@pytest.mark.parametrize("tag", ["", "*", "1", '"x"', 'W/"0"', '"1", "2"', '"99999999999999999999"'])
def test_change_names_the_version_that_it_began_from(desk, tag):
    make_article(slug="story", headline="First")
    headers = {"If_Match": tag} if tag else {}
    response = desk.ask("PATCH", "articles/story/", {"headline": "Other"}, **headers)

    assert response.status_code == (412 if tag in {'"x"', 'W/"0"', '"99999999999999999999"'} else 428)
    assert Article.objects.get().headline == "First"


def test_tag_that_was_packed_on_its_way_names_its_version_too(desk):
    make_article(slug="story")
    weak = f"W/{desk.get('articles/story/')['ETag']}"
    assert desk.patch("articles/story/", {"headline": "Other"}, weak).status_code == 200


def test_history_names_the_key(desk, admin_client):
    made = desk.post("articles/", LINE | {"section": None, "topics": [], "bylines": []})
    page = admin_client.get(f"/admin/newsroom/article/{made.json()['id']}/history/").content.decode()
    assert "Ann (key: Wire desk)" in page


def test_section_is_found_by_name_in_lists(desk):
    make_section("Région")
    assert [row["slug"] for row in desk.get("sections/?search=REGION").json()["results"]] == [
        Section.objects.get().slug
    ]
