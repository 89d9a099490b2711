"""The closed list of kinds of personal data, in words for people and for machines.

Every personal field of the data map belongs to one. `title` and `what` are shown to people
(policy, privacy centre, record of processing); `term` is the class of the W3C Data
Privacy Vocabulary's personal-data extension (https://w3id.org/dpv/pd) that comes nearest.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Category:
    """One kind of personal data."""

    code: str
    title: Any
    what: Any
    term: str


_ALL: Final = (
    Category(
        "contact",
        _("Contact details"),
        _("Name, e-mail address, telephone number, institution, photograph."),
        "pd:Contact",
    ),
    Category(
        "account",
        _("Account"),
        _("Since when the account exists, its state and its rights."),
        "pd:Identifying",
    ),
    Category(
        "identity",
        _("Identity"),
        _("Identity and tax numbers, date of birth, identity documents."),
        "pd:Identifying",
    ),
    Category(
        "credential",
        _("Means of signing in"),
        _("Password (never readable), second factor, access keys, link to Google."),
        "pd:Authenticating",
    ),
    Category(
        "session",
        _("Signed-in browsers"),
        _("Browser and system by name, when it signed in and was last used."),
        "pd:DeviceBased",
    ),
    Category(
        "preference",
        _("Settings"),
        _("Language, time zone, how you prefer to be reached."),
        "pd:Preference",
    ),
    Category(
        "membership",
        _("Organisation"),
        _("Which organisations you belong to, in which role, who invited you."),
        "pd:Professional",
    ),
    Category(
        "provenance",
        _("Origin of data"),
        _("Who gave us your data, when, and for what."),
        "pd:Tracking",
    ),
    Category(
        "booking",
        _("Bookings"),
        _("Which room you booked or were invited to, when, and whether you came."),
        "pd:Behavioral",
    ),
    Category(
        "calendar",
        _("Calendar feeds"),
        _("The private calendar links you made, and when."),
        "pd:Preference",
    ),
    Category(
        "free_text",
        _("What you write"),
        _("Titles and notes; they may name people, so they count as personal."),
        "pd:Communication",
    ),
    Category(
        "price",
        _("Prices of bookings"),
        _("What a booking costs, with tax."),
        "pd:Transactional",
    ),
    Category(
        "billing",
        _("Invoices"),
        _("Billing name and address, tax number, what was invoiced."),
        "pd:Financial",
    ),
    Category(
        "payment",
        _("Payments"),
        _("What was paid, when and how; never card numbers."),
        "pd:Transactional",
    ),
    Category(
        "mail_item",
        _("Letters and parcels"),
        _("Sender, recipient, kind and scans of mail that arrived for you."),
        "pd:Communication",
    ),
    Category(
        "message",
        _("Messages to you"),
        _("Which messages were sent to you, when, and what became of them."),
        "pd:Communication",
    ),
    Category(
        "support",
        _("Support conversations"),
        _("What you asked and what was answered, by the way you chose."),
        "pd:Communication",
    ),
    Category(
        "consent",
        _("Consents"),
        _("What you agreed or objected to, when, with the words that were shown."),
        "pd:Preference",
    ),
    Category(
        "request",
        _("Privacy requests"),
        _("What you asked of us about your data, and what was done when."),
        "pd:Communication",
    ),
    Category(
        "access",
        _("Log of staff reads"),
        _("Which of your data staff looked at, when, and why."),
        "pd:Tracking",
    ),
    Category(
        "security",
        _("Security"),
        _("Failed sign-ins, the address they came from, alerts, second-factor resets."),
        "pd:Tracking",
    ),
    Category(
        "activity",
        _("Activity record"),
        _("Pages visited and for how long, with a shortened address; only if you agreed."),
        "pd:Behavioral",
    ),
    Category(
        "profile",
        _("Preference profile"),
        _("What was learnt from your bookings; only if you agreed."),
        "pd:Preference",
    ),
    Category(
        "key",
        _("Key of your sealed data"),
        _("The key under which your sealed data is stored; erasure destroys it."),
        "pd:Authenticating",
    ),
    Category(
        "work",
        _("Work of staff"),
        _("What a member of staff did in the back office."),
        "pd:Professional",
    ),
)

CATEGORIES: Final = {category.code: category for category in _ALL}

#: What a field is called before people. A field that is not here is called by its category.
FIELD_WORDS: Final = {
    "full_name": _("name"),
    "name": _("name"),
    "email": _("e-mail address"),
    "phone": _("telephone number"),
    "institution": _("institution"),
    "picture": _("photograph"),
    "language": _("language"),
    "time_zone": _("time zone"),
    "roles": _("staff roles"),
    "title": _("title of the booking"),
    "space": _("room"),
    "starts_at": _("start"),
    "ends_at": _("end"),
    "organisation": _("organisation"),
    "price_amount": _("price"),
    "state": _("state"),
    "sent_at": _("time of sending"),
    "checked_in_at": _("time of arrival"),
    "arrived_at": _("time of arrival"),
    "joined_at": _("date of joining"),
    "date_joined": _("date of registration"),
    "email_verified_at": _("confirmation of the e-mail address"),
    "is_active": _("whether the account is open"),
}


def field_words(category: str, names: list[str]) -> str:
    """Fields in words, e.g. "name, telephone number"; unknown ones by their category's title.

    In the active language; each word once, in the order of the fields.
    """
    title = CATEGORIES[category].title
    said = [str(FIELD_WORDS.get(name, title)) for name in names]
    return ", ".join(dict.fromkeys(said))
