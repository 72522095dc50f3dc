"""Requests made up from the API's description, right ones and wrong ones: none fails, each is answered as described."""

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cms.api import keys
from cms.api.models import Scope
from cms.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.programs]

# What a description cannot say: what an earlier answer gave, one of two ways through a list, parts of answers, and that
# few filters may be asked at once.
GIVEN_BY_ANSWERS = {"cursor", "after", "changed_after", "page", "fields"}
TIMES = {f"{name}_{side}" for name in ("published", "updated") for side in ("after", "before")}  # some far from any
AT_ONCE = 5
HURRIED = hypothesis.settings(
    max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(hypothesis.HealthCheck)
)

ONCE = hypothesis.settings(HURRIED, max_examples=1)
# What is published, what is shared, and what comes as a file: one kind of each, as all are described and written alike.
WRITTEN = "/api/v1/manage/"
OF_EACH_SORT = tuple(f"{WRITTEN}{name}/" for name in ("articles", "photos", "topics", "batch"))
# What is wrong may meet a database that refuses it; what is right is answered alike by either.
MODES = [
    pytest.param(GenerationMode.POSITIVE, marks=pytest.mark.apart, id="right"),
    pytest.param(GenerationMode.NEGATIVE, id="wrong"),
]
# With a key of ours: it is put over the wrong ones that are made up, and what is right by the description may still
# name what is not there.
AS_DESCRIBED = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


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
    return [operation.ok() for operation in described.get_all_operations()]


@pytest.mark.parametrize("mode", MODES)
def test_what_is_made_up_from_the_description_is_answered_as_described(newsroom, mode):
    for operation in operations():
        # Whoever writes without a key is refused, whatever is sent.
        @hypothesis.given(operation.as_strategy(generation_mode=mode))
        @(ONCE if operation.path.startswith(WRITTEN) else HURRIED)
        def ask(case):
            if mode == GenerationMode.POSITIVE:
                case.headers.pop("Last-Event-ID", None)
                left_out = set(GIVEN_BY_ANSWERS)
                if "search" in case.query:  # not any text has a word in it
                    case.query["search"] = "harbour"
                left_out |= {"ordering"} if "search" in case.query else set()  # which has orders of its own
                left_out |= {"count"} if "format" in case.query else set()  # of which not all tell it
                told = [pair for pair in case.query.items() if pair[0] not in left_out | TIMES]
                case.query = {name: value[:3] if isinstance(value, list) else value for name, value in told[:AT_ONCE]}
            response = case.call(headers={"Accept-Encoding": "identity"})
            if response.status_code != 414:  # which schemathesis does not count as a refusal
                case.validate_response(response)

        ask()


@pytest.mark.parametrize("mode", GenerationMode)
def test_program_that_may_do_everything_makes_no_fault_of_ours(newsroom, admin_user, settings, mode):
    settings.RATE_LIMIT_KEY = settings.RATE_LIMIT_ADDRESS = 1_000_000
    _key, secret = keys.make("Everything", admin_user, list(Scope.values))
    own = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    for operation in operations():
        if not operation.path.startswith(OF_EACH_SORT):
            continue

        @hypothesis.given(operation.as_strategy(generation_mode=mode))
        @HURRIED
        def ask(case):
            if mode == GenerationMode.POSITIVE:
                case.query.pop("cursor", None)
            case.validate_response(case.call(headers=own), checks=AS_DESCRIBED)

        ask()
