"""The closed registry of purposes: why personal data is used, and on what ground (promise P13).

A purpose that is not named here cannot be declared in the data map, asked consent for, or
served. Selling data is no purpose and never becomes one (promise P27).
"""

from dataclasses import dataclass
from typing import Final, Literal

Basis = Literal["consent", "contract", "legal_obligation", "legitimate_interest", "vital_interest"]


@dataclass(frozen=True)
class Purpose:
    """One reason to use personal data. `basis` is its ground in UU 27/2022 art. 20 (GDPR 6)."""

    code: str
    basis: Basis


_ALL: Final = (
    Purpose("account", "contract"),  # let a person sign in, keep the profile
    Purpose("booking", "contract"),  # reserve rooms, receive the people who come
    Purpose("communication", "contract"),  # messages that a person's own acts call for
    Purpose("support", "contract"),  # answer questions
    Purpose("billing", "legal_obligation"),  # price, invoice, collect, keep the books
    Purpose("privacy", "legal_obligation"),  # serve people's rights, prove that they were served
    Purpose("security", "legitimate_interest"),  # notice and stop misuse
    Purpose("marketing", "consent"),  # offers, newsletters
    Purpose("insight", "consent"),  # which pages are used, linked to the person
    Purpose("preferences", "consent"),  # suggestions made from what the person did
    Purpose("whatsapp", "consent"),  # talk over a messenger that a third party runs
)

PURPOSES: Final = {purpose.code: purpose for purpose in _ALL}
