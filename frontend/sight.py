"""What staff see of other people's reservations, and the note that they saw it.

Pages show a reservation through `Shown`, which asks the data map for each field when it is
seen by a staff role. Whoever builds such a page calls `look_note` with what it shows.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accounts.models import User
from accounts.selectors import organisations_of
from frontend.bookings import Shown
from privacy.access import Look, access_note_all
from privacy.masking import may_see, not_shown
from privacy.models import Contact
from reservations.models import Guest, Reservation

RESERVATION: Final = "reservations.Reservation"
CONTACT: Final = "privacy.Contact"
USER: Final = "accounts.User"
#: What a line of a list shows of a reservation, and what its page adds.
LINE: Final = ("space", "starts_at", "ends_at", "state", "organisation", "people")
WHOLE: Final = (*LINE, "title", "price_amount", "price_tax", "created_at", "checked_in_at")


def shown_all(rows: Iterable[Reservation], actor: User, now: datetime) -> list[Shown]:
    """The rows as this person may see them; one statement more for staff, whatever their number."""
    rows = list(rows)
    roles = tuple(actor.working_roles) or None
    if roles is None or all(row.holder_id == actor.subject_id for row in rows):
        return [Shown(row, actor, now) for row in rows]
    ours = {membership.organisation_id for membership in organisations_of(actor)}
    return [
        Shown(
            row,
            actor,
            now,
            None if row.holder_id == actor.subject_id or row.organisation_id in ours else roles,
        )
        for row in rows
    ]


def desk_shown(row: Reservation, actor: User, now: datetime) -> Shown:
    """A row at the desk: by role, whoever it belongs to, but one's own whole."""
    own = row.holder_id == actor.subject_id
    return Shown(row, actor, now, None if own else tuple(actor.working_roles))


def person_name(shown: Shown, user: User) -> str:
    """The holder's name, or that it is not shown."""
    field = "full_name" if user.full_name else "email"
    return str(user.name) if shown.sees(field, USER) else not_shown()


def contact_name(shown: Shown, contact: Contact, fields: Sequence[str]) -> str:
    """The first of the fields that is filled and seen; else that it is not shown."""
    filled = [field for field in fields if getattr(contact, field)]
    seen = [field for field in filled if shown.sees(field, CONTACT)]
    if seen:
        return str(getattr(contact, seen[0]))
    return not_shown() if filled else ""


def guest_rows(shown: Shown, guests: Iterable[Guest]) -> list[dict[str, Any]]:
    """{id, name, email} of the guests, each as this person may see it; a hidden e-mail is ""."""
    return [
        {
            "id": guest.id,
            "name": contact_name(shown, guest.contact, ("name", "email")),
            "email": guest.contact.email
            if guest.contact.name and shown.sees("email", CONTACT)
            else "",
        }
        for guest in guests
    ]


def look_note(
    actor: User,
    purpose: str,
    shown: Iterable[Shown],
    *,
    fields: Collection[str] = LINE,
    guests: Iterable[Guest] = (),
    names: bool = False,
) -> None:
    """Note what a page showed to staff of other people; one statement, none for tenants.

    `names` says that it showed who comes: the holder's name or what a visitor left.
    """
    seen = [item for item in shown if item.roles is not None]
    if not seen:
        return
    roles = actor.working_roles
    looks = [
        Look({item.row.holder_id for item in seen}, RESERVATION, _open(roles, RESERVATION, fields))
    ]
    if names:
        users = {i.row.holder_id for i in seen if hasattr(i.row.holder, "user")}
        looks.append(Look(users, USER, _open(roles, USER, ("full_name",))))
    contacts: set[UUID] = {guest.contact.subject_id for guest in guests}
    if names:
        contacts |= {i.row.contact.subject_id for i in seen if i.row.contact is not None}
    looks.append(Look(contacts, CONTACT, _open(roles, CONTACT, ("name", "email"))))
    access_note_all(actor, purpose=purpose, looks=[look for look in looks if look.subject_ids])


def _open(roles: Collection[str], model: str, fields: Iterable[str]) -> list[str]:
    return [field for field in fields if may_see(roles, model, field)]
