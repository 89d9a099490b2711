"""A real browser keeps what the cookie page lists and nothing else, whatever was answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from frontend.outside import SITES
from privacy.cookies import Choices, Kind, Place, declared
from tests.browser.conftest import FLAGS, Site, Visits, chromium_path, sign_in
from tests.browser.crawl import Seen, Walk, routes_without_parameters
from tests.browser.test_mouse import BOOKED, book_button, said

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
]
GPC = {"Sec-GPC": "1"}
QUESTION = "May we record which pages you open?"
INSIGHT = Choices(frozenset({"insight"}), decided=True)
#: Refusals that a walk meets on its way: forms opened by address, pages of others.
REFUSALS = {400, 403, 404, 405, 422}


def crawl(visit: Visits, page: Page, choices: Choices, *, scripts: bool = True) -> Seen:
    """Every page of the person in this browser."""
    visit.watch.refusals |= REFUSALS
    site = visit.site
    room = site.rooms["Jati"]
    seeds = [*routes_without_parameters(), site.sheet("Jati", 40), f"/spaces/{room}"]
    seen = Walk(page.context, site.url, choices).walk(page, seeds, scripts=scripts)
    assert unregistered(seen) == []
    return seen


def unregistered(seen: Seen) -> list[str]:
    """Ways to other sites that the register does not know, or that tell where one came from."""
    known = {
        f"{site.url} external noopener noreferrer nofollow no-referrer" for site in SITES.values()
    }
    return sorted(seen.outside - known)


def names(seen: Seen) -> set[str]:
    """The names of the cookies that were seen."""
    return {name for place, name in seen.kept if place == Place.COOKIE}


# --- Visitors ----------------------------------------------------------------------------

#: What would tell that somebody was here.
TRACES = (
    "privacy_subject",
    "privacy_contact",
    "privacy_consentrecord",
    "privacy_activityentry",
    "privacy_preferenceprofile",
    "accounts_user",
    "django_session",
)
VISITORS_PAGES = {"", "find", "book", "sign-in", "register", "privacy", "privacy/cookies"}


@pytest.mark.promise("P9")
@pytest.mark.promise("P16")
@pytest.mark.promise("P20")
@pytest.mark.promise("P21")
@pytest.mark.promise("P22")
@pytest.mark.promise("P24")
@pytest.mark.promise("P64")
@pytest.mark.parametrize("how", ["before", "refused", "gpc", "dnt", "without_scripts"])
def test_a_visitor_keeps_only_what_is_necessary(visit: Visits, how: str) -> None:
    headers = {"gpc": GPC, "dnt": {"DNT": "1"}}.get(how)
    scripts = how != "without_scripts"
    page = visit(extra_http_headers=headers, java_script_enabled=scripts)
    if how == "refused":
        page.goto("/privacy/cookies")
        page.get_by_role("button", name="Never ask in this browser").click()
    before = {table: visit.site.count(table) for table in TRACES}
    assert before["privacy_subject"] > 10
    seen = crawl(visit, page, Choices(), scripts=scripts)

    assert {table: visit.site.count(table) for table in TRACES} == before
    assert seen.routes >= VISITORS_PAGES
    assert seen.wrong == set()
    expected = {"csrftoken", "ruang_language"} | ({"ruang_choices"} if how == "refused" else set())
    assert names(seen) - {"messages"} == expected
    assert page.get_by_text(QUESTION).count() == 0


# --- People ------------------------------------------------------------------------------

PERSONS_PAGES = VISITORS_PAGES - {"sign-in", "register"} | {
    "reservations",
    "reservations/<uuid:reservation_id>",
    "calendar",
    "account",
    "account/security",
    "organisations",
    "organisations/<uuid:organisation_id>",
    "privacy/activity",
    "privacy/preferences",
}


def enter(visit: Visits, name: str, days: int, **options: object) -> Page:
    """A page of somebody who has just booked a room."""
    page = visit(name, **options)
    page.goto(visit.site.sheet("Kenari", days))
    book_button(page).click()
    said(page, BOOKED)
    return page


def nothing(_page: Page) -> None:
    """The question is left standing."""


def refuse(page: Page) -> None:
    page.goto("/find")
    page.get_by_role("button", name="No, do not record").click()
    expect(page.get_by_text(QUESTION)).to_have_count(0)


def accept(page: Page) -> None:
    page.goto("/find")
    page.get_by_role("button", name="Yes, record").click()
    expect(page.get_by_text(QUESTION)).to_have_count(0)


WAYS: list[tuple[str, Callable[[Page], None], Choices, dict[str, object]]] = [
    ("ayu", nothing, Choices(), {}),
    ("budi", refuse, Choices(), {}),
    ("citra", accept, INSIGHT, {}),
    ("dian", nothing, Choices(), {"extra_http_headers": GPC}),
    ("endah", accept, INSIGHT, {"java_script_enabled": False}),
]


@pytest.mark.promise("P16")
@pytest.mark.promise("P20")
@pytest.mark.promise("P21")
@pytest.mark.parametrize(("name", "act", "choices", "options"), WAYS)
def test_a_person_keeps_what_was_allowed(
    visit: Visits,
    name: str,
    act: Callable[[Page], None],
    choices: Choices,
    options: dict[str, object],
) -> None:
    page = enter(visit, name, 41 + [way[0] for way in WAYS].index(name), **options)
    act(page)
    seen = crawl(visit, page, choices, scripts="java_script_enabled" not in options)

    assert seen.routes >= PERSONS_PAGES
    assert seen.wrong == set()
    assert ("ruang_visit" in names(seen)) is choices.allows(Kind.INSIGHT)
    assert {"sessionid", "csrftoken", "ruang_device"} <= names(seen)


@pytest.mark.promise("P18")
def test_booking_works_after_a_refusal(visit: Visits) -> None:
    page = visit()
    page.goto("/privacy/cookies")
    page.get_by_role("button", name="Never ask in this browser").click()
    said(page, "Saved: necessary cookies only.")
    page.goto(visit.site.sheet("Kenari", 50))
    page.locator("#sheet").get_by_role("link", name="Sign in to book").click()
    sign_in(page, "fitri")
    book_button(page).click()
    said(page, BOOKED)
    page.goto("/reservations")
    expect(page.get_by_role("main")).to_contain_text("Kenari")
    assert page.get_by_text(QUESTION).count() == 0
    assert {cookie["name"] for cookie in page.context.cookies()} == {
        "csrftoken",
        "ruang_choices",
        "ruang_device",
        "ruang_language",
        "sessionid",
    }


# --- The list, both ways -----------------------------------------------------------------


@pytest.mark.promise("P17")
def test_observed_is_listed(site: Site, visit: Visits) -> None:
    page = visit(language="", locale="id-ID")
    walk = Walk(page.context, site.url, INSIGHT)
    page.goto("/find")
    page.get_by_role("button", name="English").click()
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    page.goto("/sign-in")
    sign_in(page, "galih")
    page.get_by_role("button", name="Yes, record").click()
    page.goto(f"/find?date={site.day(51)}")
    page.locator("#board").get_by_role("link", name="Jati, ").first.click()
    page.wait_for_url("**/book?**")
    walk.look(page)
    page.goto("/account")
    walk.look(page)
    kept = walk.seen.kept | back_office(visit)

    assert walk.seen.wrong == set()
    assert kept == set(declared())


def back_office(visit: Visits) -> set[tuple[Place, str]]:
    """What the back office keeps in the browser of staff."""
    page = visit()
    session = {"name": "sessionid", "value": visit.site.staff_session, "url": visit.site.url}
    page.context.add_cookies([session])  # type: ignore[list-item]
    walk = Walk(page.context, visit.site.url, Choices())
    for address in ("/admin/", "/admin/reservations/space/", "/manage", "/desk"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        walk.look(page)
    page.goto("/admin/")
    page.locator(r'[x-on\:click*="sidebarDesktopOpen"]').first.click()
    walk.look(page)
    assert walk.seen.wrong == set()
    return walk.seen.kept


def test_what_nobody_declared_is_noticed(site: Site, visit: Visits) -> None:
    """The control: the walk sees a cookie, storage, a database and a foreign request."""
    page = visit()
    walk = Walk(page.context, site.url, Choices())
    page.goto("/find")
    walk.look(page)
    assert walk.seen.wrong == set()

    planted = {"name": "planted", "value": "1", "url": site.url}
    allowed = {"name": "ruang_visit", "value": "1", "url": site.url}
    page.context.add_cookies([planted, allowed])  # type: ignore[list-item]
    page.evaluate(
        """() => {
            localStorage.setItem("left", "1");
            sessionStorage.setItem("kept", "1");
            return new Promise((done) => { indexedDB.open("hoard").onsuccess = done; });
        }"""
    )
    walk.look(page)
    assert walk.seen.wrong == {
        "cookie planted is not declared, on /find",
        "cookie ruang_visit was not allowed, on /find",
        "localStorage left is not declared, on /find",
        "sessionStorage kept is not declared, on /find",
        f"hoard on {site.url}/find",
    }
    # The server takes back what it never allowed, and leaves alone what is not its own.
    page.goto("/find")
    assert {"planted"} == {c["name"] for c in page.context.cookies()} & {"planted", "ruang_visit"}

    walk.links(page)
    assert unregistered(walk.seen) == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<a href=https://x.test>x</a>')")
    walk.links(page)
    assert unregistered(walk.seen) == ["https://x.test  "]

    page.goto("data:text/html,<img src='http://127.0.0.1:9/pixel.gif'>")
    assert [one for one in visit.watch.strange if "pixel.gif" in one]
    visit.watch.strange.clear()


# --- The end of the browser --------------------------------------------------------------


@pytest.mark.promise("P15")
@pytest.mark.parametrize("stay", [False, True])
def test_a_session_ends_with_the_browser_unless_asked(
    site: Site, chromium: Browser, tmp_path: Path, stay: bool
) -> None:
    context = started(site, chromium, tmp_path)
    page = context.new_page()
    page.goto("/privacy/cookies")
    page.get_by_role("button", name="English").click()
    page.goto("/sign-in?next=/account")
    if stay:
        page.get_by_label("Stay signed in").check()
    sign_in(page, "nadia")
    page.wait_for_url("**/account")
    before = {cookie["name"] for cookie in context.cookies()}
    assert {"sessionid", "csrftoken", "ruang_language", "ruang_device"} <= before
    context.close()

    context = started(site, chromium, tmp_path)
    after = {cookie["name"] for cookie in context.cookies()}
    lasting = {"ruang_device", "ruang_language"} | ({"sessionid"} if stay else set())
    assert after == lasting
    page = context.new_page()
    page.goto("/account")
    assert page.url.endswith("/account" if stay else "/sign-in?next=/account")
    # A lasting cookie can be deleted, and is gone for good.
    context.clear_cookies()
    page.goto("/account")
    assert page.url.endswith("/sign-in?next=/account")
    context.close()


def started(site: Site, chromium: Browser, profile: Path) -> BrowserContext:
    """A browser with a profile on disk, as people have one."""
    return chromium.browser_type.launch_persistent_context(
        profile,
        executable_path=chromium_path(),
        args=FLAGS,
        base_url=site.url,
        locale="id-ID",
    )
