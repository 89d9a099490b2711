"""The preference profile (promise P12): suggestions made from a person's own bookings.

Kept only under consent for `preferences`, checked again in the transaction that writes;
switching it off deletes it. It is shown to the person and to nobody else.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import transaction

from privacy.answers import answer_record
from privacy.consent import purpose_allowed, purpose_refusal, purpose_require, purposes_allowed
from privacy.models import PreferenceProfile
from privacy.services import subjects_lock

PURPOSE: Final = "preferences"
#: How many bookings are remembered: habits change, and less is kept.
REMEMBERED: Final = 12
#: A habit is what was chosen at least so often, and in at least half of the bookings.
LEAST: Final = 2

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Choice:
    """What one booking says: slug of the location, kind of space, people, minutes, start.

    `start` is the building's wall time, "09:00". No date, no room, no title, no guest.
    """

    where: str = ""
    kind: str = ""
    people: int | None = None
    minutes: int | None = None
    start: str = ""


def choice_note(*, subject_id: UUID, choice: Choice) -> None:
    """Remember a booking's choice, and forget the oldest beyond the last twelve.

    Raises PurposeRefused without consent, SubjectGone for who is leaving.
    """
    with transaction.atomic():
        subjects_lock([subject_id])
        purpose_require(subject_id, PURPOSE)
        PreferenceProfile.objects.get_or_create(subject_id=subject_id)
        profile = PreferenceProfile.objects.select_for_update().get(subject=subject_id)
        profile.choices = [asdict(choice), *profile.choices][:REMEMBERED]
        profile.save(update_fields=["choices", "updated_at"])


def profile_reset(*, subject_id: UUID) -> bool:
    """Forget everything learnt; whether there was anything."""
    deleted, _models = PreferenceProfile.objects.filter(subject=subject_id).delete()
    return deleted > 0


def profile_switch(
    *,
    subject_id: UUID,
    on: bool,
    policy_version: int,
    policy_hash: str,
    language: str,
    form: str,
) -> None:
    """Record the person's yes or no; a no forgets what was learnt, in the same transaction.

    Raises PolicyOutdated for a yes under another policy than the one in force.
    """
    with transaction.atomic():
        answer_record(
            subject_id=subject_id,
            purpose=PURPOSE,
            on=on,
            policy_version=policy_version,
            policy_hash=policy_hash,
            language=language,
            form=form,
        )
        if not on:
            profile_reset(subject_id=subject_id)


def profiles_tidy() -> int:
    """Delete the profile of whoever no longer consents, wherever that was said. A beat job.

    Who is restricted keeps it: restriction forbids use, and deletion as well.
    """
    people = set(PreferenceProfile.objects.values_list("subject", flat=True))
    withdrawn = [
        subject_id
        for subject_id in people - purposes_allowed(people, PURPOSE)
        if not purpose_refusal(subject_id, PURPOSE).startswith("subject_")
    ]
    return sum(profile_reset(subject_id=subject_id) for subject_id in withdrawn)


def profile_allowed(subject_id: UUID) -> bool:
    """Whether bookings are learnt from now."""
    return purpose_allowed(subject_id, PURPOSE)


def choices_of(subject_id: UUID) -> list[Choice]:
    """What is remembered, newest first; nothing while the purpose has no ground.

    One statement for who has no profile.
    """
    row = PreferenceProfile.objects.filter(subject=subject_id).first()
    if row is None or not purpose_allowed(subject_id, PURPOSE):
        return []
    return [choice_read(stored) for stored in row.choices]


def choice_read(stored: Mapping[str, Any]) -> Choice:
    """A choice as it was stored; keys of another release are left out."""
    return Choice(**{name: stored[name] for name in asdict(Choice()) if name in stored})


def suggestion_of(choices: Iterable[Choice]) -> Choice:
    """The habits among the choices; empty where there is none. Pure."""
    seen = list(choices)
    return Choice(
        where=_habit([one.where for one in seen], ""),
        kind=_habit([one.kind for one in seen], ""),
        people=_habit([one.people for one in seen], None),
        minutes=_habit([one.minutes for one in seen], None),
        start=_habit([one.start for one in seen], ""),
    )


def _habit(values: list[T], nothing: T) -> T:
    """The most frequent value, the newest among equals, if it is one."""
    if not values:
        return nothing
    # Counter keeps the order of first sight, and most_common is stable: newest first.
    value, times = Counter(values).most_common(1)[0]
    return value if times >= LEAST and times * 2 >= len(values) else nothing
