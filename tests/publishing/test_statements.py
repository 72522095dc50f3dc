import uuid
from datetime import UTC, datetime

import pytest
from django.db.models import Q

from cms.database import statements
from cms.publishing.models import Address

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


def test_statements_kept_are_bounded(keys):
    for number in range(statements.MOST_KEPT + 50):
        statements._kept["filler", number] = None
    assert find(["a"]) == keys[:1]
    assert len(statements._kept) <= statements.MOST_KEPT
