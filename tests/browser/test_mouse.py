"""With the mouse: few clicks, and every later change from one page."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, Visits, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BOOKED = "Booked. The confirmation is on its way to your mailbox."


def said(page: Page, text: str) -> None:
    """The page says it in its live region."""
    expect(page.locator("#messages")).to_contain_text(text)


def book_button(page: Page) -> Locator:
    return page.locator("#sheet").get_by_role("button", name="Book, Rp")


def booked(page: Page, address: str) -> None:
    """Book what the address says; two steps that other tests have proven."""
    page.goto(address)
    book_button(page).click()
    said(page, BOOKED)


def track(page: Page, slug: str) -> dict[str, float]:
    """The place of a room's row on the screen."""
    row = page.locator(f"#row-{slug} .track")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    assert box is not None
    return dict(box)


def test_a_room_for_now_takes_two_clicks(site: Site, visit: Visits) -> None:
    page = visit("alice")
    page.goto("/")
    page.get_by_role("link", name="Book now until").first.click()
    book_button(page).click()
    said(page, BOOKED)
    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Ends in")


def test_a_planned_room_takes_three(site: Site, visit: Visits) -> None:
    page = visit("charlie")
    page.goto(f"/find?date={site.day(0)}")
    page.get_by_role("link", name="Next day").click()
    expect(page.locator(f'[data-date="{site.day(1)}"]')).to_be_visible()
    box = track(page, site.rooms["Damar"])
    middle, unit = box["y"] + box["height"] / 2, box["width"] / 20
    page.mouse.move(box["x"] + 11 * unit, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 12 * unit, middle, steps=4)
    page.mouse.move(box["x"] + 13 * unit, middle, steps=4)
    page.mouse.up()
    expect(page.locator("#sheet").get_by_role("heading", name="Damar")).to_be_visible()
    expect(page.locator("#row-" + site.rooms["Damar"] + " [data-state=selected]")).to_be_visible()
    chosen = parse_qs(urlsplit(page.url).query)
    start, end = (datetime.fromisoformat(chosen[name][0]) for name in ("start", "end"))
    assert start.date().isoformat() == site.day(1)
    assert timedelta(minutes=45) <= end - start <= timedelta(hours=4)
    book_button(page).click()
    said(page, BOOKED)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Damar, {start:%H.%M}–{end:%H.%M}")


def test_a_click_on_the_day_begins_where_it_fell(site: Site, visit: Visits) -> None:
    page = visit()
    page.goto(f"/find?date={site.day(2)}&start=09:00&length=60")
    slug = site.rooms["Jati"]
    box = track(page, slug)
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    expect(page.locator("#sheet").get_by_role("heading", name="Jati")).to_be_visible()
    chosen = parse_qs(urlsplit(page.url).query)
    start = datetime.fromisoformat(chosen["start"][0])
    assert start.hour >= 12
    page.get_by_role("link", name="Close this sheet").click()
    expect(page.locator("dialog")).to_have_count(0)
    assert urlsplit(page.url).path == "/find"


def test_the_last_one_is_repeated_in_two(site: Site, visit: Visits) -> None:
    page = visit("bob")
    page.goto("/")
    page.get_by_role("link", name="Repeat Kenari").click()
    expect(page.get_by_label("Starts").last).to_have_value("10:00")
    book_button(page).click()
    said(page, BOOKED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kenari, 10.00–11.00")


def test_moved_lengthened_and_cancelled(site: Site, visit: Visits) -> None:
    page = visit("alice")
    booked(page, site.sheet("Jati", 3))
    page.get_by_role("button", name="30 minutes more").click()
    said(page, "Now until 11.30, Rp249,750 in all.")
    form = page.locator("#move")
    form.get_by_label("Date").select_option(site.day(4))
    form.get_by_label("Starts").select_option("13:00")
    form.get_by_label("Ends").select_option("14:00")
    form.get_by_role("button", name="Move").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Jati, 13.00–14.00")
    page.get_by_text("Cancel this booking").click()
    expect(page.get_by_text("Nothing is due.").first).to_be_visible()
    page.get_by_role("button", name="Cancel the booking").click()
    said(page, "Cancelled. Nothing is due.")
    expect(page.get_by_role("link", name="Book it again")).to_be_visible()
    expect(page.get_by_role("button", name="Move")).to_have_count(0)


def test_the_calendar_file_says_the_same(site: Site, visit: Visits) -> None:
    page = visit("alice")
    booked(page, site.sheet("Ulin", 6, "15:00", "16:30"))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Add to calendar").click()
    assert waiting.value.suggested_filename.endswith(".ics")
    (event,) = Calendar.from_ical(waiting.value.path().read_bytes()).walk("VEVENT")
    zone = ZoneInfo(site.zone)
    assert event["DTSTART"].dt.astimezone(zone).isoformat()[:16] == f"{site.day(6)}T15:00"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=90)
    assert "Ulin" in f"{event['SUMMARY']} {event['LOCATION']}"


def test_signing_in_keeps_what_was_chosen(site: Site, visit: Visits) -> None:
    page = visit()
    page.goto(f"/find?date={site.day(7)}&start=10:00&length=90")
    page.get_by_role("link", name="Ulin, ").first.focus()
    page.keyboard.press("Enter")
    page.locator("#sheet").get_by_role("link", name="Sign in to book").click()
    sign_in(page, "charlie")
    expect(page.locator("#sheet").get_by_role("heading", name="Ulin")).to_be_visible()
    expect(page.locator("#sheet-from")).to_have_value("10:00")
    expect(page.locator("#sheet-to")).to_have_value("11:30")
    book_button(page).click()
    said(page, BOOKED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ulin, 10.00–11.30")


def test_the_second_of_two_gets_alternatives(site: Site, visit: Visits) -> None:
    slow, quick = visit("alice"), visit("charlie")
    visit.watch.refusals.add(409)
    for page in (slow, quick):
        page.goto(site.sheet("Meranti", 8))
    book_button(quick).click()
    said(quick, BOOKED)
    sheet = slow.locator("#sheet")
    sheet.get_by_label("Title").fill("Tinjauan kuartal")
    sheet.get_by_text("Invite guests").click()
    sheet.get_by_label("Guests").fill("tamu@contoh.test")
    book_button(slow).click()
    expect(sheet.get_by_role("alert")).to_contain_text("Meranti is taken at that time.")
    expect(sheet.get_by_label("Title")).to_have_value("Tinjauan kuartal")
    expect(sheet.get_by_label("Guests")).to_have_value("tamu@contoh.test")
    way = sheet.get_by_role("group", name="Closest to what you asked for").get_by_role("button")
    name = way.first.locator("b").inner_text()
    assert way.count() >= 2
    way.first.click()
    expect(sheet).to_contain_text("Kept for you until")
    expect(sheet.get_by_label("Title")).to_have_value("Tinjauan kuartal")
    book_button(slow).click()
    said(slow, BOOKED)
    expect(slow.get_by_role("heading", level=1)).to_have_text(name)
    expect(slow.get_by_role("main")).to_contain_text("tamu@contoh.test")
    expect(slow.get_by_role("main")).to_contain_text("Tinjauan kuartal")
