"""Which subject an address belongs to: one person, one subject, with or without an account."""

from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Lower

from accounts.models import User
from privacy.models import Contact, Subject


def contact_subject(email: str) -> UUID:
    """The subject of this address: the account's, an earlier contact's, or a new one.

    Writes only when nobody is known; call it inside the act's transaction.
    """
    user = User.objects.by_email(email).filter(email_verified_at__isnull=False).first()
    if user is not None:
        return user.subject_id
    contact = (
        Contact.objects.alias(address=Lower("email"))
        .filter(address=Lower(Value(email)))
        .order_by("created_at")
        .first()
    )
    if contact is not None:
        return contact.subject_id
    return Subject.objects.create().id
