"""Managing: nothing is overwritten unseen, bad input is clear, pictures are only pictures."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from billing.models import Tariff
from frontend.forms.staff_manage import LocationForm, SpaceForm, location_initial, space_initial
from reservations.models import Location, Space, SpacePicture
from reservations.selectors.timeline import grid_mark
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, plan, space

pytestmark = pytest.mark.django_db
Enter = Callable[..., Client]


def typed(initial: dict[str, object], **more: object) -> dict[str, object]:
    """A form's fields as a browser sends them."""
    found = {
        key: value
        for key, value in initial.items()
        if value is not None and value is not False and value not in ("", [])
    }
    return {**found, **more}


def space_typed(room: Space, **more: object) -> dict[str, object]:
    return typed(space_initial(room), **more)


def place_typed(place: Location, **more: object) -> dict[str, object]:
    return typed(location_initial(place), **more)


def test_space_is_saved_and_every_day_of_the_grid_changes(cast: Cast, enter: Enter) -> None:
    days = [at(9, days=n).date() for n in (0, 1, 100)]
    before = [grid_mark(cast.place, day, now=at(9)).revision for day in days]
    url = reverse("frontend:manage-space", args=[cast.room.slug])
    answer = enter(cast.eka).post(url, space_typed(cast.room, capacity=12, approval_required="on"))
    assert answer.status_code == 302
    room = Space.objects.get(id=cast.room.id)
    assert (room.capacity, room.approval_required, room.version) == (12, True, 2)
    after = [grid_mark(cast.place, day, now=at(9)).revision for day in days]
    assert all(now > then for now, then in zip(after, before, strict=True))


def test_stale_edit_shows_the_difference_and_keeps_what_was_typed(cast: Cast, enter: Enter) -> None:
    first = space_typed(cast.room, capacity=12)
    eka, root = enter(cast.eka), enter(cast.root)
    url = reverse("frontend:manage-space", args=[cast.room.slug])
    assert root.post(url, space_typed(cast.room, capacity=20)).status_code == 302
    answer = eka.post(url, first)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "People at most: 20" in page
    assert 'name="capacity" value="12"' in page
    assert 'name="version" value="2"' in page
    assert Space.objects.get(id=cast.room.id).capacity == 20


def test_new_space_takes_the_plans_hour_price(cast: Cast, enter: Enter) -> None:
    dear = plan(400_000, name="Dear")
    url = reverse("frontend:manage-space-new", args=[cast.place.slug])
    data = space_typed(cast.room, name="Cendana", rate_plan=str(dear.id))
    assert enter(cast.eka).post(url, data).status_code == 302
    made = Space.objects.get(name="Cendana")
    assert (made.hour_amount, made.location_id) == (400_000, cast.place.id)


def test_division_stays_while_bookings_stand_on_it(cast: Cast, enter: Enter) -> None:
    hall = space(cast.place, "Balai", kind="event_hall", capacity=80)
    wish = BookingWish(space_id=hall.id, starts_at=at(10), ends_at=at(11))
    reservation_book(actor=cast.alice, wish=wish)
    url = reverse("frontend:manage-space", args=[cast.room.slug])
    answer = enter(cast.eka).post(url, space_typed(cast.room, whole=str(hall.id)))
    assert answer.status_code == 422
    assert "the division cannot change" in answer.content.decode()
    assert Space.objects.get(id=cast.room.id).whole_id is None


def test_named_organisations_must_be_named(cast: Cast, enter: Enter) -> None:
    url = reverse("frontend:manage-space", args=[cast.room.slug])
    eka = enter(cast.eka)
    assert eka.post(url, space_typed(cast.room, access="organisations")).status_code == 422
    data = space_typed(cast.room, access="organisations", organisations=[str(cast.lontar.id)])
    assert eka.post(url, data).status_code == 302
    assert list(cast.room.organisations.all()) == [cast.lontar]


def test_space_is_shut_and_opened(cast: Cast, enter: Enter) -> None:
    eka = enter(cast.eka)
    url = reverse("frontend:manage-space-active", args=[cast.room.slug])
    eka.post(url, {"active": "no"})
    assert not Space.objects.get(id=cast.room.id).is_active
    eka.post(url, {"active": "yes"})
    assert Space.objects.get(id=cast.room.id).is_active


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pagi-sore", "Write “pagi-sore” as"),
        ("12.00-08.00", "must close after it opens"),
        ("08.00-12.00, 11.00-20.00", "must follow one another"),
        ("08.00-25.00", "no such time of day"),
    ],
)
def test_bad_hours_are_named_at_their_day(cast: Cast, enter: Enter, text: str, why: str) -> None:
    url = reverse("frontend:manage-location", args=[cast.place.slug])
    answer = enter(cast.eka).post(url, place_typed(cast.place, day_2=text))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert f'value="{text}"' in page
    assert Location.objects.get(id=cast.place.id).version == 1


