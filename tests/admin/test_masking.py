"""The back office under the data map: masked, searched, exported by role, and noted."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.common import event_add
from privacy.access import access_log_of
from privacy.back_office import MOST_ROWS, safe_cell
from privacy.models import AccessEntry, OutboxMessage, SecurityAlert
from reservations.models import Reservation
from tests.admin.test_back_office import _statements as statements
from tests.admin.test_back_office import book, enter, url
from tests.cast import Cast, person

pytestmark = pytest.mark.django_db
USER = "accounts.user"
HIDDEN = "Tidak ditampilkan untuk peran Anda"


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The rows of an export."""
    content = answer.content.decode()
    assert content.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))


def export(client: Client, model: str, *keys: object) -> Any:
    wish = {"action": "export_csv", "_selected_action": [str(key) for key in keys]}
    return client.post(url(model, "changelist"), wish)


@pytest.mark.promise("P45")
def test_a_list_covers_what_the_role_may_not_see(cast: Cast) -> None:
    User.objects.filter(id=cast.alice.id).update(full_name="Alice Wijaya")

    service = enter(cast.gita).get(url(USER, "changelist")).content.decode()
    assert "Alice Wijaya" in service
    assert HIDDEN in service
    assert "Resepsionis" not in service.partition("<main")[2]
    administrator = enter(cast.root).get(url(USER, "changelist")).content.decode()
    assert "Resepsionis" in administrator


@pytest.mark.promise("P45")
def test_hidden_fields_are_neither_searched_nor_filtered_nor_asked_by_address(cast: Cast) -> None:
    book(cast)
    client = enter(cast.root)
    listed = url("privacy.outboxmessage", "changelist")
    word = OutboxMessage.objects.all()[0].template
    assert enter(cast.hadi).get(listed, {"q": word}).context["cl"].result_list
    # The administrator does not see templates, so nothing is found by one: the word is ignored.
    shown = client.get(listed).context["cl"]
    assert shown.search_fields == ["=id"]
    assert "state" not in shown.list_filter
    assert client.get(listed, {"state": "queued"}).status_code == 400
    assert enter(cast.hadi).get(listed, {"state": "queued"}).status_code == 200
    assert (
        enter(cast.gita).get(url(USER, "changelist"), {"roles__contains": "x"}).status_code == 400
    )


@pytest.mark.promise("P45")
def test_a_hidden_order_is_not_offered(cast: Cast) -> None:
    page = enter(cast.gita).get(url(USER, "changelist"))

    assert page.context["cl"].get_ordering(page.wsgi_request, User.objects.all())[0] == "-pk"


def test_opening_a_record_asks_why_first_and_shows_nothing_before(cast: Cast) -> None:
    User.objects.filter(id=cast.alice.id).update(full_name="Alice Wijaya")
    client = enter(cast.gita)
    page = url(USER, "change", cast.alice.id)

    asked = client.get(page).content.decode()
    assert "Alice Wijaya" not in asked
    assert 'value="question"' in asked
    wrong = client.get(page, {"purpose": "curiosity"}).content.decode()
    assert "Alice Wijaya" not in wrong
    assert 'role="alert"' in wrong
    assert not AccessEntry.objects.filter(subject=cast.alice.subject_id).exists()

    opened = client.get(page, {"purpose": "question"}).content.decode()
    assert "Alice Wijaya" in opened
    [entry] = access_log_of(cast.alice.subject_id)
    assert (entry.purpose, entry.role) == ("question", "customer_service")
    assert entry.fields == ["email", "full_name", "institution", "phone"]


def test_who_may_not_open_a_record_is_not_asked(cast: Cast) -> None:
    assert enter(cast.farid).get(url(USER, "change", cast.alice.id)).status_code == 403


def test_a_list_notes_the_people_in_it_whatever_their_number(cast: Cast) -> None:
    client = enter(cast.gita)
    client.get(url(USER, "changelist"))
    [entry] = access_log_of(cast.alice.subject_id)
    assert (entry.purpose, entry.fields) == ("accounts", ["email", "full_name"])
    few = statements(client, url(USER, "changelist"))
    for number in range(20):
        person(f"p{number}@ruang.test")
    assert statements(client, url(USER, "changelist")) == few


@pytest.mark.promise("P45")
def test_an_export_holds_the_columns_of_the_role_and_is_noted(cast: Cast) -> None:
    User.objects.filter(id=cast.alice.id).update(full_name="Alice Wijaya")

    answer = export(enter(cast.gita), USER, cast.alice.id, cast.bob.id)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    rows = rows_of(answer)
    assert len(rows) == 2
    assert any("Alice Wijaya" in row.values() for row in rows)
    assert len(rows[0]) == 2
    assert access_log_of(cast.alice.subject_id)[0].fields == ["email", "full_name"]

    whole = rows_of(export(enter(cast.root), USER, cast.dewi.id))
    assert len(whole[0]) == 5
    assert "Resepsionis" in whole[0].values()


def test_a_reservation_is_exported_without_the_price_to_an_administrator(cast: Cast) -> None:
    row = book(cast, title="Gaji direksi")

    answer = export(enter(cast.root), "reservations.reservation", row.id)
    assert "Gaji direksi" not in answer.content.decode()
    assert str(row.id) in answer.content.decode()
    page = url("reservations.reservation", "change", row.id)
    seen = enter(cast.root).get(page, {"purpose": "misuse"}).content.decode()
    price = f"{Reservation.objects.get(id=row.id).price_amount}"
    assert price not in seen.replace(".", "").replace(",", "")
    seen = enter(cast.eka).get(page, {"purpose": "reservation"}).content.decode()
    assert price in seen.replace(".", "").replace(",", "")


@pytest.mark.parametrize("text", ["=1+1", "+62 811", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell([text]) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    assert safe_cell("Alice = 1") == "Alice = 1"
    assert safe_cell(None) == ""
    assert safe_cell(7) == "7"


def test_a_name_that_is_a_formula_is_exported_as_text(cast: Cast) -> None:
    User.objects.filter(id=cast.alice.id).update(full_name='=HYPERLINK("x")')

    [row] = rows_of(export(enter(cast.gita), USER, cast.alice.id))
    assert '\'=HYPERLINK("x")' in row.values()


def test_too_many_rows_are_refused_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.back_office.MOST_ROWS", 1)
    client = enter(cast.gita)
    answer = export(client, USER, cast.alice.id, cast.bob.id)

    assert answer.status_code == 302
    page = client.get(url(USER, "changelist"))
    assert [str(said) for said in page.context["messages"]] == [
        "Pilih paling banyak 1 baris untuk satu ekspor."
    ]
    assert MOST_ROWS > 1


@pytest.mark.promise("P46")
def test_an_export_soon_after_a_new_browser_is_an_alert(cast: Cast) -> None:
    client = enter(cast.gita)
    assert rows_of(export(client, USER, cast.alice.id))
    assert not SecurityAlert.objects.exists()

    event_add("new_device", subject_id=cast.gita.subject_id, actor=cast.gita)
    assert rows_of(export(client, USER, cast.alice.id))

    alert = SecurityAlert.objects.get()
    assert (alert.kind, alert.subject_id) == ("export_new_device", cast.gita.subject_id)
