"""The back office: who may enter which page, what changes by it, and what never does."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.roles import ADMIN, Role
from billing.models import RatePlan, Tariff, TaxRate
from privacy.models import Audit, OutboxMessage
from reservations.models import (
    EVERY_DAY,
    Amenity,
    Closure,
    GridRevision,
    Location,
    Reservation,
    Space,
)
from reservations.selectors.timeline import timeline_day
from reservations.services import BookingWish, closure_create, reservation_book
from reservations.services.closures import ClosureWish
from support.models import CannedAnswer
from tests.cast import Cast, at

pytestmark = pytest.mark.django_db
DUE = date(2030, 1, 1)
STAFF = ("dewi", "eka", "farid", "gita", "hadi", "root")
MODELS = sorted(ADMIN)
WEEK = {f"hours_{day}": "08.00–20.00" for day in range(5)} | {"hours_5": "", "hours_6": ""}


def enter(user: User, *, second_factor: bool = True) -> Client:
    """A browser in which this person is signed in, past the second factor or not."""
    client = Client()
    client.force_login(user)
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    if second_factor:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


def book(cast: Cast, **more: Any) -> Reservation:
    """Bob's reservation of the room, tomorrow at ten."""
    made = reservation_book(
        actor=cast.bob,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11), **more),
    )
    return Reservation.objects.get(id=made.id)


def rows(cast: Cast) -> dict[str, UUID | str]:
    """One row of every model the back office shows."""
    Amenity.objects.get_or_create(code="wifi", name_id="Wi-Fi", name_en="Wi-Fi", icon="wifi")
    closure, _hit = closure_create(
        actor=cast.eka,
        wish=ClosureWish(
            location_id=cast.place.id,
            starts_local=at(10, days=9).replace(tzinfo=None),
            ends_local=at(12, days=9).replace(tzinfo=None),
            reason_id="Perawatan",
            reason_en="Maintenance",
        ),
    )
    reservation = book(cast)
    audit, _made = Audit.objects.get_or_create(
        code="access",
        defaults={"title_id": "Hak", "title_en": "Rights", "interval_days": 90, "due_on": DUE},
    )
    ready, _made = CannedAnswer.objects.get_or_create(title_id="Kunci", title_en="Keys")
    return {
        "reservations.location": cast.place.id,
        "reservations.space": cast.room.id,
        "reservations.amenity": "wifi",
        "reservations.closure": closure.id,
        "reservations.reservation": reservation.id,
        "billing.rateplan": RatePlan.objects.get().id,
        "billing.taxrate": TaxRate.objects.get().id,
        "privacy.outboxmessage": OutboxMessage.objects.all()[0].id,
        "privacy.audit": audit.id,
        "support.cannedanswer": ready.id,
        "accounts.user": cast.alice.id,
        "accounts.organisation": cast.lontar.id,
    }


def url(model: str, page: str, *args: object) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{page}", args=args)


def level(role: str, model: str) -> str:
    return "change" if role == "administrator" else ADMIN[model].get(Role(role), "")


