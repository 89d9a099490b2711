"""Each role sees the fields the data map opens to it, and no other, wherever it looks (P45).

A marker stands in every personal field of the tenants' rows. Then every page, address of
the API and view of the back office is read by every role. What is found must be allowed,
and what a role needs for its work must be found.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import ApiToken, SessionRecord, User
from accounts.roles import Role
from accounts.services import invitation_send
from billing.models import RatePlan
from privacy import clock, masking
from privacy.access import OCCASIONS, access_note
from privacy.back_office import MaskedAdmin
from privacy.masking import visible_fields
from privacy.models import AccessEntry
from reservations.models import Amenity, Guest, Reservation
from reservations.services import BookingWish, reservation_book
from reservations.services.guests import GuestWish
from reservations.services.walk_in import Visitor, walk_in_book
from support.services import conversation_assign, conversation_start
from support.services.conversations import Question
from tests.admin.test_back_office import enter
from tests.cast import Cast, at, space
from tests.privacy.planting import Planted, plant

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P45")]
STAFF = {
    "front_desk": "dewi",
    "space_manager": "eka",
    "billing_clerk": "farid",
    "customer_service": "gita",
    "privacy_officer": "hadi",
    "administrator": "root",
}
U, C, R, M = (
    "accounts.User",
    "privacy.Contact",
    "reservations.Reservation",
    "privacy.OutboxMessage",
)
#: What each role's work needs, so that it must be found; the billing clerk has no person to see.
NEEDED: dict[str, set[tuple[str, str]]] = {
    "front_desk": {
        (U, "full_name"), (C, "name"), (C, "email"), (R, "title"), (R, "price_amount"),
    },
    "space_manager": {(R, "price_amount"), (R, "created_at")},
    "billing_clerk": set(),
    "customer_service": {
        (U, "full_name"), (U, "email"), (U, "phone"), (U, "institution"),
        ("support.Message", "text"),
    },
    "privacy_officer": {(M, "template"), (M, "created_at")},
    "administrator": {(U, "full_name"), (U, "email"), (U, "date_joined")},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def world(cast: Cast) -> dict[str, Any]:
    """Tenants with a booking that runs, one that waits, guests, a walk-in, messages, keys."""
    hall = space(cast.place, "Hall")
    wish = BookingWish(
        space_id=cast.room.id,
        starts_at=at(10),
        ends_at=at(11),
        title="Title",
        guests=[GuestWish("guest@ruang.test", "Guest")],
    )
    booked = reservation_book(actor=cast.alice, wish=wish)
    later = BookingWish(space_id=hall.id, starts_at=at(12), ends_at=at(13))
    visitor = Visitor(name="Visitor", phone="+62 811 0000 0000", language="id")
    walked = walk_in_book(actor=cast.dewi, wish=later, visitor=visitor)
    # Both run at this moment, so that the desk shows them at any time of day.
    span = timedelta(minutes=15)
    Reservation.objects.update(starts_at=clock.now() - span, ends_at=clock.now() + span)
    invitation_send(
        actor=cast.alice, organisation_id=cast.lontar.id, email="new@ruang.test", role="member"
    )
    SessionRecord.objects.create(user=cast.alice, session_key="k" * 32, device="Firefox")
    ApiToken.objects.create(user=cast.alice, name="Key", digest=b"1" * 32, scopes=["read"])
    asked = conversation_start(actor=cast.alice, question=Question("booking", "Words", "web"))
    conversation_assign(actor=cast.gita, conversation_id=asked.id, to=cast.gita.subject_id)
    access_note(
        cast.hadi, subject_ids=[cast.alice.subject_id], purpose="request", model=U, fields=["email"]
    )
    Amenity.objects.get_or_create(code="wifi", name_id="Wi-Fi", name_en="Wi-Fi", icon="wifi")
    return {
        "reservation_id": booked.id,
        "slug": cast.place.slug,
        "place": cast.place.slug,
        "plan_id": RatePlan.objects.get().id,
        "organisation_id": cast.lontar.id,
        "user_id": cast.alice.id,
        "conversation_id": asked.id,
        "verb": "cancel",
        "walked": walked.id,
    }


@pytest.fixture
def planted(cast: Cast, world: dict[str, Any]) -> Planted:
    """The markers; the people are the tenants and those without an account."""
    staff = {getattr(cast, name).subject_id for name in STAFF.values()}
    people = {row.holder_id for row in Reservation.objects.all()} - staff
    people |= {guest.contact.subject_id for guest in Guest.objects.select_related("contact")}
    people |= {cast.alice.subject_id, cast.bob.subject_id}
    found = plant(people)
    assert {(U, "full_name"), (U, "email"), (C, "phone"), (R, "title"), (M, "template")} <= set(
        found.patterns
    )
    assert len(found.patterns) > 25
    return found


def routes(patterns: Any, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """(address, name, pattern) of every page and API view; the back office has its own list."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from routes(pattern.url_patterns, here, pattern.namespace or space)
        elif isinstance(pattern, URLPattern):
            yield here, f"{space}:{pattern.name}" if space else str(pattern.name), pattern


#: Figures about the machine, in which a marker of digits may stand by chance.
NUMBERS = {"healthz", "readyz", "metrics"}


