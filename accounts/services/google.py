"""Accounts that Google vouches for."""

from django.db import IntegrityError
from django.utils.translation import gettext as _
from social_django.models import UserSocialAuth

from accounts.errors import AddressUnverified, InputRefused, LastWayIn
from accounts.models import User
from accounts.rules import line_clean
from accounts.services.common import act, event_add
from accounts.services.registration import user_create_verified
from privacy.agreements import Shown, TermsNotAccepted
from privacy.errors import NotFound


def google_user(
    *, email: str, full_name: str, language: str, shown: Shown | None
) -> tuple[User, bool]:
    """The account of an address Google has verified, and whether it is new.

    A new one is made only with the terms accepted on the way (`shown`); without them
    TermsNotAccepted is raised and nothing is stored.

    An existing account is taken only when its address is verified here as well: whoever
    opened it with somebody else's address must not be joined to the true owner. Raises
    AddressUnverified then. `full_name` is empty when the person did not share it.
    """
    found = User.objects.by_email(email).select_related("subject").first()
    if found is None:
        made = _made(email, full_name, language, shown)
        if made is not None:
            return made, True
    user = found or User.objects.by_email(email).select_related("subject").get()
    if not user.is_verified_address:
        raise AddressUnverified(
            _(
                "An account with this address exists, and the address was never confirmed"
                " there. Set a new password by mail first; then Google can be linked."
            )
        )
    return user, False


def _made(email: str, full_name: str, language: str, shown: Shown | None) -> User | None:
    """The new account; None when another request made it in the same moment."""
    if shown is None:
        raise TermsNotAccepted
    try:
        with act():
            return user_create_verified(
                email=email,
                full_name=_name(full_name),
                language=language,
                shown=shown,
                form="google",
            )
    except IntegrityError:
        return None


def google_unlink(*, actor: User, association_id: int) -> None:
    """Forget the link to Google. Raises LastWayIn without a password to sign in with."""
    if not actor.has_usable_password():
        raise LastWayIn(_("Set a password first; otherwise you could not sign in any more."))
    with act():
        mine = UserSocialAuth.objects.filter(user=actor, id=association_id)
        if not mine.delete()[0]:
            raise NotFound(_("This link does not exist any more."))
        event_add("google_unlinked", subject_id=actor.subject_id, actor=actor)


def google_linked(*, user: User) -> None:
    """Note that Google was linked to the account."""
    with act():
        event_add("google_linked", subject_id=user.subject_id, actor=user)


def _name(full_name: str) -> str:
    """The name as given, or nothing when it cannot be used; it can be typed later."""
    try:
        return line_clean(full_name, field="full_name")
    except InputRefused:
        return ""
