"""The privacy pages in a real browser: no rule broken, and consent without a script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE, Site, Visits
from tests.browser.test_accessibility import judge

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_privacy_pages_break_no_rule(site: Site, visit: Visits, size: dict[str, int]) -> None:
    page = visit("bob", viewport=size)
    own = ["/privacy", "/privacy/consents", "/privacy/accept", "/privacy/receipts"]
    public = ["/privacy/policy", "/privacy/terms", "/privacy/promises?group=change"]
    judge(page, [*own, *public, "/privacy/policy/compare"])


def test_consent_is_given_and_withdrawn_without_a_script(site: Site, visit: Visits) -> None:
    page = visit("bob", java_script_enabled=False)
    page.goto("/privacy/consents")
    page.get_by_role("button", name="Allow News and offers").click()
    expect(page.get_by_role("status").first).to_contain_text("Your consent is on record")
    page.get_by_role("link", name="Receipt News and offers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("News and offers: Given")
    page.get_by_role("button", name="Withdraw consent").click()
    expect(page.get_by_role("status").first).to_contain_text("withdrawn, from this moment")
    expect(page.get_by_role("button", name="Allow News and offers")).to_be_visible()
