"""People invited to a reservation by e-mail; they have no account, yet they have rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.contacts import contact_subjects
from accounts.models import User
from accounts.rules import line_clean
from privacy import clock
from privacy.errors import Broken, NotFound
from privacy.fields import BlindOf, blind_of, seal_people
from privacy.models import Contact
from privacy.outbox import outbox_put
from privacy.services import subjects_lock
from reservations.errors import RulesBroken, WrongState
from reservations.models import Guest, Reservation
from reservations.selectors.reservations import may_change
from reservations.services.events import event_add
from reservations.services.locks import act, reservation_lock

MOST_GUESTS = 200


@dataclass(frozen=True)
class GuestWish:
    """A guest as the inviter gave them; the name may be empty."""

    email: str
    name: str = ""


def guests_check(actor: User, wishes: Sequence[GuestWish]) -> list[Contact]:
    """The contact row of each guest, found or made; one per address, in key order.

    Raises RulesBroken for too many guests or an address that cannot be one.
    """
    if not wishes:
        return []
    if len(wishes) > MOST_GUESTS:
        detail = _("At most %(n)s guests can be invited.") % {"n": MOST_GUESTS}
        raise RulesBroken([Broken("too_many_guests", detail, "guests")])
    unique = {wish.email.strip().lower(): wish.name for wish in wishes}
    for email in unique:
        _address_check(email)
    names = {email: line_clean(name, field="guests") for email, name in unique.items()}
    return sorted(_contacts(actor, names), key=lambda contact: contact.id)


def guests_add(reservation: Reservation, contacts: Sequence[Contact], *, tell: bool) -> None:
    """Put the guests on the reservation, and invite them once it stands."""
    Guest.objects.bulk_create(
        [Guest(reservation=reservation, contact=contact) for contact in contacts]
    )
    if tell and contacts:
        guests_tell(reservation, "guest_invited")


def guests_tell(reservation: Reservation, template: str) -> None:
    """Queue a message to every guest who was not removed."""
    guests = Guest.objects.filter(reservation=reservation, removed_at=None).select_related(
        "contact"
    )
    for guest in guests:
        _tell(reservation, guest, template)


def guest_invite(*, actor: User, reservation_id: UUID, guests: Sequence[GuestWish]) -> Reservation:
    """Invite more people to an upcoming reservation; those already invited are left alone."""
    now = clock.now()
    with act():
        contacts = guests_check(actor, guests)
        subjects_lock({actor.subject_id, *(contact.subject_id for contact in contacts)})
        reservation = _changeable(actor, reservation_id)
        present = {
            guest.contact_id: guest for guest in Guest.objects.filter(reservation=reservation)
        }
        if len(present) + len(contacts) > MOST_GUESTS:
            detail = _("At most %(n)s guests can be invited.") % {"n": MOST_GUESTS}
            raise RulesBroken([Broken("too_many_guests", detail, "guests")])
        added = [contact for contact in contacts if contact.id not in present]
        returned = [present[c.id] for c in contacts if c.id in present and present[c.id].removed_at]
        Guest.objects.filter(id__in=[guest.id for guest in returned]).update(removed_at=None)
        new = Guest.objects.bulk_create(
            [Guest(reservation=reservation, contact=contact) for contact in added]
        )
        if reservation.state in {Reservation.State.CONFIRMED, Reservation.State.CHECKED_IN}:
            for guest in [*new, *returned]:
                _tell(reservation, guest, "guest_invited")
        if new or returned:
            event_add(
                reservation, "guests_invited", actor=actor, now=now,
                from_state=reservation.state, changes={"guests": len(new) + len(returned)},
            )  # fmt: skip
    return reservation


def guest_remove(*, actor: User, reservation_id: UUID, guest_id: UUID) -> Reservation:
    """Take a guest off again and tell them; NotFound when there is no such guest."""
    now = clock.now()
    with act():
        reservation = _changeable(actor, reservation_id)
        guest = (
            Guest.objects.select_related("contact")
            .filter(id=guest_id, reservation=reservation, removed_at=None)
            .first()
        )
        if guest is None:
            raise NotFound(_("There is no such guest."))
        Guest.objects.filter(id=guest_id).update(removed_at=now)
        _tell(reservation, guest, "guest_cancelled")
        event_add(reservation, "guest_removed", actor=actor, now=now, from_state=reservation.state)
    return reservation


def _changeable(actor: User, reservation_id: UUID) -> Reservation:
    reservation = reservation_lock(actor, reservation_id)
    if not may_change(actor, reservation):
        raise NotFound(_("There is no such reservation."))
    if reservation.state not in Reservation.OPEN:
        raise WrongState(_("This reservation is over; guests can no longer be changed."))
    return reservation


def _address_check(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        detail = _("“%(email)s” is not an e-mail address.") % {"email": email[:80]}
        raise RulesBroken([Broken("bad_address", detail, "guests")]) from None


def _contacts(actor: User, names: dict[str, str]) -> list[Contact]:
    """The contacts of these addresses, in as many statements for one as for two hundred."""
    given = Contact.objects.filter(given_by=actor.subject_id, email__in=list(names))
    known = {bytes(found.mark): found for found in given.annotate(mark=BlindOf("email"))}
    missing = [email for email in names if blind_of(Contact, "email", email) not in known]
    subjects = contact_subjects(missing)
    seal_people(subjects.values())
    made = Contact.objects.bulk_create(
        Contact(
            subject_id=subjects[email],
            given_by_id=actor.subject_id,
            email=email,
            name=names[email],
            language=actor.language,
        )
        for email in missing
    )
    return [*known.values(), *made]


def _tell(reservation: Reservation, guest: Guest, template: str) -> None:
    outbox_put(
        template=template,
        recipient=guest.contact.subject_id,
        contact=guest.contact_id,
        data={
            "reservation": str(reservation.id),
            "guest": str(guest.id),
            "version": reservation.version,
        },
    )
