"""One way to write a working copy, whoever writes it."""

import uuid

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError

from cms.publishing import press, working_copy
from cms.publishing.links import link
from cms.publishing.models import Version
from newsroom.models import Article, Blurb, Video
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_section, make_topic, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    user = User.objects.create_user("writer")
    codenames = ["add_article", "change_article", "change_any_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


def test_some_keys_are_written_and_the_others_stay(writer):
    topic = make_topic("Rain")
    article = make_article(headline="Flood", kicker="Weather", topics=[topic])

    written = working_copy.write(article, {"headline": "Great flood"}, writer, article.head)

    stored = Article.objects.get()
    assert (stored.headline, stored.kicker, stored.search_text) == ("Great flood", "Weather", article.search_text)
    assert stored.search_text.startswith("great flood")
    assert (written.version, written.version.author, written.version.base) == (
        stored.head,
        writer,
        written.version.base,
    )
    assert written.version.data["topics"] == [link("topic", topic.pk)]
    assert (article.headline, article.head) == ("Great flood", written.version)


def test_writer_is_named_once_whether_the_role_is_left_out_or_said(writer):
    article, byline = make_article(), make_byline("Ann", slug="ann")
    bylines = ["ann", {"byline": "ann", "role": "writer"}, {"byline": "ann", "role": "editor"}]

    written = working_copy.write(article, {"bylines": bylines}, writer)

    roles = [link("byline", byline.pk, role=role) for role in ("writer", "editor")]
    assert written.version.data["bylines"] == roles
    assert [row.role for row in article.placed_bylines.all()] == ["writer", "editor"]


def test_what_changes_nothing_makes_no_version(writer):
    article = make_article(headline="Flood")

    written = working_copy.write(article, {"headline": "Flood"}, writer)

    assert (written.version, written.problems, Version.objects.count()) == (None, {}, 1)


def test_a_new_item_is_made_with_its_key_and_belongs_to_who_wrote_it(writer):
    key = uuid.uuid4()
    section, byline, photo = make_section("World"), make_byline("A Writer"), make_photo()
    data = {
        "headline": "Flood in Lviv",
        "section": "world",
        "bylines": [{"byline": "a-writer", "role": "editor"}],
        "lead_photo": {"photo": str(photo.pk), "caption": "The square"},
        "body": [{"type": "paragraph", "html": "It <b>rained</b>."}],
    }

    written = working_copy.write(Article(pk=key), data, writer, None)

    stored = Article.objects.get()
    assert written.problems == {}
    assert (stored.pk, stored.made_by, stored.slug, stored.section) == (key, writer, "flood-in-lviv", section)
    assert [(row.byline, row.role) for row in stored.placed_bylines.all()] == [(byline, "editor")]
    assert (stored.lead_photo, stored.lead_photo_caption) == (photo, "The square")
    assert stored.head.data["slug"] == "flood-in-lviv"
    assert press.save(stored) is None  # as it stands in the database


def test_null_empties_a_key():
    article = make_article(section=make_section(), kicker="Weather", topics=[make_topic()])

    working_copy.write(article, {"section": None, "kicker": None, "topics": None})

    stored = Article.objects.get()
    assert (stored.section, stored.kicker, list(stored.topics.all())) == (None, "", [])


def test_all_that_is_wrong_is_named_at_once_and_nothing_is_written(writer):
    article = make_article(headline="Flood", slug="flood")
    gone = str(uuid.uuid4())

    written = working_copy.write(
        article,
        {"headline": "x" * 301, "section": link("section", gone), "genre": "poem", "kicker": "New"},
        writer,
    )

    assert sorted(written.problems) == ["genre", "headline"]
    assert Article.objects.get().kicker == ""
    assert working_copy.write(article, {"section": link("section", gone)}, writer).problems == {
        "section": [f"There is no section {gone}."]
    }
    assert list(working_copy.write(article, {"headlin": "x"}, writer).problems) == ["headlin"]
    with pytest.raises(ValidationError):
        working_copy.write(article, {"genre": "poem"}, writer).or_refuse()
    assert Version.objects.count() == 1


def test_a_slug_that_another_one_has_is_a_problem_at_the_slug(writer):
    make_article(slug="flood")
    article = make_article(slug="rain")

    assert list(working_copy.write(article, {"slug": "flood"}, writer).problems) == ["slug"]
    assert list(working_copy.write(article, {"slug": "FLOOD"}, writer).problems) == ["slug"]
    assert list(working_copy.write(Article(), {"slug": "flood"}, writer).problems) == ["slug"]
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["flood", "rain"]


def test_what_an_older_release_let_in_is_no_problem_until_it_is_touched(writer):
    article = make_article(body=[{"id": "a", "type": "hologram"}])
    blurb = make_blurb()
    Blurb.objects.update(text_html=f"<p>{'long ' * 300}</p>")

    assert working_copy.write(article, {"kicker": "New", "body": article.body}, writer).problems == {}
    assert working_copy.write(blurb, {"breaking": True}).problems == {}

    assert Article.objects.get().body == [{"id": "a", "type": "hologram"}]
    assert Blurb.objects.get().text_html == f"<p>{'long ' * 300}</p>"
    assert list(working_copy.write(article, {"body": [{"id": "b", "type": "hologram"}]}, writer).problems) == ["body"]


@pytest.mark.parametrize("make", [make_article, make_blurb, make_video])
def test_what_comes_too_late_is_kept_aside_whole_and_overwrites_nothing(make):
    item = make(language="en")
    first = item.head
    second = working_copy.write(item, {"language": "uk"}, base=first).version

    written = working_copy.write(item, {"topics": [str(make_topic().pk)]}, base=first.pk)

    assert (written.is_late, written.version, written.problems) == (True, None, {})
    assert (type(item).objects.get().language, item.head) == ("uk", second)
    kept = Version.objects.get(is_stale=True)
    assert (written.kept_aside, kept.base) == (kept, first)
    assert kept.data == {**first.data, "topics": kept.data["topics"]}
    assert len(kept.data["topics"]) == 1
    assert not type(item).objects.get().topics.exists()


def test_what_came_too_late_is_kept_once(writer):
    article = make_article()
    first = article.head
    working_copy.write(article, {"kicker": "Ann"}, writer, first)

    kept = [working_copy.write(article, {"kicker": "Bob"}, writer, first).kept_aside for _time in range(2)]

    assert kept[0] == kept[1]
    assert working_copy.write(article, {"kicker": "Ann"}, writer, first).kept_aside is None
    assert Version.objects.count() == 3


def test_a_text_begun_from_nothing_is_too_late_where_there_is_one():
    key = uuid.uuid4()
    working_copy.write(Article(pk=key), {"headline": "First"}, None, None)

    written = working_copy.write(Article(pk=key), {"headline": "Second"}, None, None)

    assert (written.is_late, written.kept_aside.data["headline"]) == (True, "Second")
    assert Article.objects.get().headline == "First"


def test_nobody_writes_what_they_may_not(writer):
    other = User.objects.create_user("other")
    article = make_article(headline="Flood")

    with pytest.raises(PermissionDenied):
        working_copy.write(article, {"headline": "Mine"}, other)
    with pytest.raises(PermissionDenied):
        working_copy.write(Article(), {"headline": "Mine"}, other)
    with pytest.raises(PermissionDenied):
        working_copy.write(Video(), {"headline": "Mine"}, writer)

    assert Article.objects.get().headline == "Flood"
    assert not Video.objects.exists()


def test_what_was_deleted_meanwhile_is_not_made_again_in_silence():
    article = make_article()
    Article.objects.get().delete()

    with pytest.raises(ValidationError, match="It has since been deleted"):
        working_copy.write(article, {"headline": "Again"})

    assert not Article.objects.exists()


def test_no_input_says_that_a_file_is_stored():
    video = make_video(provider_url="https://vimeo.com/76979871")
    film = {"stored": "originals/videos/ab/abc.mp4", "type": "video/mp4", "width": 1, "height": 1, "seconds": 1}

    assert list(working_copy.write(video, {"file": film}).problems) == ["file"]
    tracks = [{"kind": "captions", "language": "en", "label": "English", "file": {"stored": "settings.py"}}]
    assert list(working_copy.write(video, {"tracks": tracks}).problems) == ["tracks"]


def test_what_is_not_kept_is_said(writer):
    written = working_copy.write(Article(), {"headline": "Flood", "seo": {"colour": "red"}}, writer)

    assert written.problems == {}
    assert [str(notice.text) for notice in written.notices] == ["seo.colour is not kept; there is no such key"]


def test_an_act_that_fails_takes_what_was_written_along():
    article = make_article(headline="Flood")

    def fail():
        with press.printing():
            working_copy.write(article, {"headline": "Rain"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert (Article.objects.get().headline, Version.objects.count()) == ("Flood", 1)
