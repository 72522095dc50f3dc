"""What the press and the desk ask is answered by an index, so that an act costs the same in a large archive."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from cms.publishing import press, reading
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_section, make_topic, publish, update

pytestmark = pytest.mark.django_db
LARGE = r"publishing_(publication|reference|version|change|address|presence)|newsroom_(article|blurb|video)(_\w+)?"
WHOLE = re.compile(
    rf"SCAN ({LARGE})\b(?! USING (COVERING )?INDEX (to_render|due_next|ends_next|\w+_for_review))"
    r"|INDEX publication_slug \(kind=\?\)$"  # all that there is of a kind
    r"|INDEX \w+_author_id_\w+ \(author_id=\?\)$"  # all that somebody ever saved
)
FIRST_ROW = re.compile(r"SELECT [^()]* FROM \"\w+\" LIMIT 1")  # whether there is any at all


@pytest.fixture
def scans():
    """What is read from one end to the other, as (plan, statement)."""
    if connection.vendor != "sqlite":
        pytest.skip("other databases read a small table from end to end")
    found = []

    def explain(execute, sql, params, many, context):
        if not many and sql.startswith(("SELECT", "UPDATE", "DELETE")):
            asked = sql % tuple("?" * len(params)) if params else sql
            plan = connection.connection.execute(f"EXPLAIN QUERY PLAN {asked}", params or ()).fetchall()
            found.extend((row[3], sql[:300]) for row in plan if WHOLE.search(row[3]) and not FIRST_ROW.fullmatch(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def test_no_act_reads_the_whole_archive(scans):
    section, topic, byline, photo = make_section("World"), make_topic("Ports"), make_byline("Ada"), make_photo()
    original = publish(make_article(section=section, topics=[topic], bylines=[byline], lead_photo=photo))
    other = publish(make_article(language="uk", translation_of=original, related=[original]))
    publish(make_blurb(article=original, photo=photo))
    publish(update(original, headline="Other words"))
    for shared in (section, topic, byline):
        shared.name += " and more"
        shared.save()
    photo.caption += " and more"
    photo.save()
    reading.render_missing()
    press.free_slug("article", original.slug, other.pk)
    press.withdraw(other)
    assert scans == []


@pytest.mark.parametrize("path", ["feed/", "articles/", "blurbs/", "videos/"])
def test_what_has_all_of_several_is_found_by_ranges(scans, api, path, django_assert_max_num_queries):
    topics, bylines = [make_topic(name) for name in "abc"], [make_byline(name) for name in ("Ada", "Bo")]
    publish(make_article(topics=topics, bylines=bylines))
    publish(make_blurb(topics=topics[:2]))
    api(path)
    scans.clear()

    for question in ("require_topic=a,b", "require_topic=a&require_byline=ada,bo", "require_topic=a,b,c&topic=a,b"):
        with django_assert_max_num_queries(4):
            api(f"{path}?{question}")
    assert scans == []


def test_addresses_and_dates_of_details_are_found_by_indexes(scans, api):
    section, topic, byline = make_section("World", slug="World"), make_topic("Ports"), make_byline("Ada")
    publish(make_article(slug="My-Story", section=section, topics=[topic], bylines=[byline]))

    for path in ("articles/MY-STORY/", "articles/nothing/", "sections/World/", "topics/ports/", "bylines/ada/"):
        api.get(path)
    assert scans == []


def test_first_page_and_schedule_read_no_whole_archive(scans, admin_client):
    publish(make_article(), at=timezone.now() + timedelta(hours=1))
    press.withdraw(publish(make_article()))

    assert admin_client.get("/admin/").status_code == 200
    assert admin_client.get("/admin/schedule/?view=month").status_code == 200
    # In order, as far as the page shows; and of what is breaking alone, which is never much.
    newest = re.compile(r"USING INDEX (live_by_date|\w+_breaking)$")
    assert [row for row in scans if not newest.search(row[0])] == []


def test_autosave_reads_no_version_but_its_own(scans, admin_client):
    article = make_article()

    assert admin_client.post(f"/admin/newsroom/article/{article.pk}/autosave/", {"page": uuid4()}).status_code == 200
    assert scans == []


def test_who_has_a_story_open_is_found_by_indexes(client, scans):
    client.force_login(User.objects.create_user("ann", is_staff=True, is_superuser=True))
    address = f"/admin/newsroom/article/{make_article().pk}/presence/"
    for said in ("here", "writing", "take", "gone"):
        assert client.post(address, {"page": "1" * 32, said: "1"}).status_code == 200
    client.get("/admin/newsroom/article/")
    assert [found for found in scans if "presence" in found[0]] == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "p=2",
        "q=harbour",
        "q=Ada",
        "genre__exact=opinion",
        "breaking__exact=1",
        "language=uk",
        "section__id__exact={}",
    ],
)
def test_no_list_of_stories_reads_their_texts(scans, admin_client, query):
    section, byline = make_section("World"), make_byline("Ada")
    for number in range(2):
        make_article(headline=f"Harbour {number}", section=section, bylines=[byline])

    page = admin_client.get(f"/admin/newsroom/article/?{query.format(section.pk)}")

    assert page.status_code == 200
    # Which rows a page shows is read from an index, in the order of the list; all words of a search stand in one.
    in_order = re.compile(r"SCAN \w+ USING (INDEX article_(last_saved|searched|breaking)|COVERING INDEX article_\w+)$")
    assert [row for row in scans if not in_order.search(row[0])] == []


def test_search_of_stories_knows_no_case_in_any_alphabet(admin_client):
    make_article(headline="Книжковий автобус повертається", bylines=[make_byline("Іван Ґудзь")])
    make_article(headline="Other")

    def found(words):
        listed = admin_client.get("/admin/newsroom/article/", {"q": words}).context["cl"].result_list
        return [story.headline for story in listed]

    assert found("АВТОБУС книж") == ["Книжковий автобус повертається"]
    assert found("ґудзь") == ["Книжковий автобус повертається"]
    assert found("автобус other") == []


@pytest.mark.parametrize(
    "query",
    [
        "feed/?changed_after=1",
        "feed/?changed_after=1&section=world&exclude_topic=other",
        "articles/?changed_after=1",
        "articles/?changed_after=1&topic=flood&language=en&published_after=2020-01-01",
    ],
)
def test_what_has_changed_is_read_in_the_order_of_an_index(api, query):
    if connection.vendor != "sqlite":
        pytest.skip("other databases read a small table from end to end")
    section, topic = make_section("World"), make_topic("Flood")
    make_topic("Other")
    for _ in range(5):
        publish(make_article(section=section, topics=[topic], language="en"))
    plans = []

    def explain(execute, sql, params, many, context):
        if not many and sql.startswith("SELECT") and "publishing_publication" in sql and "edition" in sql:
            asked = sql % tuple("?" * len(params)) if params else sql
            plans.append(
                [row[3] for row in connection.connection.execute(f"EXPLAIN QUERY PLAN {asked}", params).fetchall()]
            )
        return execute(sql, params, many, context)

    path, _, cursor = api(f"{query}&page_size=2")["next"].partition("&cursor=")
    with connection.execute_wrapper(explain):
        api(f"{path}&cursor={cursor}")

    (plan,) = plans
    assert [line for line in plan if "live_by_edition_and_kind" in line and "edition>?" in line] != [], plan
    assert [line for line in plan if "TEMP B-TREE" in line] == []
