"""A tenant lets customer service look at its data for some hours, and ends that (promise P33)."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import InputRefused
from accounts.granting import SupportGrant
from accounts.models import Membership, Organisation, User
from accounts.selectors import membership_get
from accounts.services.common import act, event_add
from privacy import clock
from privacy.errors import Broken, NotAllowed, NotFound
from privacy.outbox import outbox_put

#: For how long a tenant may open its data, in hours.
HOURS: Final = (1, 8, 24, 72)


def grant_give(*, actor: User, organisation_id: UUID, hours: int) -> SupportGrant:
    """Open the organisation's data to customer service; owners only.

    Raises NotFound from outside, NotAllowed for members, InputRefused for other lengths.
    """
    if hours not in HOURS:
        raise InputRefused([Broken("hours", _("Choose one of the lengths offered."), "hours")])
    with act():
        organisation = _owned(actor, organisation_id)
        now = clock.now()
        grant = SupportGrant.objects.create(
            organisation=organisation,
            given_by_id=actor.subject_id,
            given_at=now,
            expires_at=now + timedelta(hours=hours),
        )
        _note("support_allowed", actor, organisation, grant)
    return grant


def grant_revoke(*, actor: User, organisation_id: UUID, grant_id: UUID) -> None:
    """Close the data again at once; owners only. A grant that has ended stays as it ended."""
    with act():
        organisation = _owned(actor, organisation_id)
        now = clock.now()
        mine = SupportGrant.objects.filter(organisation=organisation, id=grant_id)
        running = mine.filter(revoked_at=None, expires_at__gt=now)
        if running.update(revoked_at=now, revoked_by=actor.subject_id):
            _note("support_ended", actor, organisation, mine.get())
        elif not mine.exists():
            raise NotFound(_("There is no such permission."))


def grant_ask(*, actor: User, organisation_id: UUID) -> int:
    """Ask the owners for access; customer service only, each owner at most once a day.

    Returns how many owners are asked.
    """
    if not actor.may("accounts.support_tenants"):
        raise NotAllowed(_("Only customer service may ask for access."))
    with act():
        organisation = Organisation.objects.filter(id=organisation_id).first()
        if organisation is None:
            raise NotFound(_("There is no such organisation."))
        owners = Membership.objects.filter(organisation=organisation, role=Membership.Role.OWNER)
        asked = list(owners.values_list("user__subject_id", flat=True))
        for subject_id in asked:
            outbox_put(
                template="support_access",
                recipient=subject_id,
                data={"organisation": organisation.id},
                dedupe_key=f"access:{organisation.id}:{subject_id}:{clock.now():%Y-%m-%d}",
            )
        event_add(
            "support_asked", subject_id=actor.subject_id, actor=actor, organisation=organisation
        )
    return len(asked)


def _owned(actor: User, organisation_id: UUID) -> Organisation:
    membership = membership_get(actor, organisation_id)
    if membership.role != Membership.Role.OWNER:
        raise NotAllowed(_("Only owners may open the data to customer service."))
    return membership.organisation


def _note(verb: str, actor: User, organisation: Organisation, grant: SupportGrant) -> None:
    event_add(
        verb,
        subject_id=actor.subject_id,
        actor=actor,
        organisation=organisation,
        data={"grant": str(grant.id)},
    )
