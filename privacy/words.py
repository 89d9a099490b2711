"""Codes of the data map in words, for people: grounds, roles, retention, erasure, people.

Every text is translated when it is shown, so a page and a download speak one language.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.categories import CATEGORIES
from privacy.datamap import RETENTIONS
from privacy.purposes import PURPOSES

#: Grounds of UU 27/2022 art. 20 (GDPR art. 6).
GROUNDS: Final = {
    "consent": _("your consent"),
    "contract": _("the contract with you"),
    "legal_obligation": _("a duty by law"),
    "legitimate_interest": _("a legitimate interest"),
    "vital_interest": _("a vital interest"),
}

#: The roles of accounts/roles.py; a test compares.
ROLES: Final = {
    "front_desk": _("Front desk"),
    "space_manager": _("Space manager"),
    "billing_clerk": _("Billing clerk"),
    "customer_service": _("Customer service"),
    "privacy_officer": _("Privacy officer"),
    "administrator": _("Administrator"),
}

ERASURES: Final = {
    "delete": _("deleted"),
    "blank": _("emptied"),
    "pseudonymise": _("kept without the person"),
    "keep": _("kept as long as the law asks"),
}

PEOPLE: Final = {
    "user": _("people with an account"),
    "contact": _("guests and others without an account"),
    "anyone": _("everyone whose data is held"),
}

EVENTS: Final = {
    "account": _("the account ends"),
    "booking": _("the reservation ends"),
    "message": _("the message was sent"),
    "security": _("the event"),
    "session": _("the session ends"),
    "activity": _("the page was opened"),
    "access": _("the look"),
    "support": _("the conversation ends"),
    "webhook": _("it arrived"),
    "invoice": _("the invoice was issued"),
    "audit": _("the audit"),
}


def retention_words(code: str) -> str:
    """E.g. "14 days after the account ends"; whole years are said as years."""
    _event, days = RETENTIONS[code]
    said = EVENTS[code]
    if days >= 365 and days % 365 < 4:
        years = days // 365
        text = ngettext("%(n)d year after %(event)s", "%(n)d years after %(event)s", years)
        return text % {"n": years, "event": said}
    text = ngettext("%(n)d day after %(event)s", "%(n)d days after %(event)s", days)
    return text % {"n": days, "event": said}


def purpose_words(code: str) -> str:
    """The title of a purpose, as people read it."""
    return str(PURPOSES[code].title)


def category_words(code: str) -> str:
    """The title of a category."""
    return str(CATEGORIES[code].title)


def role_words(code: str) -> str:
    """The name of a staff role; "Staff" for a look by nobody's role in particular."""
    return str(ROLES[code]) if code in ROLES else str(_("Staff"))
