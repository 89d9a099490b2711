"""Pure decisions about what people type and who may do what; no database."""

import unicodedata
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.errors import AddressUnverified, InputRefused, NoContract
from accounts.models import Organisation, User
from privacy.cards import card_numbers, card_sentence
from privacy.errors import Broken

NAME_LENGTH: Final = 200
LANGUAGES: Final = ("id", "en")
#: Numbers without a country code are read as numbers of this country.
HOME_REGION: Final = "ID"
_UNSEEN: Final = {"Cc", "Cs", "Co", "Cn"}


def line_clean(value: str, *, field: str, required: bool = False, most: int = NAME_LENGTH) -> str:
    """One line of text in any script: normalised (NFC), trimmed, single spaces.

    Refuses control characters (NUL among them), payment card numbers (promise P32), and what
    is longer than `most` characters.
    Angle brackets are text like any other; pages and mails escape them.
    """
    text = unicodedata.normalize("NFC", value.strip())
    if any(unicodedata.category(sign) in _UNSEEN for sign in text):
        raise _refuse("unprintable", _("Contains a character that cannot be shown."), field)
    text = " ".join(text.split())
    if required and not text:
        raise _refuse("required", _("This is needed."), field)
    if len(text) > most:
        detail = _("At most %(most)d characters; this has %(count)d.")
        raise _refuse("too_long", detail % {"most": most, "count": len(text)}, field)
    if card_numbers(text):
        raise _refuse("card_number", card_sentence(), field)
    return text


def email_clean(value: str, *, field: str = "email") -> str:
    """A well-formed address: the part before the @ as typed, the domain in lower case."""
    text = unicodedata.normalize("NFC", value.strip())
    try:
        validate_email(text)
    except ValidationError:
        raise _refuse("email", _("This is not an e-mail address."), field) from None
    if len(text) > 254:
        raise _refuse("too_long", _("This address is too long."), field)
    local, _at, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def phone_clean(value: str, *, field: str = "phone") -> str:
    """A possible phone number in E.164 ("+6281234567890"), or an empty text for none."""
    text = line_clean(value, field=field, most=40)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise _refuse("phone", _("This is not a phone number, e.g. 0812 3456 7890."), field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def language_clean(value: str) -> str:
    """One of the languages of the pages."""
    if value not in LANGUAGES:
        raise _refuse("language", _("Choose Indonesian or English."), "language")
    return value


def zone_clean(value: str) -> str:
    """The name of an IANA zone, e.g. Asia/Jakarta."""
    if not is_zone(value):
        raise _refuse("time_zone", _("There is no such time zone."), "time_zone")
    return value


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Read once: the system's list takes a look at six hundred files."""
    return frozenset(available_timezones())


def is_zone(value: str) -> bool:
    """Whether the name is an IANA zone this system knows."""
    return value in _zones()


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name, or None."""
    return ZoneInfo(name) if is_zone(name) else None


def address_require_verified(user: User) -> None:
    """Raise unless the person has proved their address: nobody books in another's name."""
    if not user.is_verified_address:
        raise AddressUnverified(
            _("Please confirm your e-mail address first: follow the link we sent to you.")
        )


def organisation_require_terms(organisation: Organisation) -> None:
    """Raise NoContract unless an owner accepted the terms for the organisation (promise P66)."""
    if not organisation.terms_version:
        raise NoContract(
            _("The organisation has no contract yet: an owner accepts the terms first.")
        )


def address_masked(email: str) -> str:
    """An address shortened for a page others may look at: "s…@lontar.example"."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _refuse(code: str, detail: str, field: str) -> InputRefused:
    return InputRefused([Broken(code, detail, field)])