@pytest.mark.parametrize("who", STAFF)
def test_pages_open_to_the_roles_of_the_table_alone(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    shown = rows(cast)
    client = enter(user)
    for model, row in shown.items():
        status = 200 if level(user.roles[0], model) else 403
        assert client.get(url(model, "changelist")).status_code == status, model
        answer = client.get(url(model, "change", row))
        assert answer.status_code == status, model
        if status == 200:
            assert str(row).encode() in answer.content, model


def test_every_model_of_the_site_is_in_the_table_or_shut(cast: Cast) -> None:
    client = enter(cast.root)
    shown = set(rows(cast))
    for model in admin.site._registry:
        name = model._meta.label_lower
        answer = client.get(url(name, "changelist"))
        assert answer.status_code == (200 if name in shown else 403), name


@pytest.mark.parametrize(
    "model",
    [
        "reservations.location",
        "reservations.space",
        "reservations.amenity",
        "billing.rateplan",
        "billing.taxrate",
    ],
)
def test_reference_data_is_added_and_service_data_is_not(cast: Cast, model: str) -> None:
    client = enter(cast.root)
    assert b"<form" in client.get(url(model, "add")).content
    for owned in ("reservations.reservation", "reservations.closure", "privacy.outboxmessage"):
        assert client.get(url(owned, "add")).status_code == 403


def test_back_office_asks_for_the_second_factor(cast: Cast) -> None:
    rows(cast)
    answer = enter(cast.root, second_factor=False).get(url("reservations.space", "changelist"))
    assert answer.status_code == 302
    assert enter(cast.alice).get(reverse("admin:index")).status_code == 302


def test_script_policy_is_looser_under_admin_alone(cast: Cast) -> None:
    client = enter(cast.root)
    policy = client.get(reverse("admin:index"))["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy.split("; ")
    assert "default-src 'none'" in policy
    outside = client.get(reverse("frontend:home"))["Content-Security-Policy"]
    assert "unsafe" not in outside


def _location_form(place: Location, **changes: str) -> dict[str, Any]:
    fields = ("name", "slug", "address", "city", "country", "time_zone", "position")
    return {
        **{name: getattr(place, name) for name in fields},
        "is_active": "on",
        "floors-TOTAL_FORMS": "0",
        "floors-INITIAL_FORMS": "0",
        **WEEK,
        **changes,
    }


def test_hours_changed_in_the_back_office_change_what_is_open(cast: Cast) -> None:
    day = at(0, days=1).astimezone().date()
    before = timeline_day(cast.place, day)
    hours = {f"hours_{n}": "09.30-12, 13:00-17.00" for n in range(7)}
    page = url("reservations.location", "change", cast.place.id)
    client = enter(cast.eka)
    refused = client.post(page, _location_form(cast.place, **hours))
    assert "08.00–20.00;" in refused.content.decode()
    hours = {f"hours_{n}": "09.30-12.00, 13:00-17.00" for n in range(7)}
    answer = client.post(page, _location_form(cast.place, **hours))
    assert answer.status_code == 302, answer.context["errors"]
    place = Location.objects.get(id=cast.place.id)
    assert place.opening_hours == [[[570, 720], [780, 1020]]] * 7
    assert place.version == cast.place.version + 1
    after = timeline_day(place, day)
    assert (len(before.open), len(after.open)) == (1, 2)
    assert after.revision == before.revision + 1


def _space_form(space: Space, **changes: Any) -> dict[str, Any]:
    fields = (
        "name", "slug", "kind", "capacity", "turnover_minutes", "granularity_minutes",
        "min_minutes", "max_minutes", "ahead_days", "access", "cancel_free_minutes",
    )  # fmt: skip
    return {
        **{name: getattr(space, name) for name in fields},
        "floor": space.floor_id or "",
        "rate_plan": space.rate_plan_id,
        "is_active": "on",
        **changes,
    }


def test_space_saved_gets_version_price_and_fresh_grids(cast: Cast) -> None:
    dear = RatePlan.objects.create(name="Dear")
    Tariff.objects.create(plan=dear, valid_from="2020-01-01", hour_amount=777_000)
    page = url("reservations.space", "change", cast.room.id)
    answer = enter(cast.eka).post(page, _space_form(cast.room, rate_plan=dear.id, capacity=9))
    assert answer.status_code == 302, answer.context["errors"]
    space = Space.objects.get(id=cast.room.id)
    assert (space.capacity, space.hour_amount, space.version) == (9, 777_000, 2)
    assert [row.day for row in GridRevision.objects.filter(location=cast.place)] == [EVERY_DAY]


def test_space_with_open_reservations_is_not_divided(cast: Cast) -> None:
    book(cast)
    part = Space.objects.create(
        location=cast.place,
        name="Half",
        slug="half",
        capacity=4,
        kind="meeting_room",
        rate_plan=cast.room.rate_plan,
    )
    page = url("reservations.space", "change", part.id)
    client = enter(cast.eka)
    assert client.post(page, _space_form(part, whole=cast.room.id)).status_code == 200
    Reservation.objects.update(state="cancelled")
    assert client.post(page, _space_form(part, whole=cast.room.id)).status_code == 302
    assert Space.objects.get(id=part.id).whole_id == cast.room.id


def _act(client: Client, model: str, name: str, row: object) -> Any:
    data = {"action": name, "_selected_action": [str(row)]}
    return client.post(url(model, "changelist"), data, follow=True)


def test_reservation_actions_call_the_services(cast: Cast) -> None:
    Space.objects.update(approval_required=True)
    row = book(cast)
    assert row.state == "pending"
    _act(enter(cast.dewi), "reservations.reservation", "approve", row.id)
    assert Reservation.objects.get(id=row.id).state == "pending"
    client = enter(cast.eka)
    _act(client, "reservations.reservation", "approve", row.id)
    assert Reservation.objects.get(id=row.id).state == "confirmed"
    answer = _act(client, "reservations.reservation", "decline", row.id)
    assert Reservation.objects.get(id=row.id).state == "confirmed"
    assert str(row.id) in "".join(str(message) for message in answer.context["messages"])
    _act(client, "reservations.reservation", "cancel", row.id)
    assert Reservation.objects.get(id=row.id).state == "cancelled"


def test_closure_action_opens_again(cast: Cast) -> None:
    row = rows(cast)["reservations.closure"]
    _act(enter(cast.eka), "reservations.closure", "delete_closures", row)
    assert not Closure.objects.filter(id=row).exists()


def test_message_given_up_is_sent_again_and_a_sent_one_is_not(cast: Cast) -> None:
    row = OutboxMessage.objects.get(id=rows(cast)["privacy.outboxmessage"])
    OutboxMessage.objects.filter(id=row.id).update(state="sent")
    client = enter(cast.gita)
    _act(client, "privacy.outboxmessage", "send_again", row.id)
    assert OutboxMessage.objects.get(id=row.id).state == "sent"
    OutboxMessage.objects.filter(id=row.id).update(state="dead", attempts=9)
    _act(client, "privacy.outboxmessage", "send_again", row.id)
    again = OutboxMessage.objects.get(id=row.id)
    assert (again.state, again.attempts) == ("queued", 0)


def test_prices_in_force_stay_and_new_ones_begin_today_at_the_earliest(cast: Cast) -> None:
    plan = RatePlan.objects.get()
    old = Tariff.objects.get()
    page = url("billing.rateplan", "change", plan.id)
    data = {
        "name": "Renamed",
        "tariffs-TOTAL_FORMS": "2",
        "tariffs-INITIAL_FORMS": "1",
        "tariffs-0-id": str(old.id),
        "tariffs-0-plan": str(plan.id),
        "tariffs-0-valid_from": "2021-01-01",
        "tariffs-0-hour_amount": "1",
        "tariffs-1-plan": str(plan.id),
        "tariffs-1-valid_from": "2021-01-01",
        "tariffs-1-hour_amount": "160000",
    }
    client = enter(cast.farid)
    assert client.post(page, data).status_code == 200
    data["tariffs-1-valid_from"] = at(9, days=30).date().isoformat()
    assert client.post(page, data).status_code == 302
    assert list(plan.tariffs.order_by("valid_from").values_list("hour_amount", flat=True)) == [
        old.hour_amount,
        160_000,
    ]


def test_back_office_log_holds_no_personal_data(cast: Cast) -> None:
    client = enter(cast.eka)
    client.post(url("reservations.space", "change", cast.room.id), _space_form(cast.room))
    with connection.cursor() as cursor:
        cursor.execute("SELECT object_repr, change_message FROM django_admin_log")
        logged = cursor.fetchall()
    assert logged
    assert "ruang.test" not in str(logged)


def test_lists_ask_the_same_number_of_statements_for_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    client = enter(cast.eka)
    page = url("reservations.space", "changelist")
    client.get(page)
    with django_assert_num_queries(count := _statements(client, page)):
        client.get(page)
    for number in range(30):
        Space.objects.create(
            location=cast.place,
            floor=cast.floor,
            name=f"Room {number}",
            slug=f"room-{number}",
            capacity=4,
            kind="meeting_room",
            rate_plan=cast.room.rate_plan,
        )
    with django_assert_num_queries(count):
        client.get(page)


def _statements(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    return len(captured)
