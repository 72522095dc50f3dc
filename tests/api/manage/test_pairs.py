"""Each act with an item beside each other one, in one moment: both are answered, and what stands agrees with both."""

import itertools
from functools import partial

import pytest
from django.contrib.auth.models import User

from cms.publishing.models import Publication
from newsroom.models import Article
from tests.api.manage.conftest import Program
from tests.api.manage.test_twins import at_once
from tests.factories import make_article, publish

# A race that is lost once is a fault.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.programs, pytest.mark.flaky(reruns=0)]

# Of an act: what may be answered to it, whatever is done beside it.
ACTS = {
    "patch": (lambda desk, one, tag: desk.patch(one, {"headline": "Patched"}, tag), {200, 404, 412}),
    "put": (lambda desk, one, tag: desk.put(one, {"headline": "Put"}, tag), {200, 404, 412}),
    "delete": (lambda desk, one, tag: desk.delete(one, tag), {204, 404, 409, 412}),
    "publish": (lambda desk, one, tag: desk.post(f"{one}publish/", {}), {200, 404}),
    "schedule": (lambda desk, one, tag: desk.post(f"{one}schedule/", {"at": "2100-01-01"}), {200, 404}),
    "withdraw": (lambda desk, one, tag: desk.post(f"{one}withdraw/", {}), {200, 404, 409}),
    "restore": (lambda desk, one, tag: desk.post(f"{one}restore/", {"version": int(tag.strip('"'))}), {200, 404}),
}


@pytest.mark.parametrize("is_live", [False, True])
def test_two_acts_at_once_are_answered_and_what_stands_agrees(transactional_db, is_live):
    desk = Program(User.objects.create_superuser("root"), ["read", "drafts", "write", "media", "publish"])
    wrong = {}
    for pair in itertools.combinations_with_replacement(ACTS, 2):
        article = make_article(headline="First")
        if is_live:
            publish(article)
        one = f"articles/{article.pk}/"
        tag = desk.get(one)["ETag"]
        answers = at_once(*[partial(ACTS[name][0], desk, one, tag) for name in pair])
        for name, answer in zip(pair, answers, strict=True):
            if answer.status_code not in ACTS[name][1]:
                wrong[*pair, name] = (answer.status_code, answer.json())
        is_deleted = 204 in [answer.status_code for answer in answers]
        is_there = Article.objects.filter(pk=article.pk).exists()
        if is_there == is_deleted or (is_deleted and Publication.objects.filter(key=article.pk).exists()):
            wrong[pair] = f"deleted: {is_deleted}, there: {is_there}"
    assert wrong == {}
