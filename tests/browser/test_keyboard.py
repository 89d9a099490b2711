"""With the keyboard alone, and as a screen reader names things."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visits
from tests.browser.test_mouse import BOOKED, said

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FOCUS = """() => {
  // The ring may be around the field's cell.
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
    const seen = getComputedStyle(at);
    if (seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) >= 2) return true;
    if (at.matches("main")) return at === document.activeElement;
  }
  return false;
}"""


def long_day(text: str) -> str:
    """2026-11-25 -> Wednesday, 25 November."""
    day = date.fromisoformat(text)
    return f"{day:%A}, {day.day} {day:%B}"


def press_until(page: Page, selector: str, key: str = "Tab") -> None:
    """Press a key until the focus is there; every stop on the way must be visible."""
    for _turn in range(60):
        page.keyboard.press(key)
        assert page.evaluate(FOCUS), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("([s]) => document.activeElement.matches(s)", [selector]):
            return
    raise AssertionError(f"The focus never came to {selector}.")


def test_a_room_is_found_and_booked_with_keys(site: Site, visit: Visits) -> None:
    page = visit("bob")
    page.goto("/find")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    assert page.evaluate(FOCUS)
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    press_until(page, "#ask-date")
    page.get_by_label("Date").select_option(site.day(9))
    press_until(page, "#ask-start")
    page.get_by_label("Starts", exact=True).select_option("10:00")
    press_until(page, "#ask button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**date={site.day(9)}**")
    press_until(page, f"#row-{site.rooms['Cendana']} .track a")
    _choose(page, site)
    page.keyboard.press("Enter")
    expect(page.locator("#sheet").get_by_role("heading", name="Cendana")).to_be_focused()
    expect(page.locator("#sheet-from")).to_have_value("10:30")
    press_until(page, "#sheet-name")
    page.keyboard.type("Rapat pagi")
    page.keyboard.press("Enter")
    said(page, BOOKED)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(r"Cendana, 10\.30–\d\d\.\d\d"))
    expect(page.get_by_role("main")).to_contain_text("Rapat pagi")


def _choose(page: Page, site: Site) -> None:
    """The first arrow shows the choice, the next move it by a step; each is said."""
    spoken = page.locator("#spoken")
    page.keyboard.press("ArrowRight")
    expect(spoken).to_contain_text(f"Cendana, {long_day(site.day(9))}, 10.00–")
    before = spoken.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(spoken).to_contain_text("10.30–")
    page.keyboard.press("Shift+ArrowRight")
    expect(spoken).to_contain_text("chosen")
    assert spoken.inner_text() != before


def test_arrows_go_to_the_rows_above_and_below(site: Site, visit: Visits) -> None:
    page = visit()
    page.goto(f"/find?date={site.day(10)}&start=10:00")
    rows = page.locator(".tl-row")
    rows.nth(0).locator(".track a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator(".track a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0).locator(".track a").first).to_be_focused()


def test_escape_closes_the_sheet_and_returns(site: Site, visit: Visits) -> None:
    page = visit()
    page.goto(f"/find?date={site.day(10)}&start=10:00")
    slot = page.get_by_role("link", name="Cendana, ").first
    name = slot.get_attribute("aria-label")
    slot.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Cendana")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_names_of_times_say_room_day_time_and_state(site: Site, visit: Visits) -> None:
    page = visit("charlie")
    page.goto(site.sheet("Ulin", 11, "13:00", "14:00"))
    page.locator("#sheet").get_by_role("button", name="Book, Rp").click()
    said(page, BOOKED)
    day = long_day(site.day(11))
    page.goto(f"/find?date={site.day(11)}&start=09:00&length=60")
    for span, state in (("00.00–13.00", "free"), ("13.00–14.00", "your reservation")):
        page.get_by_role("link", name=f"Ulin, {day}, {span}, {state}", exact=True).focus()
    stranger = visit()
    stranger.goto(f"/find?date={site.day(11)}&start=09:00&length=60")
    taken = stranger.get_by_role("button", name=f"Ulin, {day}, 13.00–14.00, taken", exact=True)
    expect(taken).to_have_count(1)
    assert "charlie" not in stranger.content().lower()
    expect(stranger.get_by_role("group", name=f"Kebon Sirih, {day}")).to_be_visible()
    expect(stranger.get_by_role("group", name="Ulin", exact=True)).to_be_visible()
