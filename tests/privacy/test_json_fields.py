"""JSON columns take the declared keys and no other, whichever way they are written."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from accounts.models import AccountEvent
from accounts.services import user_profile_change
from privacy.datamap import Personal, entries
from privacy.json_fields import UndeclaredKey, keys_of
from reservations.models import Location, Reservation
from tests.cast import Cast, at

pytestmark = pytest.mark.django_db


def event(cast: Cast, **data: Any) -> AccountEvent:
    return AccountEvent(subject=cast.bob.subject, verb="tried", data=data)


def test_declared_keys_are_stored(cast: Cast) -> None:
    event(cast, token="1").save()

    assert AccountEvent.objects.get(verb="tried").data == {"token": "1"}


@pytest.mark.parametrize(
    "data", [{"nickname": "x"}, {"token": {"nickname": "x"}}, {"role": [{"a": 1}]}]
)
def test_another_key_is_refused_at_any_depth_and_its_value_not_repeated(
    cast: Cast, data: dict[str, Any]
) -> None:
    with pytest.raises(UndeclaredKey, match="may not hold") as caught, transaction.atomic():
        event(cast, **data).save()

    assert "'x'" not in str(caught.value)
    assert not AccountEvent.objects.filter(verb="tried").exists()


def test_bulk_and_update_are_held_too(cast: Cast) -> None:
    with pytest.raises(UndeclaredKey), transaction.atomic():
        AccountEvent.objects.bulk_create([event(cast, nickname="x")])
    made = event(cast)
    made.save()
    with pytest.raises(UndeclaredKey), transaction.atomic():
        AccountEvent.objects.filter(id=made.id).update(data={"nickname": "x"})
    AccountEvent.objects.filter(id=made.id).update(data=F("data"))


def test_lists_hold_no_keys(cast: Cast) -> None:
    with pytest.raises(UndeclaredKey), transaction.atomic():
        Location.objects.filter(id=cast.place.id).update(opening_hours=[{"name": "x"}])
    Location.objects.filter(id=cast.place.id).update(opening_hours=[[[1, 2]]])


def test_the_lines_of_a_price_are_what_the_map_says(cast: Cast) -> None:
    from reservations.services import BookingWish, reservation_book  # noqa: PLC0415

    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    reservation_book(actor=cast.bob, wish=wish)

    field = entries()["reservations.reservation"].fields["price_lines"]
    assert isinstance(field, Personal)
    assert set(keys_of(Reservation.objects.get().price_lines)) == set(field.keys)


def test_a_change_of_the_profile_writes_declared_keys_alone(cast: Cast) -> None:
    news = {
        "full_name": "Bob Santoso",
        "phone": "+62 812 0000 0000",
        "institution": "PT Lontar Digital",
        "language": "en",
        "time_zone": "Asia/Makassar",
    }
    user_profile_change(actor=cast.bob, changes=news)

    assert set(AccountEvent.objects.get(verb="profile_changed").data) == set(news)
