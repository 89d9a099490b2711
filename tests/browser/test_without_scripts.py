"""Without JavaScript everything works, a page at a time."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visits, sign_in
from tests.browser.test_mouse import BOOKED, said

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_find_book_and_cancel(site: Site, visit: Visits) -> None:
    page = visit("charlie", java_script_enabled=False)
    page.goto("/find")
    page.get_by_label("Date").select_option(site.day(13))
    page.get_by_label("Starts", exact=True).select_option("10:00")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Jati, ").first.click()
    sheet = page.locator("#sheet")
    expect(sheet.get_by_role("heading", name="Jati")).to_be_visible()
    sheet.get_by_label("Ends").select_option("12:30")
    sheet.get_by_role("button", name="Show the price for this time").click()
    sheet.get_by_label("Title").fill("Tanpa skrip")
    sheet.get_by_role("button", name="Book, Rp416,250").click()
    said(page, BOOKED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Jati, 10.00–12.30")
    page.get_by_text("Cancel this booking").click()
    page.get_by_role("button", name="Cancel the booking").click()
    said(page, "Cancelled. Nothing is due.")


def test_a_visitor_signs_in_and_changes_the_theme(site: Site, visit: Visits) -> None:
    page = visit(java_script_enabled=False)
    page.goto(site.sheet("Kenari", 13))
    page.locator("#sheet").get_by_role("link", name="Sign in to book").click()
    sign_in(page, "bob")
    expect(page.locator("#sheet").get_by_role("button", name="Book, Rp166,500")).to_be_visible()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#sheet").get_by_role("heading", name="Kenari")).to_be_visible()


def test_a_taken_time_offers_buttons(site: Site, visit: Visits) -> None:
    slow = visit("bob", java_script_enabled=False)
    quick = visit("charlie", java_script_enabled=False)
    visit.watch.refusals.add(409)
    for page in (slow, quick):
        page.goto(site.sheet("Meranti", 14))
    quick.locator("#sheet").get_by_role("button", name="Book, Rp").click()
    said(quick, BOOKED)
    slow.get_by_label("Title").fill("Rapat tim")
    slow.locator("#sheet").get_by_role("button", name="Book, Rp").click()
    expect(slow.get_by_role("alert")).to_contain_text("Meranti is taken at that time.")
    slow.locator("button.option").first.click()
    expect(slow.locator("#sheet")).to_contain_text("Kept for you until")
    expect(slow.get_by_label("Title")).to_have_value("Rapat tim")
    slow.locator("#sheet").get_by_role("button", name="Book, Rp").click()
    said(slow, BOOKED)
