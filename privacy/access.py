"""The log of staff reads: who looked at whose data, which fields, when, and why.

Called by the pages, API views and back office where staff see other people's data,
after the rows were read and before they are shown:

    access_note(
        actor,
        subject_ids=[row.holder_id for row in rows],
        purpose="arrivals",
        model="accounts.User",
        fields=("full_name", "phone"),
    )

The purpose is a code of this closed list, or of the registry of purposes. A person sees
the entries about themselves at once (/privacy/access-log). One statement a page; acts of
tenants on their own data write nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from privacy import clock, datamap
from privacy.append_only import erasing
from privacy.masking import role_that_sees
from privacy.models import AccessEntry
from privacy.purposes import PURPOSES

#: Entries deleted in one transaction by the sweep.
BATCH: Final = 5000


class UnstatedPurpose(ValueError):
    """A look without a purpose that the list knows; a mistake of the caller."""


class Staff(Protocol):
    """Whoever looks (accounts.User is one)."""

    @property
    def subject_id(self) -> UUID:
        """Whose look this is."""

    @property
    def working_roles(self) -> Sequence[str]:
        """The staff roles that count at this moment."""


@dataclass(frozen=True)
class Occasion:
    """Why staff look: `purpose` is the registered one it serves, `words` say it to the person."""

    code: str
    purpose: str
    words: Any


@dataclass(frozen=True)
class Look:
    """Which fields of which table of which people were shown."""

    subject_ids: Collection[UUID]
    model: str
    fields: Collection[str]


_OCCASIONS: Final = (
    Occasion("arrivals", "booking", _("To receive the people who come today")),
    Occasion("approvals", "booking", _("To decide about a booking that waits for approval")),
    Occasion("reservation", "booking", _("To look after a booking")),
    Occasion("walk_in", "booking", _("To book a room for somebody at the desk")),
    Occasion("mail_items", "booking", _("To hand over mail that arrived")),
    Occasion("question", "support", _("To answer a question or a complaint")),
    Occasion("delivery", "communication", _("To find out whether a message arrived")),
    Occasion("invoices", "billing", _("To issue, check or collect an invoice")),
    Occasion("accounts", "account", _("To manage an account at the person's wish")),
    Occasion("staff_roles", "security", _("To give or withdraw the roles of staff")),
    Occasion("misuse", "security", _("To look into misuse of an account")),
    Occasion("request", "privacy", _("To serve a privacy request")),
    Occasion("incident", "privacy", _("To look into an incident with personal data")),
)
OCCASIONS: Final = {occasion.code: occasion for occasion in _OCCASIONS}


def access_note(
    actor: Staff,
    *,
    subject_ids: Iterable[UUID],
    purpose: str,
    model: str,
    fields: Iterable[str],
) -> None:
    """Note that `actor` was shown these fields of "app.Model" of these people.

    One statement, none when nothing personal of anybody else was shown. Raises
    UnstatedPurpose for an unknown purpose, KeyError for an unknown table or field.
    """
    access_note_all(actor, purpose=purpose, looks=[Look(set(subject_ids), model, set(fields))])


def access_note_all(actor: Staff, *, purpose: str, looks: Iterable[Look]) -> None:
    """Note all that one page shows, in one statement."""
    if purpose not in OCCASIONS and purpose not in PURPOSES:
        raise UnstatedPurpose(f"{purpose!r} is neither an occasion nor a registered purpose.")
    now = clock.now()
    entries = [entry for look in looks for entry in _entries(actor, purpose, look, now)]
    if entries:
        AccessEntry.objects.bulk_create(entries, ignore_conflicts=True)


def _entries(actor: Staff, purpose: str, look: Look, now: datetime) -> list[AccessEntry]:
    declared = datamap.entries()[look.model.lower()]
    fields = sorted(n for n in look.fields if isinstance(declared.fields[n], datamap.Personal))
    if not fields:
        return []
    role = role_that_sees(actor.working_roles, declared.model, fields)
    hour = now.replace(minute=0, second=0, microsecond=0)
    return [
        AccessEntry(
            subject_id=subject_id,
            actor_id=actor.subject_id,
            role=role,
            model=declared.model,
            fields=fields,
            purpose=purpose,
            at=now,
            hour=hour,
        )
        for subject_id in sorted(set(look.subject_ids) - {actor.subject_id})
    ]


def access_log_of(
    subject_id: UUID, *, after: UUID | None = None, limit: int = 20
) -> list[AccessEntry]:
    """Who looked at this person's data, the latest first; `after` is the last entry's id."""
    rows = AccessEntry.objects.filter(subject=subject_id)
    if after is not None:
        rows = rows.filter(id__lt=after)
    return list(rows.order_by("-id")[:limit])


def access_forget(*, limit: int = BATCH) -> int:
    """Delete entries older than the map's retention; returns how many, at most `limit`."""
    _event, days = datamap.RETENTIONS["access"]
    before = clock.now() - timedelta(days=days)
    with transaction.atomic(), erasing():
        old = AccessEntry.objects.filter(at__lt=before).order_by("at").values("id")[:limit]
        count, _by_model = AccessEntry.objects.filter(
            id__in=list(old.values_list("id", flat=True))
        ).delete()
    return count
