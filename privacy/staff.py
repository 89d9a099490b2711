"""Which members of staff a message of the ground floor concerns (filled in by `accounts`)."""

from collections.abc import Callable, Iterable
from uuid import UUID

from privacy.outbox import Value, outbox_put

_sources: list[Callable[[str], Iterable[UUID]]] = []


def register_staff(source: Callable[[str], Iterable[UUID]]) -> None:
    """Tell who holds a role: role code (accounts/roles.py) to subject ids."""
    if source not in _sources:
        _sources.append(source)


def staff_with(role: str) -> list[UUID]:
    """The subjects of the staff who hold the role and may sign in, in key order."""
    return sorted({found for source in _sources for found in source(role)})


def staff_tell(
    role: str, *, template: str, data: dict[str, Value | UUID], dedupe_key: str | None = None
) -> int:
    """Put one message for each holder of the role into the caller's transaction.

    Returns how many people were told. With `dedupe_key` each of them is told once.
    """
    people = staff_with(role)
    for subject_id in people:
        key = f"{dedupe_key}:{subject_id}" if dedupe_key else None
        outbox_put(template=template, recipient=subject_id, data=data, dedupe_key=key)
    return len(people)
