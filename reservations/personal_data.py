"""What this app tells the data map."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from privacy.datamap import (
    Neutral,
    Personal,
    declare,
    neutral,
    neutral_json,
    neutral_model,
    neutral_text,
    personal,
)
from privacy.stores import store

DESK = ("front_desk", "space_manager")
#: That a person was somewhere at some time; kept without the person once they are erased,
#: for what the space was used for.
STAY = personal(
    "booking",
    ("booking",),
    "contract",
    (*DESK, "administrator"),
    retention="booking",
    erasure="pseudonymise",
)
#: Free text: may name anybody. The booking sheet says who reads it.
FREE_TEXT = personal(
    "free_text", ("booking",), "contract", ("front_desk",), retention="booking", erasure="blank"
)
PRICE = personal(
    "price",
    ("booking", "billing"),
    "contract",
    (*DESK, "billing_clerk"),
    retention="booking",
    erasure="pseudonymise",
)
GUEST = personal(
    "booking", ("booking",), "legitimate_interest", DESK, retention="booking", erasure="delete"
)
FEED = personal("calendar", ("booking",), "contract", retention="account", erasure="delete")
#: Lists of numbers, without keys.
PLAIN_LIST = Neutral(("[]",))


def _all(kind: Personal, *names: str) -> dict[str, Personal]:
    return dict.fromkeys(names, kind)


declare(
    "reservations.Location",
    fields={
        # The address of a building, not of a person.
        **neutral(
            "id",
            "name",
            "slug",
            "city",
            "country",
            "time_zone",
            "max_open_reservations",
            "position",
            "is_active",
            "version",
        ),
        "address": neutral_text("Space managers write the address of the building."),
        "opening_hours": PLAIN_LIST,
    },
)

neutral_model("reservations.Floor", "id", "location", "name", "level")

neutral_model("reservations.Amenity", "code", "name_id", "name_en", "icon", "position")

neutral_model("reservations.Space_organisations", "id", "space", "organisation")

declare(
    "reservations.Space",
    fields={
        **dict.fromkeys(
            ("description_id", "description_en"),
            neutral_text("Space managers describe the room; nobody occurs in it."),
        ),
        **neutral(
            "id",
            "location",
            "floor",
            "whole",
            "kind",
            "name",
            "slug",
            "capacity",
            "amenities",
            "rate_plan",
            "hour_amount",
            "turnover_minutes",
            "granularity_minutes",
            "min_minutes",
            "max_minutes",
            "ahead_days",
            "access",
            "approval_required",
            "cancel_free_minutes",
            "is_active",
            "version",
        ),
    },
)

store(
    "pictures-of-rooms",
    title=_("Pictures of rooms"),
    what=_("Rooms, photographed empty; nobody is on them."),
    keeps=_("Until a space manager removes them."),
    covers=("file:reservations.SpacePicture.image",),
)
# Pictures of rooms, taken empty.
neutral_model("reservations.SpacePicture", "id", "space", "image", "alt_id", "alt_en", "position")

neutral_model(
    "reservations.Closure",
    "id",
    "location",
    "floor",
    "space",
    "reason_id",
    "reason_en",
    "starts_local",
    "ends_local",
    "recurrence",
    "until",
    "is_holiday",
    "created_at",
)

neutral_model("reservations.ClosurePeriod", "id", "closure", "location", "floor", "space", "period")

declare(
    "reservations.CalendarFeed",
    subject="owner",
    fields={
        **neutral("id", "owner", "digest"),
        **_all(FEED, "space", "created_at", "revoked_at"),
    },
)

declare(
    "reservations.Reservation",
    subject="holder",
    others=("contact.subject", "created_by"),
    fields={
        **neutral("id", "holder", "turnover_minutes", "version", "calendar_sequence"),
        **_all(
            STAY,
            "space",
            "contact",
            "organisation",
            "created_by",
            "state",
            "starts_at",
            "ends_at",
            "people",
            "expires_at",
            "cancel_free_until",
            "checked_in_at",
            "created_at",
        ),
        **_all(FREE_TEXT, "title"),
        **_all(PRICE, "price_amount", "price_tax", "price_currency"),
        "price_lines": replace(PRICE, keys=("unit", "minutes", "unit_amount", "amount")),
    },
)

# Part and period of a space. That somebody's reservation takes it stands in the reservation.
declare(
    "reservations.Occupancy",
    subject="reservation.holder",
    fields={**neutral("reservation", "part"), **_all(STAY, "period")},
)

declare(
    "reservations.ReservationEvent",
    subject="reservation.holder",
    others=("actor",),
    fields={
        **neutral("id", "reservation", "version"),
        "changes": neutral_json("space", "starts_at", "ends_at", "late", "guests", "title"),
        **_all(STAY, "actor", "verb", "from_state", "to_state", "at"),
    },
)

declare(
    "reservations.Guest",
    subject="contact.subject",
    others=("reservation.holder",),
    fields={
        **neutral("id", "contact"),
        **_all(GUEST, "reservation", "invited_at", "removed_at", "arrived_at"),
    },
)

neutral_model("reservations.GridRevision", "location", "day", "revision")
