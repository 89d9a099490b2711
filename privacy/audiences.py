"""To whom an announcement may go: groups that the upper floors know, by name.

They register them in AppConfig.ready(); the ground floor adds that accounts must be
active, and for offers that the person said yes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import Promise

from privacy.models import Announcement, ConsentRecord, Subject
from privacy.unsubscribing import PURPOSE

Choices = Sequence[tuple[UUID, str]]
Target = tuple[str, UUID | None]
#: How many locations or organisations a form offers.
MOST: Final = 2000


@dataclass(frozen=True)
class Audience:
    """A group. `people(ref)` are its subjects; `choices()` the things it may be about."""

    code: str
    label: str | Promise
    people: "Callable[[UUID | None], QuerySet[Subject]]"
    choices: Callable[[], Choices] | None = None


class UnknownAudience(LookupError):
    """A group that nobody registered."""


_audiences: dict[str, Audience] = {}


def register_audience(audience: Audience) -> None:
    """Make a group known, when the apps are ready; the same one twice is no harm."""
    if _audiences.get(audience.code, audience) != audience:
        raise ValueError(f"The audience {audience.code!r} is registered twice.")
    _audiences[audience.code] = audience


def audience_named(code: str) -> Audience:
    """The registered group, or UnknownAudience."""
    try:
        return _audiences[code]
    except KeyError:
        raise UnknownAudience(f"No audience {code!r} is registered.") from None


def audiences() -> list[Audience]:
    """All registered groups, in the order of their registration."""
    return list(_audiences.values())


def audience_people(code: str, ref: UUID | None, category: str) -> QuerySet[Subject]:
    """The people an announcement goes to, by key; the gate asks each again when it is sent."""
    people = audience_named(code).people(ref).filter(state=Subject.State.ACTIVE)
    if category == Announcement.Category.MARKETING:
        answers = ConsentRecord.objects.filter(subject=OuterRef("pk"), purpose=PURPOSE)
        newest = Subquery(answers.order_by("-at", "-id").values("act")[:1])
        people = people.alias(answer=newest).filter(answer=ConsentRecord.Act.GIVEN)
    return people.order_by("id")


def audience_words(wanted: Iterable[Target]) -> dict[Target, str]:
    """Groups in words, e.g. "Bookers of a location: Kebon Sirih"; one look-up per kind of group."""
    targets = set(wanted)
    names: dict[str, dict[UUID, str]] = {}
    for code in sorted({code for code, ref in targets if ref is not None}):
        choices = _audiences[code].choices if code in _audiences else None
        names[code] = dict(choices()) if choices else {}
    return {target: _words(*target, names) for target in targets}


def _words(code: str, ref: UUID | None, names: Mapping[str, Mapping[UUID, str]]) -> str:
    if code not in _audiences:
        return code
    label = str(_audiences[code].label)
    return label if ref is None else f"{label}: {names[code].get(ref, '–')}"
