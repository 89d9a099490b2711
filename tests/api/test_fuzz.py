"""A fuzzer reads the OpenAPI document and finds no fault and no answer it does not describe."""

from collections.abc import Callable

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from reservations.models import Reservation
from tests.api.conftest import key_of
from tests.api.test_reservations_verbs import booked
from tests.cast import Cast

CHECKS: list[Callable[..., bool | None]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("signed_in", [True, False], ids=["with a key", "anonymous"])
def test_fuzzer_finds_no_fault(cast: Cast, signed_in: bool) -> None:
    made = booked(cast)
    document = Client().get("/api/v1/schema").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    headers = {"Host": "localhost", "Accept-Encoding": "identity"}
    if signed_in:
        headers["Authorization"] = f"Bearer {key_of(cast.alice)}"
    known = {"reservation_id": str(made.id), "organisation_id": str(cast.lontar.id)}
    called = 0

    for result in schema.get_all_operations():
        operation = result.ok()

        @seed(20261123)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: schemathesis.Case) -> None:
            nonlocal called
            # Half of the calls meet a row that is there, or they would all be 404.
            if called % 2 and case.path_parameters:
                own = {name: known[name] for name in case.path_parameters if name in known}
                case.path_parameters |= own
            called += 1
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)

        call()

    assert called >= 25 * EXAMPLES // 2
    assert Reservation.objects.filter(id=made.id).exists()
