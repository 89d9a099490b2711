"""Locations, floors and spaces: what a space manager changes, never behind a colleague's back."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from billing.selectors import price_bases
from privacy import clock
from privacy.errors import Broken, NotAllowed, NotFound, Stale
from privacy.ids import uuid7
from reservations.errors import RulesBroken
from reservations.models import Floor, Location, Reservation, Space
from reservations.services.locks import act, grid_touch_all

LOCATION_FIELDS = (
    "name", "address", "city", "country", "time_zone", "opening_hours",
    "max_open_reservations", "is_active",
)  # fmt: skip
SPACE_FIELDS = (
    "floor_id", "whole_id", "kind", "name", "description_id", "description_en", "capacity",
    "amenities", "rate_plan_id", "turnover_minutes", "granularity_minutes", "min_minutes",
    "max_minutes", "ahead_days", "access", "approval_required", "cancel_free_minutes",
    "is_active",
)  # fmt: skip
Row = TypeVar("Row", Location, Space)


def location_save(
    *,
    actor: User,
    values: Mapping[str, Any],
    location_id: UUID | None = None,
    expected_version: int | None = None,
) -> Location:
    """Create (without `location_id`) or change a location by LOCATION_FIELDS.

    Raises Stale with {field: [now, typed]} when somebody changed it since, RulesBroken.
    """
    _require(actor)
    with act():
        if location_id is None:
            location = Location(slug=_slug(Location, f"{values['name']}"))
        else:
            location = _locked(Location, location_id, "location")
            _version_check(location, expected_version, values)
            _zone_check(location, values)
            location.version += 1
        _write(location, values, LOCATION_FIELDS)
        grid_touch_all(location.id)
    return location


def floor_save(
    *, actor: User, location_id: UUID, name: str, level: int, floor_id: UUID | None = None
) -> Floor:
    """Add a floor to a location, or rename one."""
    _require(actor)
    with act():
        location = _locked(Location, location_id, "location")
        floor = Floor(location=location)
        if floor_id is not None:
            floor = _floor(location, floor_id)
        floor.name, floor.level = name.strip(), level
        _clean(floor)
        floor.save()
        grid_touch_all(location.id)
    return floor


def space_save(
    *,
    actor: User,
    location_id: UUID,
    values: Mapping[str, Any],
    organisations: Iterable[UUID] = (),
    space_id: UUID | None = None,
    expected_version: int | None = None,
) -> Space:
    """Create or change a space by SPACE_FIELDS; a space never changes its location.

    Raises Stale with {field: [now, typed]} when somebody changed it since, RulesBroken.
    """
    _require(actor)
    chosen = set(organisations)
    with act():
        location = _locked(Location, location_id, "location")
        if space_id is None:
            space = Space(location=location, slug=_slug(Space, f"{location.slug} {values['name']}"))
        else:
            space = _locked(Space, space_id, "space")
            _version_check(space, expected_version, values)
            space.version += 1
        space.location = location
        _space_check(space, values, chosen)
        space.hour_amount = _hour_amount(location, values["rate_plan_id"])
        _write(space, values, SPACE_FIELDS)
        space.organisations.set(Organisation.objects.filter(id__in=chosen))
        grid_touch_all(location.id)
    return space


def space_active_set(
    *, actor: User, space_id: UUID, is_active: bool, expected_version: int | None = None
) -> Space:
    """Open a space for booking, or shut it; what is already booked there stays."""
    _require(actor)
    with act():
        space = _locked(Space, space_id, "space")
        _version_check(space, expected_version, {"is_active": is_active})
        space.is_active = is_active
        space.version += 1
        space.save(update_fields=["is_active", "version"])
        grid_touch_all(space.location_id)
    return space


def _require(actor: User) -> None:
    if not actor.may("reservations.manage_spaces"):
        raise NotAllowed(_("Your role does not include managing spaces."))


def _locked(model: type[Row], key: UUID, noun: str) -> Row:
    found = model._default_manager.select_for_update(no_key=True).filter(pk=key).first()
    if found is None:
        detail = (
            _("There is no such space.") if noun == "space" else _("There is no such location.")
        )
        raise NotFound(detail)
    return found


def _floor(location: Location, floor_id: UUID) -> Floor:
    floor = Floor.objects.select_for_update().filter(id=floor_id, location=location).first()
    if floor is None:
        raise NotFound(_("There is no such floor."))
    return floor


def _version_check(row: Location | Space, expected: int | None, values: Mapping[str, Any]) -> None:
    if expected is None or expected == row.version:
        return
    difference = {
        name: [getattr(row, name), value]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    raise Stale(
        _("Somebody changed this in the meantime. Look at the difference, then decide again."),
        extra={"difference": difference, "version": row.version},
    )


def _zone_check(location: Location, values: Mapping[str, Any]) -> None:
    """Bookings are instants; another zone would silently move the hours they were made for."""
    if location.time_zone == values["time_zone"]:
        return
    if Reservation.objects.filter(
        space__location=location, state__in=Reservation.OPEN, ends_at__gt=clock.now()
    ).exists():
        detail = _("There are upcoming bookings; the time zone cannot change now.")
        raise RulesBroken([Broken("booked", detail, "time_zone")])


def _space_check(space: Space, values: Mapping[str, Any], chosen: set[UUID]) -> None:
    broken = []
    floor_id, whole_id = values["floor_id"], values["whole_id"]
    if floor_id and not Floor.objects.filter(id=floor_id, location=space.location_id).exists():
        broken.append(Broken("wrong_place", _("This floor is in another location."), "floor"))
    if whole_id != space.whole_id:
        broken += _whole_broken(space, whole_id)
    if values["access"] == Space.Access.ORGANISATIONS and not chosen:
        detail = _("Choose at least one organisation.")
        broken.append(Broken("required", detail, "organisations"))
    if values["max_minutes"] < values["min_minutes"]:
        detail = _("The longest time is shorter than the shortest.")
        broken.append(Broken("reversed", detail, "max_minutes"))
    if broken:
        raise RulesBroken(broken)


def _whole_broken(space: Space, whole_id: UUID | None) -> list[Broken]:
    if whole_id:
        whole = Space.objects.filter(id=whole_id, location=space.location_id, whole=None).first()
        if whole is None or whole_id == space.id or Space.objects.filter(whole=space.id).exists():
            detail = _("A part belongs to an undivided space of the same location.")
            return [Broken("wrong_whole", detail, "whole")]
    # The occupancy of bookings already made stands for the division as it was.
    family = Q(space=space.id) | Q(space__in=[key for key in (whole_id, space.whole_id) if key])
    if Reservation.objects.filter(family, state__in=Reservation.OPEN).exists():
        detail = _("There are upcoming bookings; the division cannot change now.")
        return [Broken("booked", detail, "whole")]
    return []


def _hour_amount(location: Location, plan_id: UUID) -> int:
    today = clock.now().astimezone(ZoneInfo(location.time_zone)).date()
    basis = price_bases([plan_id], today).get(plan_id)
    if basis is None:
        detail = _("This rate plan has no price for today.")
        raise RulesBroken([Broken("no_price", detail, "rate_plan")])
    return basis.hour_amount


def _write(row: Location | Space, values: Mapping[str, Any], fields: Iterable[str]) -> None:
    for name in fields:
        setattr(row, name, values[name])
    _clean(row)
    row.save()


def _clean(row: Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise RulesBroken(
            [
                Broken("invalid", text, "" if field == "__all__" else field)
                for field, texts in error.message_dict.items()
                for text in texts
            ]
        ) from None


def _slug(model: type[Model], text: str) -> str:
    base = slugify(text)[:70] or "ruang"
    if not model._default_manager.filter(slug=base).exists():
        return base
    return f"{base}-{uuid7().hex[-6:]}"
