"""Every staff page against every person: who gets in, who is told there is nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from frontend.urls_staff import urlpatterns
from privacy.ids import uuid7
from tests.cast import Cast

DESK = {"dewi", "eka", "root"}
MANAGE = {"eka", "root"}
RATES = {"eka", "farid", "root"}
STAFF = ("dewi", "eka", "farid", "gita", "hadi", "root")
PAGES: dict[str, set[str]] = {
    "desk": DESK,
    "desk-day": DESK,
    "desk-walk-in": {"dewi", "root"},
    "desk-closures": DESK,
    "desk-closure-delete": DESK,
    "desk-act": DESK,
    "manage": MANAGE,
    "manage-location-new": MANAGE,
    "manage-location": MANAGE,
    "manage-floors": MANAGE,
    "manage-space-new": MANAGE,
    "manage-spaces": MANAGE,
    "manage-space": MANAGE,
    "manage-space-active": MANAGE,
    "manage-pictures": MANAGE,
    "manage-picture-delete": MANAGE,
    "manage-rates": RATES,
    "manage-rate": RATES,
}
#: For POST alone; a GET must change nothing and says so.
ACTS = {
    "desk-closure-delete", "desk-act", "manage-floors", "manage-space-active",
    "manage-pictures", "manage-picture-delete",
}  # fmt: skip
PUBLIC = {"space-picture"}


def address(cast: Cast, name: str) -> str:
    place, room = cast.place.slug, cast.room.slug
    words = {
        "desk-day": [place],
        "desk-walk-in": [place],
        "desk-closures": [place],
        "desk-closure-delete": [place, uuid7()],
        "desk-act": [place, uuid7(), "check-in"],
        "manage-location": [place],
        "manage-floors": [place],
        "manage-space-new": [place],
        "manage-space": [room],
        "manage-space-active": [room],
        "manage-pictures": [room],
        "manage-picture-delete": [uuid7()],
        "manage-rate": [cast.room.rate_plan_id],
    }
    return reverse(f"frontend:{name}", args=words.get(name, []))


def test_every_route_is_listed() -> None:
    assert {route.name for route in urlpatterns} == set(PAGES) | PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PAGES))
def test_pages_open_to_their_roles_alone(
    cast: Cast, enter: Callable[..., Client], name: str
) -> None:
    url = address(cast, name)
    for who in STAFF:
        answer = enter(getattr(cast, who)).get(url)
        if who not in PAGES[name]:
            assert answer.status_code == (405 if name in ACTS else 403), who
        elif name in ACTS:
            assert answer.status_code == 405, who
        else:
            assert answer.status_code in {200, 302}, who
            assert "sign-in" not in answer.headers.get("Location", "")
    for who in ("alice", "bob", "charlie"):
        answer = enter(getattr(cast, who)).get(url)
        assert answer.status_code == (405 if name in ACTS else 404), who


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PAGES))
def test_posts_are_guarded_like_pages(cast: Cast, enter: Callable[..., Client], name: str) -> None:
    url = address(cast, name)
    for who in STAFF:
        answer = enter(getattr(cast, who)).post(url, {})
        if who not in PAGES[name]:
            assert answer.status_code in {403, 405}, who
        else:
            assert answer.status_code in {302, 404, 405, 422}, who
    for who in ("alice", "bob", "charlie"):
        assert enter(getattr(cast, who)).post(url, {}).status_code in {404, 405}, who
    assert Client().post(url, {}).status_code in {302, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(PAGES) - {"manage", "manage-spaces", "desk-day"}))
def test_posts_need_the_form_token(cast: Cast, enter: Callable[..., Client], name: str) -> None:
    assert enter(cast.root, strict=True).post(address(cast, name), {}).status_code == 403


@pytest.mark.django_db
def test_staff_without_second_factor_pass_it_first(
    cast: Cast, enter: Callable[..., Client]
) -> None:
    for name in sorted(set(PAGES) - ACTS):
        answer = enter(cast.root, second_factor=False).get(address(cast, name))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("frontend:two-step"))