def addresses(world: dict[str, Any], cast: Cast) -> Iterator[str]:
    """Every address that can be opened with what there is; a slug is a location's or a space's."""
    for here, name, pattern in routes(get_resolver().url_patterns):
        wanted = set(pattern.pattern.converters)
        if not wanted <= set(world) or "sign-out" in here or "logout" in here:
            continue
        values = {key: world[key] for key in wanted}
        if "slug" in wanted and "spaces" in here:
            values["slug"] = cast.room.slug
        if ":" not in name and name == "None":
            continue
        if name in NUMBERS:
            continue
        try:
            yield reverse(name, kwargs=values)
        except Exception:  # noqa: BLE001, S112 - unnamed routes have no address of their own
            continue
    yield reverse("frontend:reservations") + "?whose=all"
    yield reverse("frontend:reservations") + "?whose=all&when=upcoming"
    yield reverse("frontend:reservation", args=[world["walked"]])


def back_office(client: Client) -> Iterator[tuple[str, str]]:
    """Lists, records, histories and exports of every table of the back office.

    Searching is proved in tests/admin: its page repeats the question, marker and all.
    """
    for model, shown in admin.site._registry.items():
        name = model._meta.label_lower.replace(".", "_")
        listed = reverse(f"admin:{name}_changelist")
        yield listed, text(client.get(listed))
        keys = list(model._default_manager.values_list("pk", flat=True)[:40])
        for key in keys:
            page = reverse(f"admin:{name}_change", args=[key])
            purpose = next(iter(getattr(shown, "access_purposes", ())), "")
            yield page, text(client.get(page, {"purpose": purpose}))
            past = reverse(f"admin:{name}_history", args=[key])
            yield past, text(client.get(past))
        if isinstance(shown, MaskedAdmin):
            wish = {"action": "export_csv", "_selected_action": [str(key) for key in keys]}
            yield f"{listed} as CSV", text(client.post(listed, wish))


def text(answer: Any) -> str:
    """The whole answer as text; of a refusal too, since refusals may tell."""
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode(errors="replace")
    return str(answer.content.decode(errors="replace"))


def seen_by(
    user: User, cast: Cast, world: dict[str, Any], planted: Planted
) -> dict[tuple[str, str], str]:
    """Which fields' markers a member of staff comes across, looking everywhere, and where first."""
    client = enter(user)
    pages = ((address, text(client.get(address))) for address in addresses(world, cast))
    found: dict[tuple[str, str], str] = {}
    for address, page in (*pages, *back_office(client)):
        for key in planted.found_in(page):
            found.setdefault(key, address)
    return found


@pytest.mark.parametrize("role", sorted(STAFF))
def test_a_role_finds_what_it_needs_and_nothing_else(
    cast: Cast, world: dict[str, Any], planted: Planted, role: str
) -> None:
    found = seen_by(getattr(cast, STAFF[role]), cast, world, planted)

    allowed = {key for key in planted.patterns if key[1] in visible_fields([role], key[0])}
    assert {key: where for key, where in found.items() if key not in allowed} == {}
    assert NEEDED[role] <= set(found)
    if role == "billing_clerk":
        assert {model for model, _field in found} <= {R}


def test_the_matrix_would_find_a_leak(
    cast: Cast, world: dict[str, Any], planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with a map that opens everything, forbidden markers are found at once."""
    allowed = {k for k in planted.patterns if k[1] in visible_fields(["space_manager"], k[0])}
    everything = frozenset(name for _model, name in planted.patterns) | {"id", "pk"}
    real = masking._visible

    monkeypatch.setattr(masking, "_visible", lambda _r, label: everything | real(_r, label))
    found = seen_by(cast.eka, cast, world, planted)
    assert {(U, "full_name"), (R, "title"), (C, "name")} <= set(found) - allowed


def test_every_role_is_in_the_matrix() -> None:
    assert {str(role) for role in Role} == set(STAFF) == set(NEEDED)


#: Staff pages of one row that is about nobody among the tenants, and acts without a page.
ABOUT_NOBODY = (
    "announcement", "policy-", "processor", "safety-", "desk-closure-delete",
    "manage-picture-delete",
    "space-picture", "staff-contents", "staff-opening",
)  # fmt: skip


def test_every_staff_page_is_read(cast: Cast, world: dict[str, Any]) -> None:
    """A new page about a person: add a row of it to `world`, under the name in its address."""
    unread = {
        name.partition(":")[2]
        for here, name, pattern in routes(get_resolver().url_patterns)
        if here.startswith(("desk", "manage", "staff", "media"))
        and not set(pattern.pattern.converters) <= set(world)
    }
    assert {name for name in unread if not name.startswith(ABOUT_NOBODY)} == set()


def test_what_staff_saw_stands_in_the_log_of_the_person(
    cast: Cast, world: dict[str, Any], planted: Planted
) -> None:
    seen_by(cast.dewi, cast, world, planted)

    entries = AccessEntry.objects.filter(actor=cast.dewi.subject_id)
    noted = {(entry.model, name) for entry in entries for name in entry.fields}
    assert {(U, "full_name"), (C, "name"), (R, "title"), (R, "price_amount")} <= noted
    assert {entry.purpose for entry in entries} <= set(OCCASIONS)
