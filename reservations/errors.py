"""What can be refused about a reservation, each with its stable code."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from privacy.errors import Broken, DomainError


class RulesBroken(DomainError):
    """One or more rules of the place forbid this; `broken` has every one of them."""

    code = "rules_broken"
    status = 422

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__(" ".join(rule.detail for rule in broken), broken=broken)


class SlotTaken(DomainError):
    """Somebody has (part of) the space in that period; `alternatives` says what is free."""

    code = "slot_taken"
    status = 409

    def __init__(self, alternatives: Sequence[Any] = ()) -> None:
        super().__init__(_("This time was just taken. Nothing was changed."))
        self.alternatives = list(alternatives)


class WrongState(DomainError):
    """The reservation's state does not allow the act, e.g. cancelling a cancelled one."""

    code: ClassVar[str] = "wrong_state"
    status = 422


class Malformed(DomainError):
    """A value that cannot be used at all, e.g. an end before its start."""

    code = "malformed"
    status = 400
