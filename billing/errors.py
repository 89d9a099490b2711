"""What can be refused about prices."""

from collections.abc import Sequence
from typing import ClassVar

from privacy.errors import Broken, DomainError


class PriceRefused(DomainError):
    """A price or plan that cannot be; `broken` has every reason."""

    code: ClassVar[str] = "price_refused"
    status = 422

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__(" ".join(rule.detail for rule in broken), broken=broken)
