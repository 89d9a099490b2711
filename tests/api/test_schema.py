"""The OpenAPI document is the committed one, its page obeys the policy, limits hold."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.cast import Cast


def test_committed_document_is_the_one_the_code_makes() -> None:
    call_command("schema_check", stdout=StringIO())


def test_document_is_openapi_3_1_and_names_every_verb(db: None) -> None:
    answer = Client().get("/api/v1/schema")

    assert answer["Content-Type"].startswith("application/json")
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/reservations/{reservation_id}/confirm" in document["paths"]
    booking = document["paths"]["/api/v1/reservations"]["post"]
    assert set(booking["responses"]) == {"201", "409", "412", "422", "default"}


def test_docs_page_has_no_inline_script_and_its_own_policy(db: None) -> None:
    answer = Client().get("/api/v1/docs")

    html = answer.content.decode()
    assert '<div id="swagger-ui">' in html
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r"https?://(?!127|localhost|testserver)", html)
    policy = answer["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "unsafe-inline" not in Client().get("/api/v1/schema")["Content-Security-Policy"]
    script = Client().get("/api/v1/docs?script=")
    assert script["Content-Type"] == "application/javascript"
    assert "/api/v1/schema" in script.content.decode()


def test_too_many_requests_answer_429(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"anon": "2/min", "user": "2/min"}
    monkeypatch.setattr("config.throttles.RateThrottle.THROTTLE_RATES", rates)
    client = Client()
    answers = [client.get("/api/v1/locations") for _number in range(5)]

    assert answers[0].status_code == 200
    last = answers[-1]
    assert (last.status_code, last.json()["code"]) == (429, "throttled")
    assert 1 <= int(last["Retry-After"]) <= 60


def test_metrics_are_for_this_machine_or_the_bearer(db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = "sesame"
    near, far = Client(), Client(REMOTE_ADDR="203.0.113.9")
    assert b"python_info" in near.get("/metrics").content

    passed_on = near.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    bearer = far.get("/metrics", headers={"Authorization": "Bearer sesame"})
    wrong = far.get("/metrics", headers={"Authorization": "Bearer simsim"})

    codes = [answer.status_code for answer in (far.get("/metrics"), passed_on, wrong, bearer)]
    assert codes == [404, 404, 404, 200]
    settings.METRICS_TOKEN = ""
    assert far.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
