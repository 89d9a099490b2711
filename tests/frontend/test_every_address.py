"""Every address by person and method: an address that nobody has put in a class here fails.

The API has a matrix of its own (tests/api/test_permissions.py), the staff's pages one by
role (tests/staff), the back office one by model (tests/admin). This one sees that nothing
is forgotten, and that each class of addresses is closed to whom it must be.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from privacy.ids import uuid7
from reservations.models import Reservation
from reservations.services import BookingWish, reservation_book
from tests.cast import Cast, at

pytestmark = pytest.mark.django_db

#: Anybody may come here, signed in or not; what a link or a form says decides the rest.
OPEN = {
    "home", "find", "find-timeline", "space", "space-month", "space-plan", "location",
    "language", "theme", "sign-in", "sign-out", "register", "registered", "verify-address",
    "verify-again", "password-reset", "password-new", "confirm-address", "invitation", "guest",
    "calendar-feed", "space-picture", "book", "unsubscribe", "unsubscribe-one-click", "privacy",
    "receipt-check", "promises", "policy-source", "policy", "policy-compare", "policy-version",
    "terms", "terms-compare", "terms-version", "cookies", "cookies-answer", "gpc", "leave",
    "support", "support-new", "support-sent", "support-link", "whatsapp",
    "record-of-processing", "record-csv", "record-jsonld",
}  # fmt: skip
#: One's own pages: a visitor is asked to sign in first.
SIGNED_IN = {
    "reservations", "calendar-feeds", "two-step", "two-step-setup", "two-step-codes", "profile",
    "account-address", "account-picture", "security", "account-password", "account-sessions",
    "account-session", "account-tokens", "account-token", "account-google", "organisations",
    "consents", "consent-receipt", "consent-receipt-file", "consent-answer", "privacy-messages",
    "person-picture", "accept", "activity", "preferences", "support-conversation",
    "access-log",
}  # fmt: skip
#: Somebody's own thing: others, signed in or not, learn not even that it exists.
OWNED = {
    "reservation", "reservation-file", "reservation-act", "organisation", "organisation-act",
}  # fmt: skip
#: For roles: tenants are told that there is nothing.
STAFF = {
    "staff", "desk", "desk-day", "desk-walk-in", "desk-closures", "desk-closure-delete",
    "desk-act", "manage", "manage-location-new", "manage-location", "manage-floors",
    "manage-space-new", "manage-spaces", "manage-space", "manage-space-active",
    "manage-pictures", "manage-picture-delete", "manage-rates", "manage-rate", "announcements",
    "announcement-new", "announcement", "announcement-edit", "announcement-mail",
    "announcement-act", "processors", "processor", "processor-end", "safety", "safety-alert",
    "safety-audit", "tenants", "tenant", "tenant-ask", "policies", "policy-announce",
    "staff-support", "staff-call", "staff-openings", "staff-opening", "staff-conversation",
    "staff-contents",
    "staff-record",
}  # fmt: skip
#: Only where RUANG_DEVELOPMENT is set (tests/mail/test_mailbox.py).
DEVELOPMENT = {"dev-mail", "dev-letter", "dev-letter-html"}
CLASSES = {"open": OPEN, "signed in": SIGNED_IN, "owned": OWNED, "staff": STAFF}
#: Addresses without a page's name, each with the tests that look after them.
ELSEWHERE = {
    "api/": "tests/api/test_permissions.py",
    "admin/": "tests/admin",
    "healthz": "tests/runner",
    "readyz": "tests/runner",
    "metrics": "tests/accounts",
    "oauth/": "tests/accounts/test_google.py",
}


def routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        else:
            yield here, pattern


def pages() -> dict[str, str]:
    """{name: address} of the pages: all that ELSEWHERE does not look after."""
    return {
        str(pattern.name): address
        for address, pattern in routes(get_resolver().url_patterns)
        if not address.startswith(tuple(ELSEWHERE))
    }


def test_every_address_is_in_one_class() -> None:
    listed = [name for names in CLASSES.values() for name in names] + sorted(DEVELOPMENT)
    assert len(listed) == len(set(listed))
    unlisted = set(pages()) - set(listed)
    assert not unlisted, f"say in {__name__} who may come here: {sorted(unlisted)}"
    gone = set(listed) - set(pages()) - DEVELOPMENT
    assert not gone, f"no such address any more: {sorted(gone)}"


def link(address: str, cast: Cast, row: Reservation) -> str:
    """The address with Alice's things in it, and with made-up keys for the rest."""
    known = {
        "<uuid:reservation_id>": row.id, "<uuid:organisation_id>": cast.lontar.id,
        "<slug:slug>": cast.room.slug if address.startswith(("spaces", "manage/sp")) else
        cast.place.slug, "<slug:place>": cast.place.slug, "<slug:verb>": "cancel",
    }  # fmt: skip
    for pattern, value in known.items():
        address = address.replace(pattern, str(value))
    while "<" in address:
        kind, _colon, rest = address.partition("<")[2].partition(":")
        value = {"uuid": str(uuid7()), "int": "1"}.get(kind, "x")
        address = f"{address.partition('<')[0]}{value}{rest.partition('>')[2]}"
    return "/" + address


def answers(cast: Cast, name: str, *people: User | None) -> Iterator[tuple[str, str, Any]]:
    """(who, method, answer) of GET and POST; nothing that a POST did is kept."""
    wish = BookingWish(space_id=cast.room.id, starts_at=at(9), ends_at=at(10), title="Rahasia")
    url = link(pages()[name], cast, reservation_book(actor=cast.alice, wish=wish))
    for person in people:
        for method in ("get", "post"):
            client = Client()
            if person is not None:
                client.force_login(person, backend="accounts.backends.EmailBackend")
            before = transaction.savepoint()
            answer = getattr(client, method)(url)
            transaction.savepoint_rollback(before)
            assert answer.status_code < 500, (name, method, answer.status_code)
            yield person.email if person else "visitor", method, answer


def to_sign_in(answer: Any) -> bool:
    """Whether the visitor is led to the sign-in page."""
    return answer.status_code == 302 and "/sign-in" in answer["Location"]


@pytest.mark.parametrize("name", sorted(OPEN))
def test_open_addresses_ask_nobody_to_sign_in_first(cast: Cast, name: str) -> None:
    for who, method, answer in answers(cast, name, None, cast.charlie):
        assert b"Rahasia" not in answer.content, (who, method)
        if method == "get" and name not in {"sign-out"}:
            assert not to_sign_in(answer), who


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_own_pages_ask_a_visitor_to_sign_in(cast: Cast, name: str) -> None:
    for who, method, answer in answers(cast, name, None):
        assert to_sign_in(answer) or answer.status_code == 405, (who, method, answer.status_code)


@pytest.mark.parametrize("name", sorted(OWNED))
def test_owned_addresses_answer_strangers_404(cast: Cast, name: str) -> None:
    for who, method, answer in answers(cast, name, None, cast.charlie):
        assert answer.status_code == 405 or (
            to_sign_in(answer) if who == "visitor" else answer.status_code == 404
        ), (who, method, answer.status_code)
        assert b"Rahasia" not in answer.content


@pytest.mark.parametrize("name", sorted(STAFF))
def test_staff_addresses_are_unknown_to_tenants(cast: Cast, name: str) -> None:
    for who, method, answer in answers(cast, name, None, cast.alice, cast.charlie):
        expected = {404, 405} if who != "visitor" else {302, 404, 405}
        assert answer.status_code in expected, (who, method, answer.status_code)
        assert who != "visitor" or answer.status_code != 302 or to_sign_in(answer)
