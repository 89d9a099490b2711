"""What hardly changes and every search needs: locations, amenities, currencies."""

from dataclasses import dataclass
from typing import Final

from billing.models import RatePlan
from frontend.formats import language
from frontend.memory import Memory
from reservations.models import Amenity, Location
from reservations.selectors.spaces import locations_list


@dataclass(frozen=True)
class Reference:
    """Locations in their order, amenities in theirs, the currency of each rate plan."""

    locations: tuple[Location, ...]
    amenities: tuple[Amenity, ...]
    currencies: dict[object, str]

    def amenity_names(self) -> dict[str, str]:
        """{code: name} in the active language."""
        column = "name_id" if language() == "id" else "name_en"
        return {amenity.code: getattr(amenity, column) for amenity in self.amenities}


#: How old the reference data may be, in seconds.
REFERENCE_SECONDS: Final = 10.0
_memory: "Memory[Reference]" = Memory(size=1, seconds=REFERENCE_SECONDS)


def reference() -> Reference:
    """The reference data, at most ten seconds old; three statements when it is loaded."""
    return _memory.get("reference", _load)


def _load() -> Reference:
    return Reference(
        locations=tuple(locations_list()),
        amenities=tuple(Amenity.objects.all()),
        currencies=dict(RatePlan.objects.values_list("id", "currency")),
    )
