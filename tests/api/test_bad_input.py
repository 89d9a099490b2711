"""Whatever is sent, the answer is JSON that says what was wrong, and nothing was written."""

import json
from typing import Any

import pytest
from django.test import Client

from reservations.models import Reservation
from tests.api.conftest import Caller, key_of
from tests.api.test_reservations_verbs import ROUTE, booked, local, wanted
from tests.cast import Cast, at


def codes(problem: dict[str, Any]) -> dict[str, list[str]]:
    """{field: codes} of a problem."""
    return {name: [rule["code"] for rule in rules] for name, rules in problem["errors"].items()}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"starts_at": "2026-11-25T14:00:00"}, {"starts_at": ["naive"]}),
        ({"starts_at": "besok"}, {"starts_at": ["invalid"]}),
        ({"starts_at": "2026-02-30T10:00:00Z"}, {"starts_at": ["invalid"]}),
        ({"starts_at": "0001-01-01T00:00:00+07:00"}, {"starts_at": ["invalid"]}),
        ({"starts_at": 5}, {"starts_at": ["invalid"]}),
        ({"space": "Meranti"}, {"space": ["invalid"]}),
        ({"space": None}, {"space": ["null"]}),
        ({"people": 10**30}, {"people": ["max_value"]}),
        ({"people": 0}, {"people": ["min_value"]}),
        ({"title": "n" * 300}, {"title": ["max_length"]}),
        ({"title": "a\x00b"}, {"title": ["null_characters_not_allowed"]}),
        ({"titel": "x"}, {"titel": ["unknown"]}),
        ({"guests": [{"email": "no"}]}, {"guests.0.email": ["invalid"]}),
        ({"guests": "everyone"}, {"guests": ["not_a_list"]}),
    ],
)
def test_unusable_value_is_named(
    cast: Cast, caller: Caller, changed: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    answer = caller(cast.alice).post(ROUTE, wanted(cast) | changed)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert codes(answer.json()) == expected
    assert not Reservation.objects.exists()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-12-25T12:00:00+07:00", "2026-12-25T11:00:00+07:00"),
        ("2026-12-25T12:00:00+07:00", "2026-12-25T12:00:00+07:00"),
        ("0001-01-01T10:00:00Z", "0001-01-01T11:00:00Z"),
        ("9999-12-31T10:00:00Z", "9999-12-31T11:00:00Z"),
    ],
)
def test_no_period_at_all_is_malformed(cast: Cast, caller: Caller, start: str, end: str) -> None:
    client = caller(cast.alice)
    period = {"starts_at": start, "ends_at": end}

    made = client.post(ROUTE, {"space": str(cast.room.id), **period})
    asked = client.get("/api/v1/availability", period)

    assert [(a.status_code, a.json()["code"]) for a in (made, asked)] == [(400, "malformed")] * 2


def test_every_broken_rule_is_listed(cast: Cast, caller: Caller) -> None:
    sent = {
        "space": str(cast.room.id), "people": 100_000,
        "starts_at": local(at(10, 1)), "ends_at": local(at(10, 7)),
    }  # fmt: skip

    answer = caller(cast.alice).post(ROUTE, sent)

    assert (answer.status_code, answer.json()["code"]) == (422, "rules_broken")
    assert codes(answer.json()) == {
        "people": ["over_capacity"],
        "ends_at": ["too_short", "off_step"],
        "starts_at": ["off_step"],
    }


def test_far_too_many_guests_are_refused(cast: Cast, caller: Caller) -> None:
    few = [{"email": f"g{n}@lontar.example"} for n in range(201)]
    many = [{}] * 100_000

    for guests in (few, many):
        answer = caller(cast.alice).post(ROUTE, wanted(cast, guests=guests))
        assert (answer.status_code, codes(answer.json())) == (
            422, {"guests": ["too_many_guests"]},
        )  # fmt: skip


