"""The pages of staff that stand behind one entry of the navigation, each for its roles.

A new one is one line here; /staff shows it to whoever may open it, once its route exists.
The desk and the spaces, which are open all day, have entries of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User


@dataclass(frozen=True)
class StaffPage:
    """A page: its route, the act that opens it ("" for all staff), and what it is for."""

    route: str
    act: str
    icon: str
    title: Any
    words: Any


PAGES: Final[Sequence[StaffPage]] = (
    StaffPage(
        "frontend:staff-support",
        "support.answer",
        "message-square",
        _("Conversations"),
        _("What people ask, answered by the way they chose."),
    ),
    StaffPage(
        "frontend:staff-openings",
        "support.approve_opening",
        "lock",
        _("Openings"),
        _("Requests to open a sealed conversation; two people, a ground."),
    ),
    StaffPage(
        "frontend:tenants",
        "accounts.support_tenants",
        "building-2",
        _("Tenants"),
        _("A tenant’s data, opened by their grant and for its time alone."),
    ),
    StaffPage(
        "frontend:announcements",
        "privacy.announce",
        "send",
        _("Announcements"),
        _("Written by one, let go by another, sent once to each."),
    ),
    StaffPage(
        "frontend:policies",
        "privacy.announce_policy",
        "file-text",
        _("Policy versions"),
        _("What is in force, what was announced, and whom the notices reached."),
    ),
    StaffPage(
        "frontend:processors",
        "privacy.manage_processors",
        "scale",
        _("Processors"),
        _("Who works on personal data for us, under which contract, where."),
    ),
    StaffPage(
        "frontend:safety",
        "privacy.keep_watch",
        "shield-check",
        _("Watch"),
        _("Alerts, the audit calendar, and what came of them."),
    ),
    StaffPage(
        "frontend:staff-record",
        "privacy.see_record",
        "rows-3",
        _("Record of processing"),
        _("What is held why, in which tables, by whom it is seen, and how long."),
    ),
    StaffPage(
        "frontend:support",
        "",
        "message-square",
        _("Help"),
        _("Your own questions to customer service."),
    ),
    StaffPage(
        "admin:index",
        "",
        "settings",
        _("Back office"),
        _("Reference data and the outbox, as far as your role goes."),
    ),
)


@dataclass(frozen=True)
class Place:
    """A page with its address."""

    page: StaffPage
    url: str


def places(user: User) -> list[Place]:
    """The pages this member of staff may open, in order."""
    mine = [page for page in PAGES if not page.act or user.may(page.act)]
    return [Place(page, url) for page in mine if (url := address(page.route))]


def address(route: str) -> str:
    """The address of a route, "" while there is none."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
