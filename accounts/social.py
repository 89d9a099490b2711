"""The steps of a Google sign-in that are ours; none of them pauses (no partial pipeline)."""

from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.errors import AddressUnverified
from accounts.models import User
from privacy.agreements import shown_in


def require_verified_address(response: Any, user: User | None = None, **_more: Any) -> None:
    """Go on only with an address Google says is verified; a known link needs none."""
    if user is None and (not response.get("email") or response.get("email_verified") is not True):
        raise AddressUnverified(
            _(
                "Google did not share a verified e-mail address. Nothing was stored."
                " You can create an account with e-mail and password."
            )
        )


#: What the form before the way to Google said about the terms; it waits in the session.
TERMS_FIELDS: Final = (
    "accept",
    "terms_version",
    "terms_hash",
    "policy_version",
    "policy_hash",
)


def account_for(
    strategy: Any, details: Any, user: User | None = None, **_more: Any
) -> dict[str, Any]:
    """The account of the address; nothing to do for a known link.

    When there is none it is made, if the person accepted the terms before they went to
    Google (SOCIAL_AUTH_FIELDS_STORED_IN_SESSION); else TermsNotAccepted, and nothing is kept.
    """
    if user is not None:
        return {"is_new": False}
    found, made = services.google_user(
        email=details["email"],
        full_name=details["fullname"],
        language=get_language() or "id",
        shown=shown_in({name: strategy.session_get(name) for name in TERMS_FIELDS}),
    )
    return {"user": found, "is_new": made}


def note_link(user: User, new_association: bool = False, **_more: Any) -> None:
    """Record in the account's history that Google was linked."""
    if new_association:
        services.google_linked(user=user)