@pytest.mark.parametrize(
    "title", ["Ñandú 会议 اجتماع हिन्दी", "=cmd|'/c calc'!A0", "<script>x</script>"]
)
def test_titles_stay_what_they_are(cast: Cast, caller: Caller, title: str) -> None:
    answer = caller(cast.alice).post(ROUTE, wanted(cast, title=title))

    assert (answer.status_code, answer.json()["title"]) == (201, title)
    assert Reservation.objects.get().title == title


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"[]", 400, "malformed"),
        (b"null", 400, "malformed"),
        (b'"text"', 400, "malformed"),
        (b"5", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b'{"title": NaN}', 400, "malformed"),
        (b'{"people": ' + b"9" * 5000 + b"}", 400, "malformed"),
        (b'{"title": "\xff\xfe"}', 400, "malformed"),
        (b'{"title": "\\ud800"}', 400, "malformed"),
        (b'{"\\ud800": 1}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"guests": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "malformed"),
        (b'{"title": "' + b"a" * 1_100_000 + b'"}', 413, "too_large"),
    ],
)
def test_unreadable_body_is_refused(cast: Cast, sent: bytes, status: int, code: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {key_of(cast.alice)}"})

    answer = client.post(ROUTE, sent, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x"]
)
def test_other_formats_are_unsupported(cast: Cast, kind: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {key_of(cast.alice)}"})

    answer = client.generic("POST", ROUTE, json.dumps(wanted(cast)), content_type=kind)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ("/api/v1/nothing", 404),
        ("/api/v1/", 404),
        ("/api/v2/spaces", 404),
        ("/api/v1/locations/", 404),
        ("/api/v1/reservations/not-an-id", 404),
        ("/api/v1/spaces?q=a%00b", 400),
        ("/api/v1/spaces?kind=cellar", 400),
        ("/api/v1/spaces?capacity=99999999999999999999", 400),
        ("/api/v1/spaces?location=5", 400),
        ("/api/v1/spaces?cursor=AAAA", 400),
        ("/api/v1/spaces?limit=0", 400),
        ("/api/v1/spaces?limit=101", 400),
        ("/api/v1/spaces?format=xml", 404),
        ("/api/v1/timeline", 400),
        ("/api/v1/timeline?location=01993dfa-0000-7000-8000-000000000000", 404),
        ("/api/v1/availability?starts_at=2026-12-01T10:00:00&ends_at=2026-12-01T11:00:00", 400),
        ("/api/v1/reservations", 401),
    ],
)
def test_wrong_address_answers_a_problem(cast: Cast, link: str, status: int) -> None:
    answer = Client().get(link)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert set(problem) >= {"type", "title", "detail", "code"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "yesterday"])
def test_timeline_refuses_days_off_the_calendar(cast: Cast, day: str) -> None:
    answer = Client().get("/api/v1/timeline", {"location": str(cast.place.id), "date": day})

    assert (answer.status_code, set(codes(answer.json()))) == (400, {"date"})


def test_wrong_host_answers_a_problem(cast: Cast) -> None:
    answer = Client(headers={"Host": "evil.example"}).get("/api/v1/locations")

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_unsupported_method_answers_a_problem(cast: Cast) -> None:
    answer = Client().delete("/api/v1/locations")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("value", ["01993dfa", "", "x" * 500])
def test_foreign_cursor_is_malformed(cast: Cast, caller: Caller, value: str) -> None:
    client = caller(cast.alice)
    booked(cast)

    answer = client.get(ROUTE, {"cursor": value})

    assert answer.status_code == (200 if value == "" else 400)


@pytest.mark.parametrize("key", ["", "x" * 201, "é"])
def test_unusable_idempotency_key_is_refused(cast: Cast, caller: Caller, key: str) -> None:
    answer = caller(cast.alice).post(ROUTE, wanted(cast), headers={"Idempotency-Key": key})

    assert (answer.status_code, set(codes(answer.json()))) == (400, {"Idempotency-Key"})


def test_profile_refuses_a_zone_that_does_not_exist(cast: Cast, caller: Caller) -> None:
    answer = caller(cast.alice).patch("/api/v1/me", {"time_zone": "Asia/Atlantis"})

    assert (answer.status_code, codes(answer.json())) == (400, {"time_zone": ["time_zone"]})


def test_others_organisation_is_unknown(cast: Cast, caller: Caller) -> None:
    client = caller(cast.charlie)
    assert client.get(f"/api/v1/organisations/{cast.merapi.id}").status_code == 200

    for path in ("", "/members", "/invitations"):
        answer = client.get(f"/api/v1/organisations/{cast.lontar.id}{path}")
        assert (path, answer.status_code, answer.json()["code"]) == (path, 404, "not_found")
