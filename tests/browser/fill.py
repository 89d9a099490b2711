"""Fills the browser tests' own database and prints where things are, as JSON.

Run as `python -m tests.browser.fill`: a process of its own, since the tests' process is
bound to the database of all other tests.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django

#: One of these has daylight at any moment, so that "now" never runs into midnight.
DAYLIGHT = ("Asia/Jakarta", "Europe/London", "America/Los_Angeles")
CRAWLERS = ("ayu", "budi", "citra", "dian", "endah", "fitri", "galih")
#: The second factor of those who answer and decide, 20 bytes in hexadecimal.
TOTP_KEY = "52756164" * 5
PASSWORD = "a long walk by the river"
#: The secret of every colleague's second factor here.
FACTOR = "3132333435363738393031323334353637383930"
MANY = 200
ROOMS = {"Meranti": 8, "Cendana": 4, "Kenari": 6, "Jati": 12, "Damar": 10, "Ulin": 5}


def zone_of_day(now: datetime) -> str:
    """The first zone where it is between 6 and 18 o'clock."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - with the data it belongs to

    return next(name for name in DAYLIGHT if 6 <= now.astimezone(ZoneInfo(name)).hour < 18)


def main() -> None:
    """Make people, places and one past reservation."""
    django.setup()
    from tests.cast import Cast, cast_make  # noqa: PLC0415 - models need Django set up

    now = datetime.now(UTC)
    zone = zone_of_day(now)
    made: Cast = cast_make()
    sys.stdout.write(
        json.dumps({"zone": zone, **places(made, zone), **people(made, zone, now)}) + "\n"
    )


def places(made: object, zone: str) -> dict[str, object]:
    """Six rooms at the first location, one where clocks differ, one that is taken."""
    from reservations.models import Amenity, Location, Space  # noqa: PLC0415
    from tests import cast  # noqa: PLC0415

    Amenity.objects.create(code="screen", name_id="Layar", name_en="Screen", icon="monitor")
    place = made.place  # type: ignore[attr-defined]
    Location.objects.filter(id=place.id).update(time_zone=zone, position=0)
    Space.objects.filter(location=place).delete()
    for name, capacity in ROOMS.items():
        more = {"floor": made.floor, "amenities": ["screen"]}  # type: ignore[attr-defined]
        cast.space(place, name, capacity=capacity, **more)
    far = cast.location("Renon", zone="Asia/Makassar", city="Denpasar", position=1)
    cast.space(far, "Jepun", approval_required=True)
    cast.space(far, "Kamboja")
    # As long as a name may be, and without a place to break it.
    long = cast.space(far, "Perdamaian")
    Space.objects.filter(id=long.id).update(name="Perdamaian" * 12)
    return {"rooms": dict(Space.objects.values_list("name", "slug"))}


def people(made: object, zone: str, now: datetime) -> dict[str, object]:
    """Alice, Bob and Charlie live where the rooms are; Nadia lives elsewhere."""
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415

    from accounts.models import Membership, User  # noqa: PLC0415
    from tests.cast import person  # noqa: PLC0415

    person("nadia@ruang.test", name="Nadia")
    # Each answers the question about cookies in another way; nobody else may answer for them.
    crawlers = [person(f"{name}@ruang.test") for name in CRAWLERS]
    lontar = made.lontar  # type: ignore[attr-defined]
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=lontar, role="member") for user in crawlers]
    )
    second = person("made@ruang.test", "customer_service", name="Made")
    for who in (made.gita, made.hadi, second):  # type: ignore[attr-defined]
        TOTPDevice.objects.create(user=who, name="app", key=TOTP_KEY, confirmed=True)
    user = User()
    user.set_password(PASSWORD)
    User.objects.update(password=user.password, language="en", time_zone=zone)
    User.objects.filter(email="nadia@ruang.test").update(time_zone="Asia/Kathmandu")
    for colleague in User.objects.exclude(roles=[]):
        TOTPDevice.objects.create(user=colleague, name="app", key=FACTOR, confirmed=True)
    return {
        "organisation": str(made.lontar.id),  # type: ignore[attr-defined]
        "past": str(past(made, now)),
        "staff_session": staff_session("root@ruang.test"),
    }


def staff_session(email: str) -> str:
    """The session of a browser in which a member of staff has passed the second factor."""
    from django.test import Client  # noqa: PLC0415
    from django_otp import DEVICE_ID_SESSION_KEY  # noqa: PLC0415
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    user, client = User.objects.get(email=email), Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    device = TOTPDevice.objects.get(user=user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return str(session.session_key)


def past(made: object, now: datetime) -> object:
    """Bob sat in Kenari the day before yesterday, from 10 to 11 of the building's clock."""
    from billing.quotes import quote_compute  # noqa: PLC0415
    from billing.selectors import price_bases  # noqa: PLC0415
    from reservations.models import Reservation, Space  # noqa: PLC0415
    from reservations.services.booking import price_columns  # noqa: PLC0415
    from tests.cast import at  # noqa: PLC0415

    room = Space.objects.select_related("location").get(name="Kenari")
    starts = at(10, days=-2, zone=room.location.time_zone)
    basis = price_bases({room.rate_plan_id}, starts.date())[room.rate_plan_id]
    row = Reservation.objects.create(
        space=room,
        holder=made.bob.subject,  # type: ignore[attr-defined]
        created_by=made.bob.subject,  # type: ignore[attr-defined]
        state=Reservation.State.COMPLETED,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        checked_in_at=starts,
        title="Tinjauan mingguan",
        people=4,
        cancel_free_until=starts - timedelta(hours=2),
        **price_columns(quote_compute(basis, 60)),
    )
    return row.id


def many() -> None:
    """A third location with as many rooms as a tower has; "few" takes it away again."""
    django.setup()
    from tests import cast  # noqa: PLC0415 - models need Django set up

    tower = cast.location("Menara", position=9)
    for number in range(1, MANY + 1):
        cast.space(tower, f"Kamar {number}")


def few() -> None:
    """Without the tower."""
    django.setup()
    from reservations.models import Location, Space  # noqa: PLC0415

    Space.objects.filter(location__slug="menara").delete()
    Location.objects.filter(slug="menara").delete()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    {"": main, "many": many, "few": few}["".join(sys.argv[1:])]()
