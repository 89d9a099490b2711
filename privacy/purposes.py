"""The closed registry of purposes: why personal data is used, and on what ground (promise P13).

A purpose that is not named here cannot be declared in the data map, asked consent for, or
served. Selling data, or competing with the people it is about, is no purpose and never
becomes one (promise P27). docs/privacy.md tells how to add one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy as _

from privacy.errors import DomainError

Basis = Literal["consent", "contract", "legal_obligation", "legitimate_interest", "vital_interest"]

#: Words that no purpose's code may contain: they name what is never done with data here.
FORBIDDEN: Final = frozenset(
    {"sale", "sales", "sell", "selling", "sold", "resale", "resell", "trade", "broker", "jual"}
    | {"penjualan", "compete", "competing", "competition", "saingan"}
)


class UnknownPurpose(DomainError):
    """The purpose is not in the registry, misspelt for instance."""

    code = "unknown_purpose"
    status = 422


class ForbiddenPurpose(ValueError):
    """Somebody tried to register a purpose that the promises exclude."""


@dataclass(frozen=True)
class Purpose:
    """One reason to use personal data.

    `basis` is its ground in UU 27/2022 art. 20 (GDPR 6); `title` and `words` say it to the
    person, in both languages. For a purpose by consent, `words` are the sentence that is
    agreed to, stored with the receipt. `guests` is the ground for people without an account,
    whose data somebody else gave for this (promise P11). `objectable` says whether the person
    may object (promise P50): always where consent is the ground. `while_restricted` and
    `while_deactivated` say whether it goes on for such a person.
    """

    code: str
    basis: Basis
    title: Any
    words: Any
    objectable: bool = False
    while_restricted: bool = False
    while_deactivated: bool = False
    guests: Basis | None = None
    # Concerns a way of sending that may be switched off; then nobody is asked for it.
    by_channel: bool = False

    @property
    def grounds(self) -> tuple[Basis, ...]:
        """The grounds on which data may be held for it: that of users, that of guests."""
        return (self.basis, self.guests) if self.guests else (self.basis,)

    @property
    def by_consent(self) -> bool:
        """Whether the person is asked, and silence means no."""
        return self.basis == "consent"

    @property
    def can_object(self) -> bool:
        """Whether the person may object to it."""
        return self.objectable or self.by_consent


def registry_of(purposes: Iterable[Purpose]) -> Mapping[str, Purpose]:
    """An unchangeable registry; raises ForbiddenPurpose, or ValueError for a code used twice."""
    found: dict[str, Purpose] = {}
    for purpose in purposes:
        if FORBIDDEN & set(purpose.code.lower().replace("-", "_").split("_")):
            raise ForbiddenPurpose(f"{purpose.code!r} is no purpose: data is never sold (P27).")
        if purpose.code in found:
            raise ValueError(f"The purpose {purpose.code!r} is registered twice.")
        found[purpose.code] = purpose
    return MappingProxyType(found)


def purpose_named(code: str) -> Purpose:
    """The registered purpose; raises UnknownPurpose."""
    try:
        return PURPOSES[code]
    except KeyError:
        raise UnknownPurpose(
            str(_("There is no such purpose. Choose one of the list of purposes.")),
            extra={"purposes": sorted(PURPOSES)},
        ) from None


PURPOSES: Final = registry_of(
    (
        Purpose(
            "account",
            "contract",
            _("Your account"),
            _("Let you sign in and keep your profile, your organisations and your settings."),
            while_restricted=True,
            guests="legitimate_interest",
        ),
        Purpose(
            "booking",
            "contract",
            _("Bookings"),
            _("Reserve rooms for you and receive you and your guests."),
            while_restricted=True,
            guests="legitimate_interest",
        ),
        Purpose(
            "communication",
            "contract",
            _("Messages about what you do"),
            _("Write to you about your own bookings, requests and changes."),
            while_restricted=True,
            guests="legitimate_interest",
        ),
        Purpose(
            "support",
            "contract",
            _("Support"),
            _("Answer the questions and complaints you send us."),
            while_restricted=True,
        ),
        Purpose(
            "billing",
            "legal_obligation",
            _("Prices, invoices and books"),
            _("Work out what is owed, invoice it, receive payments, keep the books the law asks."),
            while_restricted=True,
            while_deactivated=True,
        ),
        Purpose(
            "privacy",
            "legal_obligation",
            _("Your privacy rights"),
            _("Serve your rights, keep proof of what you agreed to, tell you of changes."),
            while_restricted=True,
            while_deactivated=True,
        ),
        Purpose(
            "security",
            "legitimate_interest",
            _("Security"),
            _("Notice and stop misuse, guessing of passwords and fraud."),
            while_restricted=True,
            while_deactivated=True,
        ),
        Purpose(
            "succession",
            "legitimate_interest",
            _("Another operator takes over"),
            _(
                "Hand your data to the company that takes Ruang over, after telling you, and"
                " under the same promises."
            ),
            objectable=True,
        ),
        Purpose(
            "marketing",
            "consent",
            _("News and offers"),
            _("Ruang may send me news and offers by e-mail. Every one has a link to end them."),
        ),
        Purpose(
            "insight",
            "consent",
            _("Activity record"),
            _(
                "Ruang may record which pages I open and for how long, to improve them. I can"
                " see the record and switch it off."
            ),
        ),
        Purpose(
            "preferences",
            "consent",
            _("Suggestions from my habits"),
            _(
                "Ruang may learn from my bookings which rooms and times suit me, and suggest"
                " them. I can see, reset and switch off what was learnt."
            ),
        ),
        Purpose(
            "whatsapp",
            "consent",
            _("WhatsApp"),
            _(
                "Ruang may talk with me over WhatsApp, which another company runs and which"
                " then holds my number and our messages."
            ),
            by_channel=True,
        ),
    )
)
