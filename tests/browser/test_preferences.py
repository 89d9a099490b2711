"""Language, theme and clock: chosen once, kept on every page."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAPER = "getComputedStyle(document.documentElement).backgroundColor"


def brightness(page: Page) -> float:
    """How light the paper is, 0 to 1: the first number of oklch(0.985 0.004 85)."""
    return float(page.evaluate(PAPER).removeprefix("oklch(").split()[0])


def test_indonesian_first_then_english_and_back(site: Site, visit: Visits) -> None:
    page = visit(language="", locale="id-ID")
    page.goto("/find")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.get_by_role("navigation", name="Utama", exact=True)).to_contain_text("Cari ruang")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/find")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("A room, right when you need it.")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_the_dark_theme_stays(site: Site, visit: Visits) -> None:
    page = visit(color_scheme="light")
    page.goto("/")
    light = brightness(page)
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert brightness(page) < light / 2
    page.goto("/find")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["ruang_theme"]["value"] == "dark"
    assert cookies["ruang_theme"]["httpOnly"]


def test_both_clocks_show_where_they_differ(site: Site, visit: Visits) -> None:
    here = datetime.fromisoformat(f"{site.day(15)}T12:00").replace(tzinfo=ZoneInfo(site.zone))
    there = here.astimezone(ZoneInfo("Asia/Kathmandu"))
    page = visit("nadia")
    page.goto(site.sheet("Damar", 15, "12:00", "13:00"))
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("Building time")
    expect(sheet).to_contain_text(f"{there:%H.%M}")
    page.goto(f"/find?date={site.day(15)}&start=12:00&length=60")
    expect(page.locator("#answer")).to_contain_text("Where you are,")
    expect(page.locator("#answer")).to_contain_text(f"{there:%H.%M}")
    neighbour = visit("alice")
    neighbour.goto(f"/find?date={site.day(15)}&start=12:00&length=60")
    expect(neighbour.locator("#answer")).to_contain_text("12.00–13.00")
    expect(neighbour.locator("#answer")).not_to_contain_text("Where you are")
