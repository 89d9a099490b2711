"""Measured plans: as many seats as people, always the same, nothing but numbers."""

from xml.etree import ElementTree

import pytest

from reservations.drawing import Subject, plan_inner, room_of, standalone, thumb_of

KINDS = ["meeting_room", "private_office", "hot_desk", "event_hall"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("capacity", [1, 2, 4, 8, 14, 40, 400])
def test_seats_equal_the_capacity_and_stand_inside(kind: str, capacity: int) -> None:
    room = room_of(Subject(kind, capacity, "meranti"))
    chairs = [item for item in room.items if item.kind == "chair"]
    assert len(chairs) == capacity
    for item in room.items:
        assert 0 <= item.x <= item.x + item.width <= room.width
        assert 0 <= item.y <= item.y + item.depth <= room.depth


def test_the_same_space_is_drawn_alike_and_another_differently() -> None:
    room = room_of(Subject("meeting_room", 8, "meranti"))
    first = plan_inner(room, "meranti", (340, 150))
    assert first == plan_inner(room, "meranti", (340, 150))
    assert len({plan_inner(room, seed, (340, 150)) for seed in "abcdefgh"}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_well_formed_and_inside_its_paper(kind: str) -> None:
    room = room_of(Subject(kind, 12, "x", parts=2))
    document = standalone(plan_inner(room, "x", (520, 230)), (520, 230), "Plan")
    root = ElementTree.fromstring(document)  # noqa: S314 - our own drawing
    for element in root.iter("{http://www.w3.org/2000/svg}rect"):
        x, width = float(element.get("x", 0)), float(element.get("width", 0))
        y, height = float(element.get("y", 0)), float(element.get("height", 0))
        assert 0 <= x <= x + width <= 520
        assert 0 <= y <= y + height <= 230


def test_a_hall_that_divides_shows_its_movable_wall() -> None:
    whole = room_of(Subject("event_hall", 80, "x", parts=2))
    assert [item.kind for item in whole.items].count("divider") == 1


def test_thumbs_follow_kind_and_size() -> None:
    found = [thumb_of("meeting_room", 4), thumb_of("meeting_room", 8), thumb_of("event_hall", 9)]
    assert found == ["th-4", "th-8", "th-hall"]
