"""The log of staff reads: true, small, and only growing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from privacy import access, clock
from privacy.access import (
    OCCASIONS,
    Look,
    UnstatedPurpose,
    access_forget,
    access_log_of,
    access_note,
    access_note_all,
)
from privacy.append_only import erasing
from privacy.datamap import RETENTIONS
from privacy.models import AccessEntry
from privacy.purposes import PURPOSES
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def look(cast: Cast, *people: Any, **more: Any) -> None:
    """Dewi of the front desk sees names and telephone numbers of today's arrivals."""
    wish = {"purpose": "arrivals", "model": "accounts.User", "fields": ("phone", "full_name")}
    access_note(cast.dewi, subject_ids=[person.subject_id for person in people], **(wish | more))


def test_a_look_is_one_entry_for_each_person_in_one_statement(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        look(cast, cast.alice, cast.bob, cast.alice)

    assert len(captured) == 1
    [entry] = access_log_of(cast.bob.subject_id)
    assert entry.actor_id == cast.dewi.subject_id
    assert entry.role == "front_desk"
    assert (entry.model, entry.fields) == ("accounts.User", ["full_name", "phone"])
    assert entry.purpose == "arrivals"
    assert abs(clock.now() - entry.at) < timedelta(seconds=30)
    assert AccessEntry.objects.count() == 2


def test_thirty_people_cost_one_statement_too(cast: Cast, django_assert_num_queries: Any) -> None:
    from tests.cast import person  # noqa: PLC0415 - beside its only use

    people = [person(f"guest{number}@ruang.test") for number in range(30)]
    with django_assert_num_queries(1):
        look(cast, *people)
    assert AccessEntry.objects.count() == 30


def test_a_page_that_refreshes_itself_is_one_entry_an_hour(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now().replace(minute=10)
    for minutes, count in ((0, 1), (1, 1), (49, 1), (51, 2)):
        monkeypatch.setattr(access.clock, "now", lambda: start + timedelta(minutes=minutes))  # noqa: B023
        look(cast, cast.bob)
        assert AccessEntry.objects.count() == count
    look(cast, cast.bob, fields=("email",))
    look(cast, cast.bob, purpose="question")
    assert AccessEntry.objects.count() == 4


def test_ones_own_data_and_neutral_fields_are_no_look(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        look(cast, cast.dewi)
        look(cast, cast.bob, fields=("id", "version"))
        look(cast)
    assert not AccessEntry.objects.exists()


def test_neutral_fields_are_left_out_of_the_entry(cast: Cast) -> None:
    look(cast, cast.bob, fields=("id", "email"))

    assert access_log_of(cast.bob.subject_id)[0].fields == ["email"]


def test_a_purpose_nobody_declared_raises_and_writes_nothing(cast: Cast) -> None:
    with pytest.raises(UnstatedPurpose):
        look(cast, cast.bob, purpose="curiosity")
    with pytest.raises(KeyError):
        look(cast, cast.bob, fields=("shoe_size",))
    assert not AccessEntry.objects.exists()


def test_a_registered_purpose_is_a_reason_too(cast: Cast) -> None:
    look(cast, cast.bob, purpose="support")

    assert access_log_of(cast.bob.subject_id)[0].purpose == "support"


def test_every_occasion_serves_a_registered_purpose() -> None:
    assert {occasion.purpose for occasion in OCCASIONS.values()} <= set(PURPOSES)


def test_a_page_of_several_tables_is_one_statement(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    whose = [cast.bob.subject_id, cast.alice.subject_id]
    looks = [
        Look(whose, "accounts.User", ["full_name"]),
        Look(whose, "reservations.Reservation", ["title"]),
    ]
    with django_assert_num_queries(1):
        access_note_all(cast.dewi, purpose="arrivals", looks=looks)
    assert {entry.model for entry in access_log_of(cast.bob.subject_id)} == {
        "accounts.User",
        "reservations.Reservation",
    }


def test_roles_that_sleep_are_not_named(cast: Cast) -> None:
    cast.dewi.second_factor_missing = True
    look(cast, cast.bob)

    assert access_log_of(cast.bob.subject_id)[0].role == ""


def test_the_log_is_read_page_by_page_the_latest_first(cast: Cast) -> None:
    for name in ("email", "phone", "full_name", "institution", "picture"):
        look(cast, cast.bob, fields=(name,))
    look(cast, cast.alice)

    first = access_log_of(cast.bob.subject_id, limit=3)
    second = access_log_of(cast.bob.subject_id, after=first[-1].id, limit=3)
    assert [entry.fields[0] for entry in first + second] == [
        "picture",
        "institution",
        "full_name",
        "phone",
        "email",
    ]


@pytest.mark.parametrize("statement", ["UPDATE {} SET purpose = 'question'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_log(cast: Cast, statement: str) -> None:
    look(cast, cast.bob)
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("privacy_accessentry"))
    assert access_log_of(cast.bob.subject_id)[0].purpose == "arrivals"


def test_erasure_may_delete_and_the_permission_ends_with_it(cast: Cast) -> None:
    look(cast, cast.bob)
    look(cast, cast.alice)
    with transaction.atomic():
        with erasing():
            AccessEntry.objects.filter(subject=cast.bob.subject_id).delete()
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            AccessEntry.objects.all().delete()
    assert [entry.subject_id for entry in AccessEntry.objects.all()] == [cast.alice.subject_id]


def test_entries_go_when_the_maps_retention_is_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _event, days = RETENTIONS["access"]
    start = clock.now()
    look(cast, cast.bob)
    monkeypatch.setattr(access.clock, "now", lambda: start + timedelta(days=days, minutes=-1))
    assert access_forget() == 0
    look(cast, cast.alice)
    monkeypatch.setattr(access.clock, "now", lambda: start + timedelta(days=days, minutes=1))
    assert access_forget() == 1
    assert [entry.subject_id for entry in AccessEntry.objects.all()] == [cast.alice.subject_id]
