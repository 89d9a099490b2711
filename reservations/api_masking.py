"""What staff see of other people's reservations over HTTP: null where their role sees nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from privacy.masking import visible_fields

#: Members of a reservation's shape and the fields of the data map that they show.
SHOWN: Final = {
    "organisation": "organisation",
    "title": "title",
    "people": "people",
    "price": "price_amount",
    "expires_at": "expires_at",
    "checked_in_at": "checked_in_at",
}
#: Those without which there is no reservation; whoever may open one sees them.
ALWAYS: Final = ("space", "state", "starts_at", "ends_at", "cancel_free_until")


def reservation_masked(shape: Mapping[str, Any], roles: Sequence[str]) -> dict[str, Any]:
    """The shape with null in the place of what the roles may not see."""
    visible = visible_fields(roles, "reservations.Reservation")
    hidden = {name for name, field in SHOWN.items() if field not in visible}
    return {name: None if name in hidden else value for name, value in shape.items()}


def reservation_fields(roles: Sequence[str]) -> list[str]:
    """The fields of a reservation that its shape shows to the roles."""
    visible = visible_fields(roles, "reservations.Reservation")
    return [field for field in (*SHOWN.values(), *ALWAYS) if field in visible]


def guest_masked(shape: Mapping[str, Any], roles: Sequence[str]) -> dict[str, Any]:
    """A guest's shape with null in the place of what the roles may not see."""
    visible = visible_fields(roles, "privacy.Contact") & {"name", "email"}
    visible |= visible_fields(roles, "reservations.Guest") & {"id", "invited_at"}
    return {name: value if name in visible else None for name, value in shape.items()}
