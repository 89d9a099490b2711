"""The demo's locations, floors, amenities and spaces."""

import random
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import slugify

from accounts.models import Organisation
from billing.models import RatePlan
from reservations.demo.names import (
    DESCRIPTIONS,
    DESK,
    DOK_II,
    HALL,
    KEBON_SIRIH,
    KUNINGAN,
    MEETING,
    OFFICE,
    RENON,
    WHOLE,
    Room,
)
from reservations.models import Amenity, Floor, Location, Space

SEED: Final = 20
WEEKDAYS: Final = [[[480, 1200]]] * 5


@dataclass(frozen=True)
class Place:
    """A location to be, its hours for Saturday and Sunday, and its rooms."""

    name: str
    city: str
    address: str
    zone: str
    rooms: list[Room]
    weekend: list[list[list[int]]]
    capital: bool = False

    @property
    def slug(self) -> str:
        """As in addresses of pages."""
        return slugify(self.name)


PLACES: Final = [
    Place(
        "Kebon Sirih",
        "Jakarta",
        "Jl. Kebon Sirih 48, Jakarta Pusat 10340",
        "Asia/Jakarta",
        KEBON_SIRIH,
        [[[540, 1020]], []],
        capital=True,
    ),
    Place(
        "Kuningan",
        "Jakarta",
        "Jl. H. R. Rasuna Said Kav. 21, Jakarta Selatan 12940",
        "Asia/Jakarta",
        KUNINGAN,
        [[], []],
        capital=True,
    ),
    Place(
        "Renon",
        "Denpasar",
        "Jl. Raya Puputan 88, Renon, Denpasar 80234",
        "Asia/Makassar",
        RENON,
        [[[540, 900]], [[600, 840]]],
    ),
    Place(
        "Dok II",
        "Jayapura",
        "Jl. Soa Siu 12, Dok II, Jayapura 99112",
        "Asia/Jayapura",
        DOK_II,
        # Saturdays with a break at noon; Sundays shut.
        [[[540, 720], [780, 960]], []],
    ),
]

#: code: (Indonesian, English, symbol of the icon sheet)
AMENITIES: Final[dict[str, tuple[str, str, str]]] = {
    "screen": ("Layar", "Screen", "monitor"),
    "video": ("Konferensi video", "Video conference", "video"),
    "whiteboard": ("Papan tulis", "Whiteboard", "presentation"),
    "accessible": ("Akses kursi roda", "Wheelchair access", "accessibility"),
    "quiet": ("Kedap suara", "Sound-proof", "volume-x"),
    "wifi": ("Wi-Fi", "Wi-Fi", "wifi"),
    "coffee": ("Kopi dan teh", "Coffee and tea", "coffee"),
}
#: What every space of a kind has, and what some have.
HAS: Final[dict[str, tuple[list[str], list[str]]]] = {
    MEETING: (["wifi", "screen"], ["video", "whiteboard", "accessible", "quiet"]),
    OFFICE: (["wifi"], ["whiteboard", "quiet", "accessible"]),
    DESK: (["wifi", "coffee"], ["quiet"]),
    HALL: (["wifi", "screen", "accessible"], ["video", "coffee"]),
}


def amenities_load() -> None:
    """Write the amenities that are missing."""
    for position, (code, (name_id, name_en, icon)) in enumerate(AMENITIES.items()):
        Amenity.objects.get_or_create(
            code=code,
            defaults={
                "name_id": name_id,
                "name_en": name_en,
                "icon": icon,
                "position": position,
            },
        )


def locations_load() -> bool:
    """Write locations and floors; False where one of them exists already."""
    if Location.objects.filter(slug__in=[place.slug for place in PLACES]).exists():
        return False
    for position, place in enumerate(PLACES):
        location = Location.objects.create(
            name=place.name,
            slug=place.slug,
            address=place.address,
            city=place.city,
            time_zone=place.zone,
            opening_hours=[*WEEKDAYS, *place.weekend],
            position=position,
        )
        levels = sorted({room.level for room in place.rooms})
        Floor.objects.bulk_create(
            Floor(location=location, name=str(level), level=level) for level in levels
        )
    return True


def spaces_load(plans: dict[str, RatePlan]) -> None:
    """Write the spaces of all demo locations, wholes before their parts."""
    chance = random.Random(SEED)  # noqa: S311 - the same demo every time, no secret
    locations = Location.objects.in_bulk([place.slug for place in PLACES], field_name="slug")
    for place in PLACES:
        location = locations[place.slug]
        floors = {floor.level: floor for floor in location.floors.all()}
        made: dict[str, Space] = {}
        for room in place.rooms:
            made[room.name] = Space(
                location=location,
                floor=floors[room.level],
                whole=made.get(room.whole),
                slug=f"{place.slug}-{slugify(room.name)}",
                rate_plan=plans[_plan(place, room)],
                amenities=_amenities(room, chance),
                **_words(room),
                **_rules(room),
            )
        # In this order: the parts of a hall name its row.
        Space.objects.bulk_create(made.values())
        named = [space for space in made.values() if space.access == Space.Access.ORGANISATIONS]
        for space in named:
            space.organisations.set(Organisation.objects.filter(name__icontains=space.name))


def _plan(place: Place, room: Room) -> str:
    if room.kind == HALL:
        return "Aula, satu bagian" if room.whole else "Aula"
    if room.kind == DESK:
        return "Meja kerja"
    if room.kind == OFFICE:
        return "Kantor pribadi besar" if room.capacity >= 8 else "Kantor pribadi"
    if room.capacity <= 5:
        return "Ruang rapat kecil"
    if room.capacity >= 12:
        return "Ruang rapat besar"
    return "Ruang rapat" if place.capital else "Ruang rapat daerah"


def _amenities(room: Room, chance: random.Random) -> list[str]:
    always, sometimes = HAS[room.kind]
    some = {code for code in sometimes if chance.random() < 0.55}
    return [code for code in AMENITIES if code in some or code in always]


def _words(room: Room) -> dict[str, Any]:
    indonesian, english = DESCRIPTIONS[room.kind]
    divides = room.kind == HALL and not room.whole
    return {
        "name": room.name,
        "kind": room.kind,
        "capacity": room.capacity,
        "description_id": indonesian.format(n=room.capacity) + (WHOLE[0] if divides else ""),
        "description_en": english.format(n=room.capacity) + (WHOLE[1] if divides else ""),
    }


def _rules(room: Room) -> dict[str, Any]:
    """Turnover, steps and deadlines of a kind."""
    by_kind: dict[str, dict[str, Any]] = {
        MEETING: {"turnover_minutes": 15 if room.capacity > 4 else 10, "max_minutes": 480},
        OFFICE: {"turnover_minutes": 30, "granularity_minutes": 30, "min_minutes": 60},
        DESK: {"granularity_minutes": 30, "min_minutes": 60, "cancel_free_minutes": 30},
        HALL: {
            "turnover_minutes": 60,
            "granularity_minutes": 30,
            "min_minutes": 120,
            "cancel_free_minutes": 3 * 24 * 60,
        },
    }
    return by_kind[room.kind] | {
        "approval_required": room.approval,
        "access": room.access,
    }
