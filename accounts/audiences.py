"""To whom announcements may go, as far as accounts know: everybody, or an organisation."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from privacy.audiences import MOST, Audience, register_audience
from privacy.models import Subject


def register() -> None:
    """Tell the ground floor."""
    register_audience(Audience("everyone", _("All active accounts"), _everyone))
    register_audience(
        Audience("organisation", _("Members of an organisation"), _members, _organisations)
    )


def _everyone(_ref: UUID | None) -> QuerySet[Subject]:
    return Subject.objects.filter(user__is_active=True)


def _members(ref: UUID | None) -> QuerySet[Subject]:
    # One membership a person and organisation, so nobody is found twice.
    return _everyone(None).filter(user__memberships__organisation=ref)


def _organisations() -> Sequence[tuple[UUID, str]]:
    return list(Organisation.objects.order_by("name", "id").values_list("id", "name")[:MOST])
