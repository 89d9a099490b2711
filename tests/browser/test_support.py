"""A person asks, staff answer, the person reads; two people break the glass and it is told."""

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Site, Visits, sign_in
from tests.browser.fill import TOTP_KEY
from tests.browser.test_accessibility import TAGS, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WORDS = "Kunci loker 417 hilang di lantai lima."


def staff(visit: Visits, name: str, path: str) -> Page:
    """Somebody of the staff, second factor passed, on a page of theirs."""
    page = visit()
    page.goto(path)
    sign_in(page, name)
    page.get_by_label("Code").fill(f"{totp(bytes.fromhex(TOTP_KEY)):06d}")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{path}")
    return page


def judge_here(page: Page) -> None:
    """Every rule of axe on the page as it stands, wide and narrow, light and dark."""
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        assert faults(page, {"type": "tag", "values": TAGS}) == [], page.url
        page.emulate_media(color_scheme="dark")
        colours = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
        assert faults(page, colours) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def test_asking_answering_and_breaking_the_glass(site: Site, visit: Visits) -> None:
    alice = visit("alice")
    alice.goto("/support")
    judge_here(alice)
    alice.get_by_role("link", name="Ask a question").first.click()
    judge_here(alice)
    alice.get_by_label("What is it about?").select_option("booking")
    alice.get_by_label("Your question").fill(WORDS)
    alice.get_by_label("How shall we answer?").select_option("web")
    alice.get_by_role("button", name="Send").click()
    alice.wait_for_url("**/support/*-*")
    number = alice.get_by_role("heading", level=1).inner_text().split()[-1]
    judge_here(alice)

    gita = staff(visit, "gita", "/staff/support")
    judge_here(gita)
    gita.get_by_role("link", name=f"#{number}").click()
    expect(gita.get_by_text(WORDS)).to_have_count(0)
    judge_here(gita)
    gita.get_by_role("button", name="Take it").click()
    expect(gita.get_by_text(WORDS)).to_be_visible()
    gita.get_by_role("textbox", name="Answer").fill("Kunci cadangan ada di resepsionis.")
    gita.get_by_role("button", name="Answer", exact=True).click()
    expect(gita.get_by_text("Kunci cadangan ada di resepsionis.")).to_be_visible()
    judge_here(gita)
    gita.goto("/staff/support/call")
    judge_here(gita)

    alice.reload()
    expect(alice.get_by_text("Kunci cadangan ada di resepsionis.")).to_be_visible()
    expect(alice.get_by_text("Gita takes care of it.")).to_be_visible()

    made = staff(visit, "made", "/staff/support")
    made.get_by_role("link", name=f"#{number}").click()
    expect(made.get_by_text("Only Gita and the person can read it")).to_be_visible()
    made.get_by_text("Open by force").click()
    judge_here(made)
    made.get_by_label("Ground").select_option("emergency")
    made.get_by_label("What happened, in one sentence").fill("Penyewa terkunci di lantai lima.")
    made.get_by_role("button", name="Ask for a second person").click()
    expect(made.get_by_text("A second person approves")).to_be_visible()
    judge_here(made)

    hadi = staff(visit, "hadi", "/staff/support/openings")
    expect(hadi.get_by_text("Penyewa terkunci di lantai lima.")).to_be_visible()
    judge_here(hadi)
    hadi.get_by_role("button", name=f"Allow for 30 minutes {number}").click()
    expect(hadi.get_by_text("Everything stays sealed")).to_be_visible()

    made.reload()
    made.get_by_role("link", name="Read", exact=True).click()
    expect(made.get_by_text(WORDS)).to_be_visible()
    judge_here(made)

    alice.reload()
    told = alice.get_by_text("Opened by Made, approved by Hadi. Ground: An emergency.")
    expect(told).to_be_visible()
    expect(alice.get_by_text("Penyewa terkunci di lantai lima.")).to_be_visible()
    judge_here(alice)


def test_a_visitor_asks_without_scripts(site: Site, visit: Visits) -> None:
    page = visit(language="id", java_script_enabled=False)
    page.goto("/support/new")
    page.get_by_label("Nama Anda").fill("Yohanes Rumbiak")
    page.get_by_label("Alamat surel").fill("yohanes@tamu.test")
    page.get_by_label("Pertanyaan Anda").fill("Apakah ruang dapat dipesan hari Minggu?")
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pertanyaan Anda kami terima")
