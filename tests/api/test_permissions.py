"""Person by method by address: what each may call; an address not listed here fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import invitation_send
from privacy import policy
from reservations.services.guests import GuestWish
from tests.api.conftest import key_of
from tests.api.test_reservations_verbs import booked, wanted
from tests.cast import Cast

RESERVATION = "reservations/<uuid:reservation_id>"
ORGANISATION = "organisations/<uuid:organisation_id>"
#: Who: visitor, Alice (owner, holder), Bob (her colleague), Charlie (another organisation),
#: Dewi (front desk), Eka (space manager), Farid (billing), Hadi (privacy officer).
PEOPLE = ("visitor", "alice", "bob", "charlie", "dewi", "eka", "farid", "hadi")
ALL = dict.fromkeys(PEOPLE, 200)


def only(status: int, others: int, *people: str) -> dict[str, int]:
    """`people` get `status`, the visitor 401, everybody else `others`."""
    found = {who: status if who in people else others for who in PEOPLE}
    return found | {"visitor": 401}


SIGNED_IN = only(200, 200)
DESK = ("alice", "dewi", "eka")
#: Address, method -> person -> status. Alice's reservation is confirmed and not shared;
#: verbs that its state does not allow answer 422 to whoever may call them.
MATRIX: dict[tuple[str, str], dict[str, int]] = {
    ("locations", "get"): ALL,
    ("spaces", "get"): ALL,
    ("availability", "get"): dict.fromkeys(PEOPLE, 400),
    ("timeline", "get"): dict.fromkeys(PEOPLE, 400),
    ("schema", "get"): ALL,
    ("docs", "get"): ALL,
    ("consents", "get"): SIGNED_IN,
    ("consents", "post"): only(201, 201),
    ("consents/<str:purpose>", "delete"): SIGNED_IN,
    ("me", "get"): SIGNED_IN,
    ("me", "patch"): SIGNED_IN,
    ("privacy/access-log", "get"): SIGNED_IN,
    ("privacy/held", "get"): SIGNED_IN,
    ("organisations", "get"): SIGNED_IN,
    ("organisations", "post"): only(201, 201),
    (ORGANISATION, "get"): only(200, 404, "alice", "bob"),
    (ORGANISATION, "patch"): only(200, 404, "alice") | {"bob": 403},
    (f"{ORGANISATION}/members", "get"): only(200, 404, "alice", "bob"),
    (f"{ORGANISATION}/members", "post"): only(201, 404, "alice") | {"bob": 403},
    (f"{ORGANISATION}/members/<uuid:user_id>", "patch"): only(200, 404, "alice") | {"bob": 403},
    (f"{ORGANISATION}/members/<uuid:user_id>", "delete"): only(204, 404, "alice", "bob"),
    (f"{ORGANISATION}/invitations", "get"): only(200, 404, "alice") | {"bob": 403},
    (f"{ORGANISATION}/invitations/<uuid:invitation_id>", "delete"): (
        only(204, 404, "alice") | {"bob": 403}
    ),
    ("privacy/messages", "get"): SIGNED_IN,
    ("reservations", "get"): SIGNED_IN,
    ("reservations", "post"): only(409, 409),
    (RESERVATION, "get"): only(200, 404, *DESK),
    (RESERVATION, "patch"): only(200, 404, *DESK),
    (f"{RESERVATION}/guests", "get"): only(200, 404, *DESK),
    (f"{RESERVATION}/guests", "post"): only(200, 404, *DESK),
    (f"{RESERVATION}/guests/<uuid:guest_id>", "delete"): only(204, 404, *DESK),
    (f"{RESERVATION}/move", "post"): only(200, 404, *DESK),
    (f"{RESERVATION}/extend", "post"): only(200, 404, *DESK),
    (f"{RESERVATION}/confirm", "post"): only(422, 404, *DESK),
    (f"{RESERVATION}/cancel", "post"): only(200, 404, *DESK),
    (f"{RESERVATION}/end", "post"): only(422, 404, *DESK),
    (f"{RESERVATION}/check-in", "post"): only(422, 404, *DESK),
    (f"{RESERVATION}/approve", "post"): only(403, 404, *DESK) | {"eka": 422},
    (f"{RESERVATION}/decline", "post"): only(403, 404, *DESK) | {"eka": 422},
}


def routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address below /api/v1/ with its view class."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern) and here.startswith("api/"):
            yield here.removeprefix("api/v1/"), pattern.callback.view_class


def test_matrix_lists_every_address_and_method() -> None:
    served = {
        (address, method)
        for address, view in routes(get_resolver().url_patterns)
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(view, method)
    }

    assert served == set(MATRIX)


def sent_body(cast: Cast, address: str, method: str) -> Any:
    """A body each method accepts."""
    period = wanted(cast, 14, 15)
    bodies: dict[tuple[str, str], Any] = {
        ("consents", "post"): {
            "purpose": "marketing",
            "policy_version": policy.current().number,
            "policy_hash": policy.current().hash,
        },
        ("me", "patch"): {"institution": "Lontar"},
        ("organisations", "post"): {"name": "Baru"},
        (ORGANISATION, "patch"): {"name": "Lontar"},
        (f"{ORGANISATION}/members", "post"): {"email": "nina@lontar.example"},
        (f"{ORGANISATION}/members/<uuid:user_id>", "patch"): {"role": "member"},
        ("reservations", "post"): wanted(cast),
        (RESERVATION, "patch"): {"title": "Lokakarya"},
        (f"{RESERVATION}/guests", "post"): {"guests": [{"email": "nina@lontar.example"}]},
        (f"{RESERVATION}/move", "post"): period,
        (f"{RESERVATION}/extend", "post"): {"ends_at": period["ends_at"]},
    }
    return bodies.get((address, method), {} if method == "post" else None)


@pytest.mark.parametrize(("address", "method"), sorted(MATRIX))
def test_everyone_gets_what_the_matrix_says(cast: Cast, address: str, method: str) -> None:
    invited = invitation_send(
        actor=cast.alice, organisation_id=cast.lontar.id, email="ina@lontar.example"
    )
    made = booked(cast, guests=[GuestWish("ina@lontar.example")])
    ids = {
        "reservation_id": made.id,
        "guest_id": made.guests.get().id,
        "organisation_id": cast.lontar.id,
        "user_id": cast.bob.id,
        "invitation_id": invited.id,
    }
    link = "/api/v1/" + address
    for name, value in ids.items():
        link = link.replace(f"<uuid:{name}>", str(value))
    link = link.replace("<str:purpose>", "marketing")
    found = {}
    for who in PEOPLE:
        before = transaction.savepoint()
        answer = getattr(client_of(cast, who), method)(link, sent_body(cast, address, method))
        found[who] = answer.status_code
        assert answer.status_code < 400 or answer["Content-Type"] == "application/problem+json"
        transaction.savepoint_rollback(before)

    assert found == MATRIX[address, method]


def client_of(cast: Cast, who: str) -> APIClient:
    """The person's client, with a key; a visitor's has none."""
    client = APIClient()
    if who != "visitor":
        person: User = getattr(cast, who)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_of(person)}")
    return client


def test_signed_in_page_writes_only_with_its_csrf_token(cast: Cast) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    assert client.get("/api/v1/me").json()["email"] == "alice@ruang.test"

    refused = client.post("/api/v1/reservations", wanted(cast))

    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    lenient = APIClient()
    lenient.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    assert lenient.post("/api/v1/reservations", wanted(cast)).status_code == 201
