"""What the desk finds: by the whole text of what is written there, as it stands there."""

import pytest
from django.contrib.auth.models import Group, User

from cms.publishing import press
from newsroom.models import Article
from tests.desk.test_pages_articles import log_in
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def found(desk, search, kind="newsroom/article"):
    rows = desk.get(f"/admin/{kind}/", {"q": search}).context["cl"].result_list
    return sorted(getattr(row, "slug", None) or str(row.pk) for row in rows)


def test_draft_is_found_by_words_of_its_text(desk):
    make_article(slug="draft", headline="Plans", standfirst="About dredgers", body=paragraphs("The <em>gantries</em>."))
    blurb = make_blurb(text_html="<p>Tugboats wait.</p>")
    make_video(slug="film", transcript="We saw the lighthouses.")
    searches = ["dredger", "gantry", "gant", "plans gantries", "PLANS", "draft"]
    assert {search: found(desk, search) for search in searches} == {search: ["draft"] for search in searches}
    assert found(desk, "gantries zebra") == []
    assert found(desk, "tugboat", "newsroom/blurb") == [str(blurb.pk)]
    assert found(desk, "lighthouse", "newsroom/video") == ["film"]


def test_story_is_found_as_it_stands_at_the_desk(desk):
    story = publish(make_article(slug="story", headline="Plans", body=paragraphs("Xylophone.")))
    assert found(desk, "xylophone") == ["story"]
    update(story, body=paragraphs("Zither."))
    assert (found(desk, "xylophone"), found(desk, "zither")) == ([], ["story"])
    publish(story)
    assert found(desk, "zither") == ["story"]
    press.withdraw(story)
    assert found(desk, "zither") == ["story"]
    Article.objects.get(pk=story.pk).delete()
    assert found(desk, "zither") == []


def test_names_and_parts_of_headlines_are_found_as_ever(desk):
    publish(make_article(slug="story", headline="Overland to Odesa", bylines=[make_byline("Olena Kovalenko")]))
    searches = ["verlan", "ovalenk", "kovalenko odesa"]
    assert {search: found(desk, search) for search in searches} == {search: ["story"] for search in searches}


def test_library_finds_photos_that_nobody_has_used(desk):
    photo = make_photo(caption="Cranes at dusk", creator="Ida Lensman", keywords=["gantry"], place="Odesa")
    make_photo(caption="Something else", alt_text="x")
    searches = ["crane", "lensm", "gantry odesa", "CRANES dusk"]
    assert {search: found(desk, search, "media/photo") for search in searches} == {
        search: [str(photo.pk)] for search in searches
    }
    photo.caption = "Derricks at dusk"
    photo.save()
    assert (found(desk, "cranes", "media/photo"), found(desk, "derrick", "media/photo")) == ([], [str(photo.pk)])
    photo.delete()
    assert found(desk, "derrick", "media/photo") == []


@pytest.mark.parametrize(
    "search", ["'", '"', "%", "\\", "a" * 300, "NEAR(", "東京", "🇺🇦", "-", "*", "a b c d e f g h i j"]
)
@pytest.mark.parametrize("kind", ["newsroom/article", "media/photo"])
def test_odd_searches_break_nothing(desk, search, kind):
    assert desk.get(f"/admin/{kind}/", {"q": search}).status_code == 200


def alike(desk, **asked):
    stories = desk.get("/admin/newsroom/article/alike/", asked).json()["stories"]
    return [story["headline"] for story in stories]


def test_stories_like_one_are_those_that_are_live_and_share_its_words(desk):
    topic = make_topic("Harbour strike")
    same = publish(make_article(headline="Dockers strike at the harbour again", topics=[topic]))
    publish(make_article(headline="Harbour dredged", standfirst="No dockers in sight"))
    publish(make_article(headline="Budget passes"))
    make_article(headline="Dockers strike: a draft about the harbour")
    asked = {"headline": "The dockers and the harbour", "standfirst": "A strike goes on", "language": "en"}
    assert alike(desk, **asked, topic=str(topic.pk)) == ["Dockers strike at the harbour again", "Harbour dredged"]
    assert alike(desk, **asked, leave=[str(same.pk), "nonsense"]) == ["Harbour dredged"]
    assert alike(desk, headline="Zebra") == alike(desk) == []


def test_stories_like_one_are_for_those_who_may_see_stories(client):
    user = User.objects.create_user("photos", is_staff=True)
    user.groups.set(Group.objects.filter(name="Nobody"))
    client.force_login(user)
    assert client.get("/admin/newsroom/article/alike/").status_code == 403
    client.logout()
    assert client.get("/admin/newsroom/article/alike/").status_code == 302


def test_page_of_a_story_offers_stories_like_it(desk):
    page = desk.get(f"/admin/newsroom/article/{make_article().pk}/change/").content.decode()
    assert 'data-address="/admin/newsroom/article/alike/"' in page
    assert "Stories like this one" in page
