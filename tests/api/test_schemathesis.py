"""Requests made up from the API's description, right ones and wrong ones: none fails, each is answered as described."""

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.generation import GenerationMode

from cms.wsgi import application

pytestmark = pytest.mark.django_db

# What a description cannot say: what an earlier answer gave, one of two ways through a list, parts of answers, and that
# few filters may be asked at once.
GIVEN_BY_ANSWERS = {"cursor", "after", "changed_after", "page", "fields"}
AT_ONCE = 5
HURRIED = hypothesis.settings(
    max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)


@pytest.fixture(autouse=True)
def one_connection():
    """Requests come in by WSGI, and are to see what the test has made: on its connection, which stays open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations():
    described = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    return [found.ok() for found in described.get_all_operations()]


@pytest.mark.parametrize("mode", GenerationMode)
def test_what_is_made_up_from_the_description_is_answered_as_described(newsroom, mode):
    for operation in operations():

        @hypothesis.given(operation.as_strategy(generation_mode=mode))
        @HURRIED
        def ask(case):
            if mode == GenerationMode.POSITIVE:
                told = [pair for pair in case.query.items() if pair[0] not in GIVEN_BY_ANSWERS]
                case.query = {name: value[:3] if isinstance(value, list) else value for name, value in told[:AT_ONCE]}
            response = case.call(headers={"Accept-Encoding": "identity"})
            if response.status_code != 414:  # which schemathesis does not count as a refusal
                case.validate_response(response)

        ask()
