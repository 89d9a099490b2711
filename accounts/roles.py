"""Who may do what: one table, read by services, pages, API and back office (promise P45)."""

from collections.abc import Iterable
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The staff roles (design.md). Tenants need none."""

    FRONT_DESK = "front_desk", _("Front desk")
    SPACE_MANAGER = "space_manager", _("Space manager")
    BILLING_CLERK = "billing_clerk", _("Billing clerk")
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMINISTRATOR = "administrator", _("Administrator")


#: Acts of the operator's staff; services ask `user.may(act)`.
ACTS: Final[dict[str, frozenset[Role]]] = {
    "reservations.see_desk": frozenset({Role.FRONT_DESK, Role.SPACE_MANAGER}),
    "reservations.book_for_others": frozenset({Role.FRONT_DESK}),
    "reservations.check_in_others": frozenset({Role.FRONT_DESK}),
    "reservations.change_others": frozenset({Role.FRONT_DESK, Role.SPACE_MANAGER}),
    "reservations.approve": frozenset({Role.SPACE_MANAGER}),
    "reservations.manage_spaces": frozenset({Role.SPACE_MANAGER}),
    "reservations.manage_closures": frozenset({Role.SPACE_MANAGER, Role.FRONT_DESK}),
    "billing.manage_rates": frozenset({Role.SPACE_MANAGER, Role.BILLING_CLERK}),
    "privacy.see_record": frozenset({Role.PRIVACY_OFFICER}),
    "privacy.see_outbox": frozenset({Role.PRIVACY_OFFICER, Role.CUSTOMER_SERVICE}),
    "privacy.manage_processors": frozenset({Role.PRIVACY_OFFICER}),
    "accounts.support_tenants": frozenset({Role.CUSTOMER_SERVICE}),
    "privacy.announce": frozenset(
        {Role.CUSTOMER_SERVICE, Role.SPACE_MANAGER, Role.PRIVACY_OFFICER}
    ),
    "privacy.approve_announcements": frozenset({Role.SPACE_MANAGER, Role.PRIVACY_OFFICER}),
    "privacy.announce_policy": frozenset({Role.PRIVACY_OFFICER}),
    "privacy.keep_watch": frozenset({Role.PRIVACY_OFFICER}),
    "accounts.manage_roles": frozenset(),
    "support.answer": frozenset({Role.CUSTOMER_SERVICE}),
    # Break-glass: one asks, another one approves (promise P25).
    "support.ask_opening": frozenset({Role.CUSTOMER_SERVICE, Role.PRIVACY_OFFICER}),
    "support.approve_opening": frozenset({Role.PRIVACY_OFFICER}),
}

#: Back office: app label and model of the Django admin, and whether the role may change it.
ADMIN: Final[dict[str, dict[Role, str]]] = {
    "reservations.location": {Role.SPACE_MANAGER: "change", Role.FRONT_DESK: "view"},
    "reservations.floor": {Role.SPACE_MANAGER: "change", Role.FRONT_DESK: "view"},
    "reservations.space": {Role.SPACE_MANAGER: "change", Role.FRONT_DESK: "view"},
    "reservations.amenity": {Role.SPACE_MANAGER: "change"},
    "reservations.closure": {Role.SPACE_MANAGER: "view", Role.FRONT_DESK: "view"},
    "reservations.reservation": {Role.SPACE_MANAGER: "view", Role.FRONT_DESK: "view"},
    "billing.rateplan": {Role.SPACE_MANAGER: "change", Role.BILLING_CLERK: "change"},
    "billing.tariff": {Role.SPACE_MANAGER: "change", Role.BILLING_CLERK: "change"},
    "billing.taxrate": {Role.BILLING_CLERK: "change"},
    "privacy.outboxmessage": {Role.PRIVACY_OFFICER: "view", Role.CUSTOMER_SERVICE: "view"},
    "privacy.audit": {Role.PRIVACY_OFFICER: "change"},
    "support.cannedanswer": {Role.CUSTOMER_SERVICE: "change"},
    # Masked: customer service sees how to reach the person, and no more.
    "accounts.user": {Role.CUSTOMER_SERVICE: "view"},
    "accounts.organisation": {Role.CUSTOMER_SERVICE: "view"},
}


def allows(held: Iterable[str], act: str) -> bool:
    """Whether one of the roles held includes the act; an unknown act is a programming error."""
    granted = ACTS[act]
    return any(role == Role.ADMINISTRATOR or role in granted for role in held)


def allows_model(held: Iterable[str], permission: str) -> bool:
    """Django's "app.verb_model": view needs "view" or "change", everything else "change"."""
    app_label, _sep, rest = permission.partition(".")
    verb, _sep, model = rest.partition("_")
    granted = ADMIN.get(f"{app_label}.{model}")
    if granted is None:
        return False
    for role in held:
        level = "change" if role == Role.ADMINISTRATOR else granted.get(Role(role))
        if level == "change" or (level == "view" and verb == "view"):
            return True
    return False


def allows_app(held: Iterable[str], app_label: str) -> bool:
    """Whether any model of the app is open to one of the roles."""
    roles = list(held)
    return any(
        allows_model(roles, f"{app_label}.view_{key.partition('.')[2]}")
        for key in ADMIN
        if key.startswith(f"{app_label}.")
    )
