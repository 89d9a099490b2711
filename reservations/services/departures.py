"""A guest takes themselves off again, by the link in their mail (promise P11)."""

from uuid import UUID

from django.utils.translation import gettext as _

from privacy import clock
from privacy.errors import NotFound
from privacy.models import Contact, OutboxMessage, Subject
from reservations.models import Guest, Reservation
from reservations.services.events import event_add
from reservations.services.locks import act


def guest_leave(*, guest_id: UUID) -> Guest:
    """Remove the guest, and blank the contact once nothing else uses it. Twice is no error.

    Whoever calls has checked the link's signature; that is all the proof a person without
    an account can give. Locks the subject first (design, decision 2), so that an invitation
    being written at this moment comes entirely before or after. NotFound when there is
    no such guest (any more).
    """
    now = clock.now()
    with act():
        guest = guest_invited(guest_id=guest_id)
        Subject.objects.select_for_update().get(id=guest.contact.subject_id)
        reservation = Reservation.objects.select_for_update().get(id=guest.reservation_id)
        left = Guest.objects.filter(id=guest_id, removed_at=None).update(removed_at=now)
        if left:
            event_add(reservation, "guest_left", actor=None, now=now, from_state=reservation.state)
        if not _is_used(guest.contact_id):
            Contact.objects.filter(id=guest.contact_id).update(name="", email="", phone="")
    return guest_invited(guest_id=guest_id)


def guest_invited(*, guest_id: UUID) -> Guest:
    """A guest with contact, reservation and place; for the page behind their link."""
    guest = (
        Guest.objects.select_related(
            "contact", "reservation__space__location", "reservation__space__floor"
        )
        .filter(id=guest_id)
        .first()
    )
    if guest is None:
        raise NotFound(_("This link is not complete, or not one of ours."))
    return guest


def _is_used(contact_id: UUID) -> bool:
    """Whether any row but sent messages and ended invitations still needs the contact."""
    for relation in Contact._meta.related_objects:
        model = relation.related_model
        rows = model._default_manager.filter(**{relation.field.name: contact_id})
        if model is OutboxMessage:
            continue
        if model is Guest:
            rows = rows.filter(removed_at=None)
        if rows.exists():
            return True
    return False
