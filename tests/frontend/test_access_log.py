"""Who looked: the page and the API show it at once, in words, and never name the staff."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from privacy import access, clock
from privacy.access import access_note
from privacy.access_words import PAGE
from privacy.held import held_counts
from tests.cast import Cast
from tests.frontend.conftest import browser

pytestmark = pytest.mark.django_db
ADDRESS = "/privacy/access-log"
API = "/api/v1/privacy/access-log"


def look(cast: Cast, person: Any, *fields: str, purpose: str = "arrivals") -> None:
    access_note(
        cast.dewi,
        subject_ids=[person.subject_id],
        purpose=purpose,
        model="accounts.User",
        fields=fields or ("full_name", "phone"),
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "id",
            ("Resepsionis", "nama, nomor telepon", "Untuk menerima tamu yang datang hari ini"),
        ),
        ("en", ("Front desk", "name, telephone number", "To receive the people who come today")),
    ],
)
def test_a_look_is_on_the_page_at_once_in_words(
    cast: Cast, language: str, words: tuple[str, ...]
) -> None:
    before = browser(cast.bob, language).get(ADDRESS).content.decode()
    assert not any(word in before for word in words)

    look(cast, cast.bob)
    page = browser(cast.bob, language).get(ADDRESS).content.decode()
    for word in words:
        assert word in page
    assert "Dewi" not in page
    assert str(cast.dewi.subject_id) not in page


def test_nobody_sees_the_log_of_another(cast: Cast) -> None:
    look(cast, cast.bob)

    assert "Front desk" in browser(cast.bob, "en").get(ADDRESS).content.decode()
    assert "Front desk" not in browser(cast.alice, "en").get(ADDRESS).content.decode()
    assert browser().get(ADDRESS).status_code == 302


def test_the_page_goes_on_where_it_ended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.now()
    for hour in range(PAGE + 2):
        monkeypatch.setattr(access.clock, "now", lambda h=hour: start + timedelta(hours=h))
        look(cast, cast.bob)
    monkeypatch.undo()
    client = browser(cast.bob, "en")

    first = client.get(ADDRESS)
    assert len(first.context["rows"]) == PAGE
    second = client.get(ADDRESS, {"after": first.context["next"]})
    assert len(second.context["rows"]) == 2
    ids = {row.id for row in (*first.context["rows"], *second.context["rows"])}
    assert len(ids) == PAGE + 2
    assert len(client.get(ADDRESS, {"after": "nonsense"}).context["rows"]) == PAGE


def test_the_api_says_the_same(cast: Cast) -> None:
    look(cast, cast.bob, purpose="support")
    answer = browser(cast.bob, "en").get(API).json()

    assert answer["next"] is None
    [row] = answer["results"]
    assert row["role"] == "front_desk"
    assert row["role_words"] == "Front desk"
    assert row["fields"] == ["accounts.User.full_name", "accounts.User.phone"]
    assert row["fields_words"] == "name, telephone number"
    assert row["purpose"] == "support"
    assert "Answer the questions" in row["purpose_words"]
    assert set(row) == {
        "id", "at", "role", "role_words", "fields", "fields_words", "purpose", "purpose_words",
    }  # fmt: skip
    assert browser(cast.alice).get(API).json()["results"] == []


def test_the_api_pages_by_cursor(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    start = clock.now()
    for hour in range(PAGE + 1):
        monkeypatch.setattr(access.clock, "now", lambda h=hour: start + timedelta(hours=h))
        look(cast, cast.bob)
    monkeypatch.undo()
    client = browser(cast.bob)

    first = client.get(API).json()
    second = client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"])) == (PAGE, 1)
    assert second["next"] is None


def test_a_long_log_costs_as_many_statements_as_a_short_one(
    cast: Cast, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection  # noqa: PLC0415 - beside its only use
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = browser(cast.bob)
    look(cast, cast.bob)
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)
    start = clock.now()
    for hour in range(1, 31):
        monkeypatch.setattr(access.clock, "now", lambda h=hour: start + timedelta(hours=h))
        look(cast, cast.bob)
    monkeypatch.undo()
    with django_assert_num_queries(len(few)):
        client.get(ADDRESS)


@pytest.mark.promise("L1")
@pytest.mark.parametrize(("language", "word"), [("id", "Catatan pemrosesan"), ("en", "Bookings")])
def test_the_record_is_a_page_for_everybody(db: None, language: str, word: str) -> None:
    page = browser(language=language).get("/privacy/record").content.decode()

    assert word in page
    assert "reservations.Guest" not in page
    assert "Vault of keys" in page or language == "id"


@pytest.mark.promise("L1")
def test_officers_see_tables_and_processors_and_others_do_not(cast: Cast, client: Client) -> None:
    from tests.admin.test_back_office import enter  # noqa: PLC0415 - the second factor's browser

    page = enter(cast.hadi).get("/staff/record").content.decode()
    assert "reservations.Guest" in page
    assert enter(cast.farid).get("/staff/record").status_code == 403
    assert browser(cast.alice).get("/staff/record").status_code == 404
    assert client.get("/staff/record").status_code == 302


@pytest.mark.promise("L1")
def test_the_record_is_downloaded_as_csv_and_json_ld(db: None) -> None:
    table = browser(language="en").get("/privacy/record.csv")
    assert table["Content-Type"].startswith("text/csv")
    assert "reservations.Guest" in table.content.decode()
    linked = browser().get("/privacy/record.jsonld")
    assert linked["Content-Type"] == "application/ld+json"
    assert linked.json()["@type"] == "dpv:RecordsOfActivities"


def test_held_counts_the_rows_of_the_caller_alone(cast: Cast) -> None:
    assert held_counts(cast.bob.subject_id)["contact"] == 1
    assert "access" not in {k for k, n in held_counts(cast.bob.subject_id).items() if n}
    look(cast, cast.bob)
    assert held_counts(cast.bob.subject_id)["access"] == 1
    assert held_counts(cast.alice.subject_id).get("access", 0) == 0

    rows = {
        r["code"]: r for r in browser(cast.bob, "en").get("/api/v1/privacy/held").json()["results"]
    }
    assert rows["access"]["rows"] == 1
    assert rows["contact"]["why"]
    assert rows["contact"]["category"] == "Contact details"
