"""Whoever acts, as far as the ground floor needs to know: a subject with rights."""

from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from privacy.errors import NotAllowed


class Actor(Protocol):
    """A signed-in person (accounts.User is one); `may` asks the table of roles."""

    @property
    def subject_id(self) -> UUID:
        """Whose acts these are."""

    def may(self, act: str) -> bool:
        """Whether a role of the person includes the act."""


def require(actor: Actor, act: str) -> None:
    """Raise NotAllowed unless a role of the actor includes the act (accounts/roles.py)."""
    if not actor.may(act):
        raise NotAllowed(_("Your role does not include this."))
