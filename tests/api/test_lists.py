"""How lists are asked of the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    make_article,
    make_topics,
    publish,
)


def test_a_question_with_many_values_repeated_stays_one_short_statement(client, db):
    topics = make_topics(f"Topic {number}" for number in range(100))
    wanted = publish(make_article(topics=topics[:30]))
    publish(make_article(topics=topics[30:]))
    any_of = ",".join(topic.slug for topic in topics)
    all_of = "&".join(f"require_topic={topic.slug}" for topic in topics[1:10])

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/api/v1/feed/?topic={any_of}&{all_of}")

    assert [row["slug"] for row in response.json()["results"]] == [wanted.slug]
    assert max(len(query["sql"]) for query in queries) < 25_000
