"""No page breaks a rule of WCAG 2.2 AA or the best practices that axe can judge."""

from collections.abc import Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.addresses import everybodys, members, staffs
from tests.browser.conftest import PHONE, WIDE, Site, Visits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


def faults(page: Page, rules: Mapping[str, object]) -> list[str]:
    """Each broken rule with the first place where it is broken."""
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def judge(page: Page, addresses: list[str]) -> None:
    """Every rule in the light; in the dark, where only colours differ, those of colour."""
    wrong: list[str] = []
    for address in addresses:
        page.emulate_media(color_scheme="light")
        page.goto(address)
        where = f"{address} at {page.viewport_size}"
        wrong += [f"{where}: {x}" for x in faults(page, {"type": "tag", "values": TAGS})]
        page.emulate_media(color_scheme="dark")
        dark = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
        wrong += [f"{where}, dark: {x}" for x in faults(page, dark)]
    assert wrong == []


@SIZES
def test_pages_for_everybody(site: Site, visit: Visits, size: dict[str, int]) -> None:
    visit.watch.refusals.add(404)
    judge(visit(viewport=size), everybodys(site))


@SIZES
def test_pages_of_a_person(site: Site, visit: Visits, size: dict[str, int]) -> None:
    judge(visit("bob", viewport=size), members(site))


@SIZES
def test_pages_of_the_staff(site: Site, visit: Visits, size: dict[str, int]) -> None:
    judge(visit("root", viewport=size), staffs(site))


def test_a_reservation_and_a_refused_sheet(site: Site, visit: Visits) -> None:
    visit.watch.refusals.add(409)
    page, late = visit("alice"), visit("bob")
    for one in (page, late):
        one.goto(site.sheet("Ulin", 17))
    page.locator("#sheet").get_by_role("button", name="Book, Rp").click()
    page.wait_for_url("**/reservations/**")
    judge(page, [page.url])
    late.locator("#sheet").get_by_role("button", name="Book, Rp").click()
    late.get_by_role("alert").wait_for()
    assert faults(late, {"type": "tag", "values": TAGS}) == []
