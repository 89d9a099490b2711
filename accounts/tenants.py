"""What customer service may see of a tenant: nothing without a grant that runs (promise P33)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.granting import SupportGrant
from accounts.models import AccountEvent, Membership, Organisation, User
from privacy import clock
from privacy.access import access_note
from privacy.errors import NotAllowed, NotFound

SHOWN_DAYS: Final = 90
PAGE: Final = 50


class GrantMissing(NotAllowed):
    """The tenant has not opened its data, or the time is over."""

    code = "grant_missing"


@dataclass(frozen=True)
class Tenant:
    """An opened organisation: until when, and who belongs to it."""

    organisation: Organisation
    grant: SupportGrant
    members: Sequence[Membership]


def grants_of(organisation_id: UUID) -> Sequence[SupportGrant]:
    """For the owners' page: the grants of late, newest first."""
    since = clock.now() - timedelta(days=SHOWN_DAYS)
    rows = SupportGrant.objects.filter(organisation=organisation_id, given_at__gte=since)
    return list(rows.order_by("-given_at", "-id"))


def tenants_find(
    actor: User, *, words: str = "", after: str = ""
) -> Sequence[tuple[Organisation, bool]]:
    """Organisations by name with whether each is open now; customer service only.

    A page of PAGE and one more, which says that there is a next one. `after` is the
    "name\\nid" of the last row of the page before.
    """
    _require_role(actor)
    opened = Max("support_grants__expires_at", filter=Q(support_grants__revoked_at=None))
    rows = Organisation.objects.annotate(open_until=opened).order_by("name", "id")
    if words:
        rows = rows.filter(name__icontains=words)
    name, _sep, key = after.partition("\n")
    with suppress(ValueError):  # whatever is no mark of ours begins at the first page
        rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=UUID(key)))
    now = clock.now()
    found = rows[: PAGE + 1]
    return [(row, row.open_until is not None and row.open_until > now) for row in found]


def tenant_open(actor: User, organisation_id: UUID) -> Tenant:
    """The organisation's people for customer service; the look is logged for each of them.

    Raises NotFound, and GrantMissing (403) without a grant that runs, which is recorded.
    """
    grant = grant_require(actor, organisation_id)
    members = list(
        Membership.objects.filter(organisation=organisation_id)
        .select_related("user")
        .order_by("-role", "user__full_name", "id")
    )
    access_note(
        actor,
        subject_ids=[member.user.subject_id for member in members],
        purpose="question",
        model="accounts.User",
        fields=("full_name", "email", "phone"),
    )
    return Tenant(grant.organisation, grant, members)


def grant_require(actor: User, organisation_id: UUID) -> SupportGrant:
    """The grant that runs now; GrantMissing when there is none."""
    _require_role(actor)
    grant = _running(organisation_id).select_related("organisation").first()
    if grant is not None:
        return grant
    organisation = Organisation.objects.filter(id=organisation_id).first()
    if organisation is None:
        raise NotFound(_("There is no such organisation."))
    AccountEvent.objects.create(
        subject_id=actor.subject_id,
        actor_id=actor.subject_id,
        organisation=organisation,
        verb="support_refused",
    )
    raise GrantMissing(_("The organisation has not opened its data to us, or the time is over."))


def _running(organisation_id: UUID) -> QuerySet[SupportGrant]:
    return SupportGrant.objects.filter(
        organisation=organisation_id, revoked_at=None, expires_at__gt=clock.now()
    ).order_by("-expires_at")


def _require_role(actor: User) -> None:
    if not actor.may("accounts.support_tenants"):
        raise NotAllowed(_("Only customer service may look at a tenant's data."))
