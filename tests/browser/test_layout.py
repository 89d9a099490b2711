"""From the narrowest phone to a wide screen: nothing sticks out, whatever a room is called."""

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import everybodys, members, staffs
from tests.browser.conftest import Site, Visits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDTHS = (320, 390, 768, 1280, 1920)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def wide(page: Page, addresses: list[str]) -> list[str]:
    """Each page and width at which something sticks out, and by how much."""
    found = []
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if (over := page.evaluate(TOO_WIDE)) > 0:
                found.append(f"{address} at {width}: {over} pixels")
    return found


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_is_wider_than_its_window(site: Site, visit: Visits, language: str) -> None:
    visit.watch.refusals.add(404)
    assert wide(visit(language=language), everybodys(site)) == []


def test_no_page_of_a_person_is_wider(site: Site, visit: Visits) -> None:
    assert wide(visit("bob"), members(site)) == []
    page = visit("bob")
    page.goto("/find?where=renon")
    assert "PerdamaianPerdamaian" in page.get_by_role("main").inner_text()


def test_no_page_of_the_staff_is_wider(site: Site, visit: Visits) -> None:
    assert wide(visit("root"), staffs(site)) == []
