"""What this app tells the data map."""

from privacy.datamap import neutral_model

neutral_model(
    "reservations.Location",
    "id",
    "name",
    "slug",
    "address",
    "city",
    "country",
    "time_zone",
    "opening_hours",
    "max_open_reservations",
    "position",
    "is_active",
    "version",
)

neutral_model(
    "reservations.Floor",
    "id",
    "location",
    "name",
    "level",
)

neutral_model(
    "reservations.Amenity",
    "code",
    "name_id",
    "name_en",
    "icon",
    "position",
)

neutral_model(
    "reservations.Space_organisations",
    "id",
    "space",
    "organisation",
)

neutral_model(
    "reservations.Space",
    "id",
    "location",
    "floor",
    "whole",
    "kind",
    "name",
    "slug",
    "description_id",
    "description_en",
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
)

neutral_model(
    "reservations.SpacePicture",
    "id",
    "space",
    "image",
    "alt_id",
    "alt_en",
    "position",
)

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

neutral_model(
    "reservations.ClosurePeriod",
    "id",
    "closure",
    "location",
    "floor",
    "space",
    "period",
)

neutral_model(
    "reservations.CalendarFeed",
    "id",
    "owner",
    "space",
    "digest",
    "created_at",
    "revoked_at",
)

neutral_model(
    "reservations.Reservation",
    "id",
    "space",
    "holder",
    "contact",
    "organisation",
    "created_by",
    "state",
    "starts_at",
    "ends_at",
    "turnover_minutes",
    "title",
    "people",
    "expires_at",
    "cancel_free_until",
    "price_amount",
    "price_tax",
    "price_currency",
    "price_lines",
    "version",
    "calendar_sequence",
    "checked_in_at",
    "created_at",
)

neutral_model(
    "reservations.Occupancy",
    "reservation",
    "part",
    "period",
)

neutral_model(
    "reservations.ReservationEvent",
    "id",
    "reservation",
    "actor",
    "verb",
    "from_state",
    "to_state",
    "changes",
    "at",
)

neutral_model(
    "reservations.Guest",
    "id",
    "reservation",
    "contact",
    "invited_at",
    "removed_at",
    "arrived_at",
)

neutral_model(
    "reservations.GridRevision",
    "location",
    "day",
    "revision",
)
