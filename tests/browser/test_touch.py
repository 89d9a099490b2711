"""On a phone: the start times act, the strip shows, and nothing is wider than the screen."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Site, Visits
from tests.browser.test_mouse import BOOKED, said

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_a_start_time_is_tapped_and_booked(site: Site, visit: Visits) -> None:
    page = visit("charlie", **TOUCH)
    page.goto(f"/find?date={site.day(12)}&start=14:00&length=60")
    chips = page.get_by_role("link", name="Damar, starts ")
    assert chips.count() >= 3
    page.get_by_role("link", name="Damar, starts 14.00", exact=True).tap()
    sheet = page.get_by_role("dialog", name="Damar")
    expect(sheet).to_be_visible()
    assert page.evaluate("document.querySelector('#sheet').matches(':modal')")
    button = sheet.get_by_role("button", name="Book, Rp166,500")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    button.tap()
    said(page, BOOKED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Damar, 14.00–15.00")


def test_no_page_is_wider_than_a_phone(site: Site, visit: Visits) -> None:
    page = visit("bob", **TOUCH)
    pages = ("/", "/find?where=all", site.sheet("Jati", 12), "/reservations", "/account")
    for address in (*pages, f"/reservations/{site.past}", f"/spaces/{site.rooms['Jati']}"):
        page.goto(address)
        assert page.evaluate(TOO_WIDE) <= 0, address
        expect(page.get_by_role("navigation", name="Main, bottom")).to_be_visible()
