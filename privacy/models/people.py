"""Subjects, and how to reach those without an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.fields import BlindOf, SealedEmailField, SealedTextField
from privacy.ids import uuid7


class Subject(models.Model):
    """One person whose data is held, with an account or without.

    Every personal row leads to exactly one subject. Writers lock it FOR SHARE and check
    its state; erasure locks it FOR UPDATE (design, decision 2: one lock order).
    """

    class State(models.TextChoices):
        """Where a person stands with us."""

        ACTIVE = "active", _("Active")
        DEACTIVATED = "deactivated", _("Deactivated")
        RESTRICTED = "restricted", _("Restricted")
        ERASING = "erasing", _("Being erased")
        ERASED = "erased", _("Erased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="privacy_subject_state",
                condition=models.Q(
                    state__in=["active", "deactivated", "restricted", "erasing", "erased"]
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Contact(models.Model):
    """How to reach a person without an account: a guest, a walk-in, a mail recipient.

    Given by somebody else for one purpose (promise P11), so each giver has an own row
    and nobody learns what another one called the same person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="contacts")
    given_by = models.ForeignKey(
        Subject, models.SET_NULL, null=True, blank=True, related_name="contacts_given"
    )
    name = models.CharField(max_length=200, blank=True)
    email = SealedEmailField(blank=True)
    phone = SealedTextField(max_length=32, blank=True)
    language = models.CharField(max_length=5, default="id")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                BlindOf("email"),
                "given_by",
                name="privacy_contact_email_giver",
                condition=~models.Q(email=""),
            )
        ]
        indexes = [models.Index(BlindOf("email"), name="privacy_contact_email")]

    def __str__(self) -> str:
        return str(self.id)
