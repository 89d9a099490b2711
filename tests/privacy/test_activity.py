"""The activity record: only under consent, only shortened, only for 30 days (promise P8)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from privacy import clock, policy
from privacy.activity import (
    FEWEST,
    activity_allowed,
    activity_note,
    activity_of,
    activity_roll_up,
    activity_switch,
    counts_of,
    family_of,
    network_of,
)
from privacy.consent import PurposeRefused, consent_withdraw
from privacy.models import ActivityCount, ActivityEntry, ConsentRecord, Subject
from privacy.services import SubjectGone

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def switch(subject: Subject, *, on: bool = True) -> None:
    """The person's yes or no."""
    version = policy.current()
    activity_switch(
        subject_id=subject.id,
        on=on,
        policy_version=version.number,
        policy_hash=version.hash,
        language="en",
        form="activity",
    )


def note(subject: Subject, route: str = "find", visit: UUID | None = None, **more: str) -> UUID:
    """One page opened."""
    more = {"address": "203.0.113.77", "user_agent": FIREFOX} | more
    return activity_note(subject_id=subject.id, visit=visit, route=route, **more)


@pytest.fixture
def person() -> Subject:
    """Somebody who has not been asked."""
    return Subject.objects.create()


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock: hours(3) is three hours later."""
    start = timezone.now()
    return lambda later: monkeypatch.setattr(clock, "now", lambda: start + timedelta(hours=later))


@pytest.mark.promise("P8")
def test_without_consent_nothing_is_written(person: Subject) -> None:
    with pytest.raises(PurposeRefused):
        note(person)
    switch(person, on=False)
    with pytest.raises(PurposeRefused):
        note(person)
    assert not ActivityEntry.objects.exists()

    switch(person)
    note(person)
    assert activity_of(person.id).count() == 1


@pytest.mark.promise("P8")
def test_what_is_stored_is_shortened(person: Subject) -> None:
    switch(person)
    note(person, route="reservation", address="203.0.113.77")

    entry = activity_of(person.id).get()
    assert (entry.route, entry.network, entry.browser) == (
        "reservation",
        "203.0.113.0/24",
        "Firefox",
    )
    assert "203.0.113.77" not in str(vars(entry))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.77, 10.0.0.1", ""),
    ],
)
def test_addresses_are_cut(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (FIREFOX, "Firefox"),
        ("Mozilla/5.0 … Chrome/140.0 Safari/537.36 Edg/140.0", "Edge"),
        ("Mozilla/5.0 … Chrome/140.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (iPhone …) Version/18.0 Safari/604.1", "Safari"),
        ("curl/8.1", ""),
        ("", ""),
    ],
)
def test_of_a_browser_its_family_is_kept(agent: str, family: str) -> None:
    assert family_of(agent) == family


def test_the_next_page_of_a_visit_says_how_long_the_last_was_open(
    person: Subject, hours: Any
) -> None:
    switch(person)
    hours(1)
    visit = note(person, "find")
    hours(1 + 90 / 3600)
    assert note(person, "space", visit) == visit
    hours(5)
    note(person, "book", visit)

    assert list(activity_of(person.id).values_list("route", "seconds")) == [
        ("book", None),
        ("space", 30 * 60),
        ("find", 90),
    ]


def test_nobody_continues_the_visit_of_another(person: Subject) -> None:
    other = Subject.objects.create()
    switch(person)
    switch(other)
    visit = note(person)

    assert note(other, visit=visit) != visit
    assert note(person, visit=uuid4()) != visit
    assert activity_of(person.id).last().seconds is None  # type: ignore[union-attr]


@pytest.mark.promise("P8")
def test_off_deletes_and_stops(person: Subject) -> None:
    other = Subject.objects.create()
    for subject in (person, other):
        switch(subject)
        note(subject)
    switch(person, on=False)

    assert not activity_of(person.id).exists()
    assert activity_of(other.id).count() == 1
    with pytest.raises(PurposeRefused):
        note(person)
    acts = ConsentRecord.objects.filter(subject=person).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["given", "withdrawn"]


def test_a_yes_twice_is_one_receipt(person: Subject) -> None:
    switch(person)
    switch(person)

    assert ConsentRecord.objects.count() == 1
    assert activity_allowed(person.id)


def test_a_yes_under_another_policy_counts_for_nothing(person: Subject) -> None:
    with pytest.raises(policy.PolicyOutdated):
        activity_switch(
            subject_id=person.id,
            on=True,
            policy_version=99,
            policy_hash="0" * 64,
            language="en",
            form="activity",
        )
    assert not ConsentRecord.objects.exists()


def test_who_is_leaving_is_not_recorded(person: Subject) -> None:
    switch(person)
    Subject.objects.filter(id=person.id).update(state=Subject.State.ERASING)

    with pytest.raises(SubjectGone):
        note(person)


@pytest.mark.promise("P8")
def test_after_thirty_days_only_counts_of_ten_people_remain(hours: Any) -> None:
    people = [Subject.objects.create() for _n in range(FEWEST)]
    hours(0)
    for index, subject in enumerate(people):
        switch(subject)
        note(subject, "find", note(subject, "find"))
        if index < FEWEST - 1:
            note(subject, "space")
    hours(24 * 29)
    assert activity_roll_up() == 0
    hours(24 * 32)
    assert activity_roll_up() == 3 * FEWEST - 1

    assert not ActivityEntry.objects.exists()
    # Nine people opened a space: that is nobody's count, and too few for the rest as well.
    [count] = ActivityCount.objects.all()
    assert (count.route, count.views, count.timed) == ("find", 20, 10)
    [cell] = counts_of(count.day)
    assert (cell["route"], cell["total"]) == ("find", 20)
    assert activity_roll_up() == 0


def test_small_pages_are_counted_together(hours: Any) -> None:
    hours(0)
    for index in range(FEWEST):
        subject = Subject.objects.create()
        switch(subject)
        note(subject, f"page-{index % 2}")
    hours(24 * 32)
    activity_roll_up()

    assert list(ActivityCount.objects.values_list("route", "views")) == [("", FEWEST)]


def test_no_column_of_the_counts_leads_to_a_person() -> None:
    names = {field.name for field in ActivityCount._meta.get_fields()}

    assert names == {"id", "day", "route", "views", "timed", "seconds"}
    assert not any(field.is_relation for field in ActivityCount._meta.get_fields())


def test_a_withdrawal_said_elsewhere_empties_the_record(person: Subject) -> None:
    restricted = Subject.objects.create()
    for subject in (person, restricted):
        switch(subject)
        note(subject)
    consent_withdraw(subject_id=person.id, purpose="insight", language="en", form="consents")
    Subject.objects.filter(id=restricted.id).update(state=Subject.State.RESTRICTED)
    assert activity_of(person.id).exists()

    assert activity_roll_up() == 1
    assert not activity_of(person.id).exists()
    assert activity_of(restricted.id).exists()