def test_several_periods_a_day_are_saved(cast: Cast, enter: Enter) -> None:
    url = reverse("frontend:manage-location", args=[cast.place.slug])
    data = place_typed(cast.place, day_0="08.00-12.00, 13:00–24.00", day_6="")
    assert enter(cast.eka).post(url, data).status_code == 302
    hours = Location.objects.get(id=cast.place.id).opening_hours
    assert (hours[0], hours[6]) == ([[480, 720], [780, 1440]], [])


def test_stale_location_answers_412(cast: Cast, enter: Enter) -> None:
    data = place_typed(cast.place, name="Mine")
    Location.objects.filter(id=cast.place.id).update(version=4, name="Theirs")
    url = reverse("frontend:manage-location", args=[cast.place.slug])
    answer = enter(cast.eka).post(url, data)
    assert answer.status_code == 412
    assert "Name: Theirs" in answer.content.decode()
    assert Location.objects.get(id=cast.place.id).name == "Theirs"


def test_floor_is_added_once(cast: Cast, enter: Enter) -> None:
    eka = enter(cast.eka)
    url = reverse("frontend:manage-floors", args=[cast.place.slug])
    assert eka.post(url, {"name": "7", "level": "7"}).status_code == 302
    assert eka.post(url, {"name": "7", "level": "8"}).status_code == 422
    assert sorted(cast.place.floors.values_list("name", flat=True)) == ["5", "7"]


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("1", size).save(out, kind)
    return out.getvalue()


def send(client: Client, cast: Cast, content: bytes, name: str = "a.png") -> object:
    url = reverse("frontend:manage-pictures", args=[cast.room.slug])
    data = {"alt_id": "Meja", "alt_en": "Table", "picture": SimpleUploadedFile(name, content)}
    return client.post(url, data)


def test_picture_is_drawn_anew_and_served_as_a_picture(cast: Cast, enter: Enter) -> None:
    eka = enter(cast.eka)
    assert send(eka, cast, picture() + b"<?php evil ?>").status_code == 302  # type: ignore[attr-defined]
    row = SpacePicture.objects.get()
    answer = Client().get(row.image.url)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (
        "image/webp", "nosniff",
    )  # fmt: skip
    assert b"evil" not in content
    assert Image.open(io.BytesIO(content)).size == (60, 40)
    Space.objects.update(access="organisations")
    assert Client().get(row.image.url).status_code == 404
    assert eka.post(reverse("frontend:manage-picture-delete", args=[row.id])).status_code == 302
    assert not SpacePicture.objects.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"#!/bin/sh\nrm -rf /\n", "not a JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not a JPEG, PNG or WebP"),
        (b"bomb", "40 megapixels"),
        (b"\x89PNG\r\n" + b"0" * (8 * 1024 * 1024), "larger than 8 MB"),
    ],
    ids=["program", "drawing", "bomb", "large"],
)
def test_what_is_no_picture_is_refused(cast: Cast, enter: Enter, content: bytes, why: str) -> None:
    if content == b"bomb":
        content = picture((9000, 9000))
    answer = send(enter(cast.eka), cast, content)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert why in answer.content.decode()  # type: ignore[attr-defined]
    assert not SpacePicture.objects.exists()


def test_tariff_applies_from_its_day_and_never_in_the_past(cast: Cast, enter: Enter) -> None:
    farid = enter(cast.farid)
    url = reverse("frontend:manage-rate", args=[cast.room.rate_plan_id])
    today = timezone.now().astimezone().date()
    late = {"valid_from": str(today - timedelta(days=3)), "hour_amount": "200.000"}
    assert farid.post(url, late).status_code == 422
    soon = today + timedelta(days=9)
    data = {"valid_from": str(soon), "hour_amount": "Rp200.000", "day_amount": "1.200.000"}
    assert farid.post(url, data).status_code == 302
    assert farid.post(url, data).status_code == 422
    made = Tariff.objects.get(valid_from=soon)
    assert (made.hour_amount, made.half_day_amount, made.day_amount) == (200_000, None, 1_200_000)
    assert Space.objects.get(id=cast.room.id).hour_amount == 150_000


def test_forms_have_every_field_of_the_services(cast: Cast) -> None:
    form = SpaceForm(space_typed(cast.room), place=cast.place, space=cast.room)
    assert form.is_valid(), form.errors
    assert LocationForm(place_typed(cast.place)).is_valid()
