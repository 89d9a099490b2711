"""The people and places of the tests: Alice owns, Bob is a member, Charlie is an outsider."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Membership, Organisation, User
from billing.models import RatePlan, Tariff, TaxRate
from privacy.models import Processor, Subject
from reservations.models import Floor, Location, Space

JAKARTA = "Asia/Jakarta"
ALL_DAY = [[[0, 1440]] for _day in range(7)]


def person(email: str, *roles: str, name: str = "", verified: bool = True, **more: object) -> User:
    """A user with a verified address and no password (tests log in by force)."""
    more = {"terms_answered": 1, "policy_answered": 1, **more}
    user = User(
        subject=Subject.objects.create(),
        email=email,
        full_name=name or email.partition("@")[0].title(),
        roles=list(roles),
        email_verified_at=timezone.now() if verified else None,
        **more,
    )
    user.set_unusable_password()
    user.save()
    return user


def plan(hour: int = 150_000, name: str = "Standard", **more: object) -> RatePlan:
    """A plan with a tariff since 2020 and PPN of 12 % on 11/12."""
    TaxRate.objects.get_or_create(
        code="ppn",
        valid_from=date(2020, 1, 1),
        defaults={
            "name": "PPN 12 % × 11/12",
            "percent": Decimal(12),
            "base_numerator": 11,
            "base_denominator": 12,
        },
    )
    made = RatePlan.objects.create(name=name)
    Tariff.objects.create(plan=made, valid_from=date(2020, 1, 1), hour_amount=hour, **more)
    return made


def location(name: str = "Kebon Sirih", zone: str = JAKARTA, **more: object) -> Location:
    """A location, open round the clock unless `opening_hours` says otherwise."""
    more.setdefault("opening_hours", ALL_DAY)
    more.setdefault("city", "Jakarta")
    slug = name.lower().replace(" ", "-")
    return Location.objects.create(name=name, slug=slug, time_zone=zone, **more)


def space(place: Location, name: str = "Meranti", **more: object) -> Space:
    """A meeting room for eight, in steps of 15 minutes, without turnover."""
    more.setdefault("capacity", 8)
    more.setdefault("kind", Space.Kind.MEETING_ROOM)
    more.setdefault("hour_amount", 150_000)
    if "rate_plan" not in more:
        more["rate_plan"] = RatePlan.objects.first() or plan()
    return Space.objects.create(
        location=place, name=name, slug=f"{place.slug}-{name.lower().replace(' ', '-')}", **more
    )


def at(hour: int, minute: int = 0, *, days: int = 1, zone: str = JAKARTA) -> datetime:
    """A wall time so many days from today in the zone, as a UTC instant."""
    tz = ZoneInfo(zone)
    day = datetime.now(tz).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tz).astimezone(UTC)


def processor(service: str = "email", **more: Any) -> Processor:
    """A processor in Indonesia, under contract since 2020 without an end."""
    more.setdefault("name", f"PT {service.title()}")
    more.setdefault("contract_from", date(2020, 1, 1))
    more.setdefault("region", "ID")
    more.setdefault("mechanism", "domestic")
    return Processor.objects.create(service=service, **more)


@dataclass
class Cast:
    """Everybody, and one location with a floor and a room."""

    alice: User
    bob: User
    charlie: User
    dewi: User
    eka: User
    farid: User
    gita: User
    hadi: User
    root: User
    lontar: Organisation
    merapi: Organisation
    place: Location
    floor: Floor
    room: Space


def cast_make() -> Cast:
    """The cast, freshly made, and contracts with whoever carries mail and sign-ins."""
    processor("email")
    processor("google_sign_in")
    alice, bob = person("alice@ruang.test"), person("bob@ruang.test")
    charlie = person("charlie@ruang.test")
    lontar = Organisation.objects.create(name="PT Lontar Digital", terms_version=1)
    merapi = Organisation.objects.create(name="Koperasi Merapi Sejahtera", terms_version=1)
    for user, organisation, role in (
        (alice, lontar, "owner"),
        (bob, lontar, "member"),
        (charlie, merapi, "owner"),
    ):
        Membership.objects.create(user=user, organisation=organisation, role=role)
    plan()
    place = location()
    floor = Floor.objects.create(location=place, name="5", level=5)
    return Cast(
        alice=alice,
        bob=bob,
        charlie=charlie,
        dewi=person("dewi@ruang.test", "front_desk"),
        eka=person("eka@ruang.test", "space_manager"),
        farid=person("farid@ruang.test", "billing_clerk"),
        gita=person("gita@ruang.test", "customer_service"),
        hadi=person("hadi@ruang.test", "privacy_officer"),
        root=person("root@ruang.test", "administrator"),
        lontar=lontar,
        merapi=merapi,
        place=place,
        floor=floor,
        room=space(place, floor=floor),
    )
