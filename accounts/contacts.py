"""Which subject an address belongs to: one person, one subject, with or without an account."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import User
from privacy.fields import BlindOf, blind_of
from privacy.models import Contact, Subject


def contact_subject(email: str) -> UUID:
    """The subject of this address: the account's, an earlier contact's, or a new one.

    Writes only when nobody is known; call it inside the act's transaction.
    """
    return contact_subjects([email])[email]


def contact_subjects(emails: Collection[str]) -> dict[str, UUID]:
    """The same for many different addresses, in three statements however many there are."""
    if not emails:
        return {}
    # What is written later wins: the earliest contact over later ones, an account over all.
    contacts = Contact.objects.filter(email__in=emails).order_by("-created_at", "-id")
    users = User.objects.filter(email__in=emails, email_verified_at__isnull=False)
    subjects: dict[str, UUID] = {}
    for rows in (contacts, users):
        marked = rows.annotate(mark=BlindOf("email")).values_list("mark", "subject_id")
        known = {bytes(mark): subject_id for mark, subject_id in marked}
        marks = {email: blind_of(rows.model, "email", email) for email in emails}
        subjects |= {email: known[mark] for email, mark in marks.items() if mark in known}
    missing = [email for email in emails if email not in subjects]
    made = Subject.objects.bulk_create(Subject() for _email in missing)
    return subjects | {email: subject.id for email, subject in zip(missing, made, strict=True)}
