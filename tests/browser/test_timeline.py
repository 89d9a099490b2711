"""The day keeps itself fresh without taking a choice away, and stays light with 200 rooms."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from frontend.reference import REFERENCE_SECONDS
from tests.browser.conftest import Site, Visits
from tests.browser.fill import MANY
from tests.browser.test_mouse import booked

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FRESH = "dispatchEvent(new CustomEvent('board:refresh'))"
#: The row the focus is on.
ROW = "document.activeElement.closest('.tl-row').dataset.space"
#: Whether the browser lays the row out, or knows that it is off the screen and skips it.
DRAWN = "row => row.querySelector('.track').checkVisibility({contentVisibilityAuto: true})"


def chosen(page: Page, site: Site, room: str) -> str:
    """What is drawn as chosen on a room's row."""
    ghost = page.locator(f"#row-{site.rooms[room]} [data-state=selected]")
    return (ghost.text_content() or "") if ghost.count() else ""


def choose(page: Page, site: Site, room: str) -> str:
    """With the arrow keys, an hour and a half from 10.15 on."""
    page.locator(f"#row-{site.rooms[room]} .track a").last.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    return chosen(page, site, room)


@pytest.mark.parametrize("other", ["Cendana", "Damar"])
def test_a_choice_outlives_what_others_book(site: Site, visit: Visits, other: str) -> None:
    """In another row, which changes the order, and in the very row of the choice."""
    day = {"Cendana": 19, "Damar": 20}[other]
    page = visit("bob")
    page.goto(f"/find?date={site.day(day)}&start=10:00&length=60")
    before = choose(page, site, "Damar")
    assert before == "10.15–11.45"

    booked(visit("charlie"), site.sheet(other, day, "13:00", "14:00"))
    page.evaluate(FRESH)
    expect(page.locator(f"#row-{site.rooms[other]} [data-state=taken]")).to_have_count(1)

    assert chosen(page, site, "Damar") == before
    assert page.evaluate("document.activeElement.closest('.tl-row').dataset.space").endswith(
        "damar"
    )
    page.keyboard.press("Enter")
    expect(page.locator("#sheet-from")).to_have_value("10:15")
    expect(page.locator("#sheet-to")).to_have_value("11:45")


def test_a_choice_that_was_taken_is_given_up(site: Site, visit: Visits) -> None:
    page = visit("bob")
    page.goto(f"/find?date={site.day(21)}&start=10:00&length=60")
    assert choose(page, site, "Damar") == "10.15–11.45"
    booked(visit("charlie"), site.sheet("Damar", 21, "10:30", "11:00"))
    page.evaluate(FRESH)
    expect(page.locator(f"#row-{site.rooms['Damar']} [data-state=taken]")).to_have_count(1)
    assert chosen(page, site, "Damar") == ""
    assert page.evaluate("document.activeElement.closest('.tl-row').dataset.space").endswith(
        "damar"
    )


@pytest.fixture
def tower(site: Site) -> Iterator[str]:
    """A location with 200 rooms, for one test."""
    site.fill("many")
    # Each web process may know the former locations for as long as its memory lasts.
    time.sleep(REFERENCE_SECONDS + 0.5)
    yield "menara"
    site.fill("few")


def test_two_hundred_rooms_cost_what_is_seen(site: Site, visit: Visits, tower: str) -> None:
    page = visit()
    page.goto(f"/find?where={tower}&date={site.day(2)}&start=10:00&length=60")
    rows = page.locator(".tl-row")
    expect(rows).to_have_count(MANY)
    assert page.evaluate("document.querySelectorAll('.timeline *').length") < MANY * 40
    drawn = rows.evaluate_all(f"rows => rows.filter({DRAWN}).length")
    assert 0 < drawn < MANY / 2
    last = rows.last
    assert not last.evaluate(DRAWN)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(last.locator(".track")).to_be_in_viewport()
    assert last.evaluate(DRAWN)
    last.locator(".track a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
