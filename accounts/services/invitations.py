"""Invitations to an organisation: sent, resent, withdrawn, accepted."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import rules
from accounts.contacts import contact_subject
from accounts.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationForAnother,
    LinkUsed,
    TooManyInvitations,
)
from accounts.idempotency import Repeat, idempotency_begin
from accounts.links import digest_of, invitation_secret
from accounts.models import Invitation, Membership, Organisation, User
from accounts.selectors import invitation_by_token
from accounts.services.common import act, event_add, user_change, user_lock
from accounts.services.organisations import organisation_lock
from privacy import clock
from privacy.errors import NotFound
from privacy.ids import uuid7
from privacy.models import Contact, Subject
from privacy.outbox import outbox_put

VALID: Final = timedelta(days=7)
MOST_OPEN: Final = 50


def invitation_send(
    *,
    actor: User,
    organisation_id: UUID,
    email: str,
    role: str = Membership.Role.MEMBER,
    repeat: Repeat | None = None,
) -> Invitation:
    """Invite somebody by e-mail; owners with a verified address only.

    The answer does not tell whether the address has an account. Raises AlreadyMember,
    AlreadyInvited or TooManyInvitations, NoContract for an organisation without one.
    """
    rules.address_require_verified(actor)
    address = rules.email_clean(email)
    new_id = uuid7()
    with act():
        earlier = idempotency_begin(actor=actor, repeat=repeat, resource=new_id)
        if earlier is not None:
            return Invitation.objects.get(id=earlier)
        organisation = organisation_lock(actor, organisation_id)
        rules.organisation_require_terms(organisation)
        _check_room(organisation, address)
        subject, contact = _invitee(actor, address)
        invitation = Invitation.objects.create(
            id=new_id,
            organisation=organisation,
            subject=subject,
            invited_by=actor,
            email=address,
            role=role,
            digest=digest_of(invitation_secret(new_id)),
            expires_at=clock.now() + VALID,
        )
        event_add("invited", subject_id=subject.id, actor=actor, organisation=organisation)
        _mail(invitation, contact)
    return invitation


def invitation_resend(*, actor: User, organisation_id: UUID, invitation_id: UUID) -> Invitation:
    """Send the mail again, once in five minutes at most, and give it another seven days."""
    with act():
        organisation_lock(actor, organisation_id)
        invitation = _open(organisation_id, invitation_id)
        invitation.expires_at = clock.now() + VALID
        invitation.save(update_fields=["expires_at"])
        contact = Contact.objects.filter(
            subject=invitation.subject_id, email__iexact=invitation.email
        ).first()
        window = int(clock.now().timestamp()) // 300
        _mail(invitation, contact, dedupe_key=f"invite:{invitation.id}:{window}")
    return invitation


def invitation_revoke(*, actor: User, organisation_id: UUID, invitation_id: UUID) -> None:
    """Withdraw an invitation; its link stops working."""
    with act():
        organisation = organisation_lock(actor, organisation_id)
        invitation = _open(organisation_id, invitation_id)
        invitation.revoked_at = clock.now()
        invitation.save(update_fields=["revoked_at"])
        event_add(
            "invitation_revoked",
            subject_id=invitation.subject_id,
            actor=actor,
            organisation=organisation,
        )


def invitation_accept(*, actor: User, token: str) -> Membership:
    """Join the organisation by the link that was sent to the actor's own address.

    Holding the link proves the address, so an unproved one is proved by it. Raises
    LinkRefused, LinkExpired, LinkUsed or InvitationForAnother. Of two requests at once
    one joins, the other finds the link used.
    """
    found = invitation_by_token(token)
    if found.email.lower() != actor.email.lower():
        raise InvitationForAnother(
            _("This invitation was sent to another address. Sign in with that one.")
        )
    with act():
        user = user_lock(actor.id)
        organisation = Organisation.objects.select_for_update(no_key=True).get(
            id=found.organisation_id
        )
        invitation = invitation_by_token(token)
        membership, made = Membership.objects.get_or_create(
            organisation=organisation, user=user, defaults={"role": invitation.role}
        )
        if not made:
            raise LinkUsed(_("You are a member already."))
        invitation.accepted_at = clock.now()
        invitation.save(update_fields=["accepted_at"])
        if not user.is_verified_address:
            user_change(user, email_verified_at=clock.now())
        event_add(
            "member_joined", subject_id=user.subject_id, actor=actor, organisation=organisation
        )
    return membership


def _check_room(organisation: Organisation, address: str) -> None:
    """No second invitation, none to a member; an expired one makes room for a new one."""
    if Membership.objects.filter(organisation=organisation, user__email__iexact=address).exists():
        raise AlreadyMember(_("This person is a member already."))
    waiting = Invitation.objects.filter(
        organisation=organisation, accepted_at=None, revoked_at=None
    )
    now = clock.now()
    waiting.filter(expires_at__lte=now, email__iexact=address).update(revoked_at=now)
    if waiting.filter(email__iexact=address).exists():
        raise AlreadyInvited(_("This address has an open invitation. You can send it again."))
    if waiting.filter(expires_at__gt=now).count() >= MOST_OPEN:
        raise TooManyInvitations(_("There are 50 open invitations. Withdraw some first."))


def _invitee(actor: User, address: str) -> tuple[Subject, Contact | None]:
    """Whose data the invitation is: the account's person, or a contact the inviter gives."""
    owner = User.objects.by_email(address).select_related("subject").first()
    if owner is not None:
        return owner.subject, None
    given = Contact.objects.filter(given_by=actor.subject_id, email__iexact=address).first()
    if given is None:
        given = Contact.objects.create(
            subject_id=contact_subject(address),
            given_by_id=actor.subject_id,
            email=address,
            language=actor.language,
        )
    return given.subject, given


def _mail(
    invitation: Invitation, contact: Contact | None, *, dedupe_key: str | None = None
) -> None:
    outbox_put(
        template="invitation",
        recipient=invitation.subject_id,
        contact=contact.id if contact else None,
        data={"invitation": invitation.id},
        dedupe_key=dedupe_key,
    )


def _open(organisation_id: UUID, invitation_id: UUID) -> Invitation:
    invitation = Invitation.objects.filter(
        organisation=organisation_id, id=invitation_id, accepted_at=None, revoked_at=None
    ).first()
    if invitation is None:
        raise NotFound(_("This invitation is no longer open."))
    return invitation
