"""The preference profile: only under consent, for the person alone (promise P12)."""

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privacy import policy
from privacy.consent import PurposeRefused, consent_withdraw
from privacy.datamap import Personal, entries
from privacy.models import PreferenceProfile, Subject
from privacy.preferences import (
    REMEMBERED,
    Choice,
    choice_note,
    choice_read,
    choices_of,
    profile_reset,
    profile_switch,
    profiles_tidy,
    suggestion_of,
)

ROOT = Path(__file__).resolve().parents[2]
USUAL = Choice("kebon-sirih", "meeting_room", 6, 60, "09:00")


def switch(subject: Subject, *, on: bool = True) -> None:
    """The person's yes or no."""
    version = policy.current()
    profile_switch(
        subject_id=subject.id,
        on=on,
        policy_version=version.number,
        policy_hash=version.hash,
        language="en",
        form="preferences",
    )


@pytest.fixture
def person(db: None) -> Subject:
    """Somebody who has not been asked."""
    return Subject.objects.create()


@pytest.mark.promise("P12")
def test_off_stops_writes(person: Subject) -> None:
    with pytest.raises(PurposeRefused):
        choice_note(subject_id=person.id, choice=USUAL)
    assert not PreferenceProfile.objects.exists()

    switch(person)
    choice_note(subject_id=person.id, choice=USUAL)
    assert choices_of(person.id) == [USUAL]

    switch(person, on=False)
    with pytest.raises(PurposeRefused):
        choice_note(subject_id=person.id, choice=USUAL)
    assert not PreferenceProfile.objects.exists()


@pytest.mark.promise("P12")
def test_a_profile_is_seen_and_reset_by_its_person_alone(person: Subject) -> None:
    other = Subject.objects.create()
    for subject in (person, other):
        switch(subject)
        choice_note(subject_id=subject.id, choice=USUAL)

    assert profile_reset(subject_id=person.id) is True
    assert profile_reset(subject_id=person.id) is False
    assert choices_of(person.id) == []
    assert choices_of(other.id) == [USUAL]


def test_the_oldest_is_forgotten(person: Subject) -> None:
    switch(person)
    for people in range(1, REMEMBERED + 3):
        choice_note(subject_id=person.id, choice=Choice(people=people))

    assert [choice.people for choice in choices_of(person.id)] == list(range(14, 2, -1))


@pytest.mark.parametrize(
    ("choices", "habit"),
    [
        ([], Choice()),
        ([USUAL], Choice()),
        ([USUAL, USUAL], USUAL),
        ([USUAL, Choice(people=2), USUAL], USUAL),
        # Two of five are no habit, two of four are.
        ([USUAL, USUAL, Choice(), Choice("x"), Choice("y")], Choice()),
        ([Choice("a"), Choice("b"), Choice("b"), Choice("a")], Choice("a")),
        ([Choice("a", people=4), Choice("a", people=9)], Choice("a")),
    ],
)
def test_a_habit_is_what_half_of_the_bookings_share(choices: list[Choice], habit: Choice) -> None:
    assert suggestion_of(choices) == habit


def test_a_profile_of_another_release_is_read() -> None:
    assert choice_read({"where": "a", "gone": 1}) == Choice("a")


def test_a_withdrawal_said_elsewhere_silences_and_then_deletes(person: Subject) -> None:
    restricted = Subject.objects.create()
    for subject in (person, restricted):
        switch(subject)
        choice_note(subject_id=subject.id, choice=USUAL)
    consent_withdraw(subject_id=person.id, purpose="preferences", language="en", form="consents")
    Subject.objects.filter(id=restricted.id).update(state=Subject.State.RESTRICTED)

    assert choices_of(person.id) == choices_of(restricted.id) == []
    assert profiles_tidy() == 1
    assert [row.subject_id for row in PreferenceProfile.objects.all()] == [restricted.id]


def test_who_has_no_profile_costs_one_statement(person: Subject) -> None:
    with CaptureQueriesContext(connection) as seen:
        choices_of(person.id)

    assert len(seen) == 1


#: The only modules that may touch a profile; none of them is an API, a list or a message.
READERS = {
    "privacy/preferences.py",
    "privacy/models/__init__.py",
    "privacy/models/tracking.py",
    "privacy/personal_data/tracking.py",
    "privacy/tasks.py",
    "frontend/habits.py",
    "frontend/habit_words.py",
    "frontend/views/habits.py",
}


@pytest.mark.promise("P12")
def test_a_profile_is_never_shared() -> None:
    touching = set()
    for app in ("privacy", "accounts", "billing", "reservations", "support", "frontend", "config"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            if "PreferenceProfile" in names or "privacy.preferences" in text:
                touching.add(str(path.relative_to(ROOT)))
    assert "privacy/preferences.py" in touching
    assert touching <= READERS

    fields = entries()["privacy.preferenceprofile"].fields.values()
    declared = [field for field in fields if isinstance(field, Personal)]
    assert declared
    assert {field.roles for field in declared} == {()}
    assert {field.purposes for field in declared} == {("preferences",)}
