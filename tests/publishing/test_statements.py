import uuid
from datetime import UTC, datetime

import pytest
from django.db.models import Q

from cms.database import statements
from cms.publishing.models import Address
from newsroom.models import Topic
from tests.factories import make_topic

pytestmark = pytest.mark.django_db


def find(slugs, condition=None):
    values = []
    asked = statements.take_out((slugs, condition or Q()), values, texts=True)

    def build():
        return Address.objects.filter(asked[1], kind="topic", slug__in=asked[0]).order_by("slug").values_list("key")

    return [key for (key,) in statements.rows(("test", asked), values, build)]


@pytest.fixture
def keys():
    keys = [uuid.uuid4() for _ in range(3)]
    for key, slug in zip(keys, ["a", "b", "c"], strict=True):
        Address.objects.create(kind="topic", slug=slug, key=key)
    return keys


def test_kept_statement_finds_by_the_values_of_each_time(keys, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert find(["a", "b"]) == keys[:2]
        assert find(["c", "nothing"]) == keys[2:]
        assert find(["b"], Q(key=keys[1]) | Q(key=keys[2])) == [keys[1]]
    assert find(["b"], Q(key=keys[0]) | Q(key=keys[2])) == []
    assert find(["b"], ~Q(key=keys[0])) == [keys[1]]


def test_questions_of_another_shape_have_another_statement():
    values = []
    moment, key = datetime(2026, 1, 2, tzinfo=UTC), uuid.uuid4()
    shapes = [
        statements.take_out(data, values)
        for data in (("topic", {key}), ("topic", {key, uuid.uuid4()}), ("section", {key}), (moment, 5), (5, moment))
    ]
    assert len({repr(shape) for shape in shapes}) == 5
    assert statements.take_out(("topic", {key}), []) == statements.take_out(("topic", {uuid.uuid4()}), [])
    assert statements.take_out((True, None, "name"), []) == (True, None, "name")


def test_statement_that_lost_a_value_is_refused():
    with pytest.raises(TypeError, match="does not hold its values"):
        statements.rows("lost", [uuid.uuid4()], lambda: Address.objects.values_list("key"))


def by_keys(kind, keys):
    return Address.objects.filter(kind=kind, key__in=keys).order_by("slug")


def slugs_by_keys(kind, keys):
    return by_keys(kind, keys).values_list("slug")


def test_few_things_and_many_are_found_alike(keys):
    for asked in ([], keys[:1], keys[:2], set(keys), [*keys, *[uuid.uuid4() for _ in range(statements.MOST_VALUES)]]):
        wanted = list(slugs_by_keys("topic", asked))
        assert statements.found(slugs_by_keys, "topic", asked) == wanted
        assert [row.slug for row in statements.objects(by_keys, "topic", asked)] == [slug for (slug,) in wanted]
        assert statements.objects(by_keys, "section", asked) == []


def with_what_is_left(keys):
    return Topic.objects.filter(pk__in=keys).select_related("merged_into").defer("description").order_by("slug")


def test_whole_rows_are_as_django_makes_them(django_assert_num_queries):
    left = make_topic("Left")
    merged = make_topic("Merged", same_as=["https://example.org/a"], merged_into=left)
    asked = [left.pk, merged.pk]
    assert statements.objects(with_what_is_left, asked) == list(with_what_is_left(asked))
    with django_assert_num_queries(1):
        first, second = statements.objects(with_what_is_left, asked)
        assert (first.merged_into, second.merged_into) == (None, left)
        assert (second.name, second.same_as) == ("Merged", ["https://example.org/a"])
        assert second.get_deferred_fields() == {"description"}
    second.name = "Another"
    second.save()
    assert Topic.objects.get(pk=merged.pk).name == "Another"


def test_statements_kept_are_bounded(keys):
    for number in range(statements.MOST_KEPT + 50):
        statements._kept["filler", number] = None
    assert find(["a"]) == keys[:1]
    assert len(statements._kept) <= statements.MOST_KEPT
