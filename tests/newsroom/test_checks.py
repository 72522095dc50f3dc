"""What is looked at before publishing, and what its editor reads of it while writing."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from cms.publishing import checks, press
from cms.publishing.models import Act, Version
from newsroom.models import Article
from tests.desk.test_pages_articles import log_in, page_of, rows
from tests.desk.test_roles import join, own
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


def heading(level, text="Part"):
    return {"id": f"{level}{text}", "type": "heading", "level": level, "html": text}


def found(item):
    """The errors and the warnings about something, as texts."""
    draft = checks.Draft(item.kind, item.head.data, item.pk, at=timezone.now(), item=item)
    problems = checks.problems([draft])[0]
    return [row.text for row in problems if row.is_error], [row.text for row in problems if not row.is_error]


def whole(**values):
    """A story about which nothing is to be said."""
    values = {"standfirst": "What it is about.", "section": make_section(), "lead_photo": make_photo(), **values}
    return make_article(**values)


def test_nothing_is_said_of_a_story_that_has_everything():
    body = [
        *paragraphs('See <a href="https://example.org/">the report of the council</a>.'),
        *[heading(2), heading(3), heading(2, "Other")],
    ]
    assert found(whole(body=body)) == ([], [])


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"headline": ""}, "Write a headline."),
        ({"slug": ""}, "Give the story a slug, the last part of its address."),
        ({"lead_photo": {"credit_line": ""}}, 'Give the photo "A boat" its credit line.'),
        (
            {"lead_photo": {"alt_text": ""}},
            'Describe the photo "A boat" in its alt text, or mark it as decorative.',
        ),
        (
            {"lead_photo": {"usable_until": timezone.now() - timedelta(days=1)}},
            "A boat: The rights to this photo have expired; choose another.",
        ),
        ({"section": "asks"}, 'Say who wrote it: stories in "Opinion" need a byline.'),
    ],
)
def test_errors_stop_publication(values, error):
    if isinstance(values.get("lead_photo"), dict):
        values = {"lead_photo": make_photo(caption="A boat", **values["lead_photo"])}
    if "section" in values:
        values = {"section": make_section("Opinion", needs_byline=True)}
    article = update(whole(), **values) if "slug" in values else whole(**values)

    assert found(article) == ([error], [])
    with pytest.raises(checks.Refused) as refused:
        press.publish(article)
    assert refused.value.messages == [error]


LONG = "A headline that goes on and on " * 4


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        (
            {"headline": LONG.strip()},
            f"The headline has {len(LONG.strip())} characters; search engines show 110. Give them a shorter title.",
        ),
        ({"standfirst": ""}, "There is no standfirst, the summary under the headline."),
        ({"section": None}, "It has no section."),
        ({"body": []}, "There is no text."),
        ({"lead_photo": None}, "There is no lead photo; lists show the story without a picture."),
        (
            {"lead_photo": "decorative"},
            "The lead photo is marked as decorative. Say in its alt text here what it shows.",
        ),
        (
            {"body": paragraphs('Read <a href="https://a.example/">here</a>.')},
            'A link says "here"; say where it leads.',
        ),
        ({"body": paragraphs('<a href="https://a.example/">Тут</a>')}, 'A link says "Тут"; say where it leads.'),
        (
            {"body": paragraphs('<a href="https://a.example/">https://a.example/</a>')},
            'A link says "https://a.example/"; say where it leads.',
        ),
        (
            {"body": [{"id": "l", "type": "list", "ordered": False, "items": ['<a href="https://a.example/"> </a>']}]},
            "A link has no text.",
        ),
        ({"body": [heading(2), heading(4)]}, 'The heading "Part" skips a level.'),
        ({"body": [heading(3)]}, 'The heading "Part" skips a level.'),
        ({"related": "draft"}, 'Readers will not see "Not yet" in it, which is not live.'),
        ({"lead_photo": "ending"}, "A boat: The rights to this photo end on"),
    ],
)
def test_warnings_are_told_and_stop_nothing(api, values, warning):
    photos = {
        "decorative": {"is_decorative": True, "alt_text": ""},
        "ending": {"caption": "A boat", "usable_until": timezone.now() + timedelta(days=3)},
    }
    if values.get("lead_photo") in photos:
        values = {"lead_photo": make_photo(**photos[values["lead_photo"]])}
    if "related" in values:
        values = {"related": [make_article(headline="Not yet")]}
    article = whole(**values)

    errors, warnings = found(article)
    assert errors == []
    assert [text[: len(warning)] for text in warnings] == [warning]
    press.publish(article)
    assert len(api("articles/")["results"]) == 1


def test_shorter_title_for_search_engines_answers_a_long_headline():
    assert found(whole(headline=LONG.strip(), seo={"title": "Short"})) == ([], [])


def test_blurbs_and_videos_are_looked_at():
    blurb = make_blurb(text_html='<p><a href="https://a.example/">click here</a></p>')
    video = make_video(poster=None, credit_line="", provider_url="")

    assert found(blurb) == ([], ['A link says "click here"; say where it leads.'])
    assert found(video)[0] == [
        "Choose a poster, the picture that stands for the video.",
        "Give the video its credit line.",
        "Upload the video's file, or give the address of its page at a provider.",
    ]


def test_photo_whose_rights_end_before_the_story_goes_live_stops_its_schedule():
    article = whole(lead_photo=make_photo(usable_until=timezone.now() + timedelta(days=1)))

    press.publish(article, at=timezone.now() + timedelta(hours=1))
    with pytest.raises(checks.Refused):
        press.publish(article, at=timezone.now() + timedelta(days=2))


def test_many_drafts_are_looked_at_with_as_many_queries_as_one(django_assert_max_num_queries):
    opinion = make_section("Opinion", needs_byline=True)
    articles = [whole(section=opinion, lead_photo=make_photo()) for _ in range(5)]
    data = [article.head.data for article in articles]

    with django_assert_max_num_queries(2):
        assert press.obstacles("article", data) == [['Say who wrote it: stories in "Opinion" need a byline.']] * 5


# A newsroom's own


def no_shouting(draft):
    if draft.data.get("headline", "").isupper():
        yield checks.error("Do not shout.", "headline")


def broken(draft):
    raise KeyError("oops")


@pytest.fixture
def own_checks(settings):
    def load(*names):
        settings.PUBLISH_CHECKS = list(names)
        checks.load_own()

    yield load
    load()


def test_newsroom_adds_checks_of_its_own(own_checks):
    own_checks(f"{__name__}.no_shouting")

    assert found(whole(headline="BREAKING"))[0] == ["Do not shout."]
    with pytest.raises(checks.Refused):
        press.publish(whole(headline="BREAKING"))


def test_check_that_fails_keeps_nobody_from_publishing(own_checks, api):
    own_checks(f"{__name__}.broken")
    article = whole()

    assert found(article) == ([], [f"The check {__name__}.broken failed; tell whoever runs this site."])
    press.publish(article)
    assert len(api("articles/")["results"]) == 1


def test_checks_that_are_none_are_all_named_at_the_start(own_checks):
    with pytest.raises(ImproperlyConfigured) as refused:
        own_checks("nowhere.at.all", f"{__name__}.LONG", f"{__name__}.no_shouting")

    assert "PUBLISH_CHECKS has 'nowhere.at.all', which cannot be imported" in str(refused.value)
    assert f"PUBLISH_CHECKS has '{__name__}.LONG', which is no function." in str(refused.value)
    assert "no_shouting" not in str(refused.value)


# The panel


def asked(client, article=None, page=None, **values):
    """What the panel says of a page as it is being written: (is it an error, text)."""
    page = page or page_of(client, article)
    where = f"{article.pk}/" if article else "add/"
    response = client.post(f"/admin/newsroom/article/{where}check/", {**page, **values})
    assert response.status_code == 200
    return [(row["is_error"], row["text"]) for row in response.context["problems"]]


def test_panel_looks_at_what_is_written_and_saves_nothing(client):
    log_in(client)
    opinion = make_section("Opinion", needs_byline=True)
    article = whole(section=opinion, topics=[make_topic()])
    before = (Version.objects.count(), Act.objects.count(), Article.objects.get().modified_at)

    missing = (True, 'Say who wrote it: stories in "Opinion" need a byline.')
    byline = {"byline": make_byline().pk, "role": "writer"}
    assert asked(client, article) == [missing]
    assert asked(client, article, **rows("placed_bylines", [byline])) == []
    assert asked(client, article, headline="", **rows("placed_bylines", [byline])) == [(True, "Write a headline.")]
    assert asked(client, article, body="<h4>Deep</h4>", section="", topics=[]) == [
        (False, "It has no section."),
        (False, 'The heading "Deep" skips a level.'),
    ]

    assert (Version.objects.count(), Act.objects.count(), Article.objects.get().modified_at) == before
    assert not Article.objects.get().placed_bylines.exists()


def test_panel_of_a_story_that_is_not_saved_yet(client):
    log_in(client)
    publish(make_article(slug="taken"))

    said = asked(client, headline="New", slug="taken")

    assert (True, "Another one has this slug already; choose another.") in said
    assert (True, "Write a headline.") not in asked(client, headline="New")
    assert not Article.objects.filter(headline="New").exists()


def test_panel_leads_to_where_a_photo_is_mended(client):
    log_in(client)
    photo = make_photo(credit_line="", caption="A boat")
    article = whole(lead_photo=photo)

    page = client.get(f"/admin/newsroom/article/{article.pk}/change/").content.decode()

    assert f'its credit line. <a href="/admin/media/photo/{photo.pk}/change/" target="_blank">Fix it</a>' in page


def test_panel_is_for_those_who_may_write_the_story(client):
    reporter = join("Reporter")
    client.force_login(reporter)
    mine, other = own(make_article(), reporter, "made"), make_article()
    check = "/admin/newsroom/article/{}/check/"

    assert client.post(check.format(mine.pk), page_of(client, mine)).status_code == 200
    assert client.post(check.format(other.pk), {"headline": "x"}).status_code == 403
    assert client.get(check.format(mine.pk)).status_code == 405
    assert client.post(check.format(make_section().pk)).status_code == 404
    assert client.get(f"/admin/newsroom/article/{other.pk}/change/").context["checks_address"] == ""
    client.logout()
    assert client.post(check.format(mine.pk)).status_code == 302
