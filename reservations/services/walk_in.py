"""Somebody at the front desk wants a room now: book for them, with an account or without."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.contacts import contact_subject
from accounts.models import User
from accounts.rules import email_clean, language_clean, line_clean, phone_clean
from privacy.errors import Broken, NotAllowed
from privacy.models import Contact, Subject
from reservations.errors import RulesBroken
from reservations.models import Reservation
from reservations.services.booking import BookingWish, Holder, reservation_book


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who stands at the desk: a name, and an e-mail address or a phone number."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "id"


def walk_in_book(*, actor: User, wish: BookingWish, visitor: Visitor) -> Reservation:
    """Book for a visitor; an account with exactly this verified address becomes the holder.

    Raises NotAllowed, InputRefused for what was typed, and whatever booking raises.
    Person and booking are one transaction: a refused booking leaves no contact behind.
    """
    if not actor.may("reservations.book_for_others"):
        raise NotAllowed(_("Your role does not include booking for others."))
    clean = _cleaned(visitor)
    return reservation_book(actor=actor, wish=wish, holder=lambda: _holder(clean))


def _cleaned(visitor: Visitor) -> Visitor:
    name = line_clean(visitor.name, field="name", required=True)
    phone = phone_clean(visitor.phone)
    email = email_clean(visitor.email) if visitor.email.strip() else ""
    if not email and not phone:
        detail = _("Write an e-mail address or a phone number.")
        raise RulesBroken([Broken("required", detail, "email")])
    language = language_clean(visitor.language)
    return Visitor(name=name, email=email, phone=phone, language=language)


def _holder(visitor: Visitor) -> Holder:
    subject_id = contact_subject(visitor.email) if visitor.email else Subject.objects.create().id
    if User.objects.filter(subject=subject_id).exists():
        return Holder(subject_id)
    # Nobody else gave it (promise P11): the visitor did, at the desk, for this visit.
    contact = Contact.objects.create(
        subject_id=subject_id,
        name=visitor.name,
        email=visitor.email,
        phone=visitor.phone,
        language=visitor.language,
    )
    return Holder(subject_id, contact.id)
