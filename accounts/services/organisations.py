"""Organisations: made, named, their members' roles.

Every change of members locks the organisation's row first, so that two owners who leave
at the same moment cannot leave it without one.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import LastOwner
from accounts.idempotency import Repeat, idempotency_begin
from accounts.models import Membership, Organisation, User
from accounts.selectors import organisation_get
from accounts.services.agreements import organisation_bind
from accounts.services.common import act, event_add
from accounts.services.profile import stale
from privacy.agreements import Shown
from privacy.errors import NotAllowed, NotFound
from privacy.ids import uuid7

Role = Membership.Role


def organisation_create(
    *, actor: User, name: str, shown: Shown | None = None, repeat: Repeat | None = None
) -> Organisation:
    """A new organisation with the actor as its owner. Needs a verified address.

    `shown` are the terms the owner accepted for it. Without them it has no contract, and
    nothing can be done in its name until it has (promise P66). Raises PolicyOutdated.
    """
    rules.address_require_verified(actor)
    clean = rules.line_clean(name, field="name", required=True)
    if shown is not None:
        shown.check()
    new_id = uuid7()
    with act():
        earlier = idempotency_begin(actor=actor, repeat=repeat, resource=new_id)
        if earlier is not None:
            return organisation_get(actor, earlier)
        organisation = Organisation.objects.create(id=new_id, name=clean)
        Membership.objects.create(organisation=organisation, user=actor, role=Role.OWNER)
        event_add(
            "organisation_created",
            subject_id=actor.subject_id,
            actor=actor,
            organisation=organisation,
        )
        if shown is not None:
            organisation_bind(actor, organisation, shown, form="organisation")
    return organisation


def organisation_rename(
    *, actor: User, organisation_id: UUID, name: str, expected_version: int | None = None
) -> Organisation:
    """Change the name; owners only. Raises Stale with the difference for an outdated edit."""
    clean = rules.line_clean(name, field="name", required=True)
    with act():
        organisation = organisation_lock(actor, organisation_id)
        if expected_version not in {None, organisation.version}:
            raise stale({"name": clean}, organisation)
        if organisation.name != clean:
            organisation.name = clean
            organisation.version += 1
            organisation.save(update_fields=["name", "version"])
            event_add(
                "organisation_renamed",
                subject_id=actor.subject_id,
                actor=actor,
                organisation=organisation,
            )
    return organisation


def member_set_role(*, actor: User, organisation_id: UUID, user_id: UUID, role: str) -> Membership:
    """Make a member an owner or an owner a member; owners only."""
    with act():
        organisation = organisation_lock(actor, organisation_id)
        membership = _membership(organisation, user_id)
        if membership.role == role:
            return membership
        if membership.role == Role.OWNER:
            _keep_an_owner(organisation, membership)
        _role_write(actor, membership, role)
    return membership


def organisation_hand_over(*, actor: User, organisation_id: UUID, user_id: UUID) -> None:
    """Make another member the owner in the actor's place, in one step."""
    with act():
        organisation = organisation_lock(actor, organisation_id)
        if user_id == actor.id:
            raise NotFound(_("Choose another member."))
        _role_write(actor, _membership(organisation, user_id), Role.OWNER)
        _role_write(actor, _membership(organisation, actor.id), Role.MEMBER)


def member_remove(*, actor: User, organisation_id: UUID, user_id: UUID) -> None:
    """End a membership: an owner removes anybody, a member themselves (leaving).

    Raises LastOwner when nobody would be left to answer for the organisation.
    """
    with act():
        leaving = user_id == actor.id
        organisation = organisation_lock(actor, organisation_id, owners_only=not leaving)
        membership = _membership(organisation, user_id)
        if membership.role == Role.OWNER:
            _keep_an_owner(organisation, membership)
        membership.delete()
        event_add(
            "member_left" if leaving else "member_removed",
            subject_id=membership.user.subject_id,
            actor=actor,
            organisation=organisation,
        )


def organisation_lock(
    actor: User, organisation_id: UUID, *, owners_only: bool = True
) -> Organisation:
    """The organisation, locked until the act ends.

    Raises NotFound for people outside it, and NotAllowed for its plain members when only
    owners may.
    """
    organisation = (
        Organisation.objects.select_for_update(no_key=True).filter(id=organisation_id).first()
    )
    membership = Membership.objects.filter(organisation=organisation_id, user=actor).first()
    if organisation is None or membership is None:
        raise NotFound(_("There is no such organisation."))
    if owners_only and membership.role != Role.OWNER:
        raise NotAllowed(_("Only an owner of the organisation may do this."))
    return organisation


def _membership(organisation: Organisation, user_id: UUID) -> Membership:
    membership = (
        Membership.objects.select_related("user")
        .filter(organisation=organisation, user=user_id)
        .first()
    )
    if membership is None:
        raise NotFound(_("This person is not a member."))
    return membership


def _keep_an_owner(organisation: Organisation, leaving: Membership) -> None:
    owners = Membership.objects.filter(organisation=organisation, role=Role.OWNER)
    if not owners.exclude(id=leaving.id).exists():
        raise LastOwner(
            _("The last owner cannot leave. Hand the organisation over to a member first.")
        )


def _role_write(actor: User, membership: Membership, role: str) -> None:
    membership.role = role
    membership.save(update_fields=["role"])
    event_add(
        "member_role",
        subject_id=membership.user.subject_id,
        actor=actor,
        organisation=membership.organisation,
        data={"role": role},
    )
