"""The one entry behind which the pages of staff stand."""

from collections.abc import Callable

import pytest
from django.test import Client

from frontend.staff_pages import PAGES, address
from tests.cast import Cast
from tests.frontend.pages import Outline

Enter = Callable[..., Client]
SEEN = {
    "dewi": {"frontend:support", "admin:index"},
    "gita": {
        "frontend:staff-support", "frontend:tenants", "frontend:announcements",
        "frontend:support", "admin:index",
    },
    "hadi": {
        "frontend:staff-openings", "frontend:announcements", "frontend:policies",
        "frontend:processors", "frontend:safety", "frontend:staff-record",
        "frontend:support", "admin:index",
    },
    "root": {page.route for page in PAGES},
}  # fmt: skip


@pytest.mark.parametrize("who", sorted(SEEN))
def test_each_role_sees_its_pages_and_can_open_them(cast: Cast, enter: Enter, who: str) -> None:
    client = enter(getattr(cast, who))
    page = client.get("/staff").content.decode()
    assert Outline(page).wrong("en") == []
    main = page.split("<main")[1].split("</main")[0]
    shown = {each.route for each in PAGES if f'href="{address(each.route)}"' in main}
    assert shown == {route for route in SEEN[who] if address(route)}
    for route in shown:
        assert client.get(address(route)).status_code == 200


def test_others_are_kept_out(cast: Cast, enter: Enter) -> None:
    assert enter(cast.alice).get("/staff").status_code == 404
    assert Client().get("/staff")["Location"].startswith("/sign-in")
    asked = enter(cast.hadi, second_factor=False).get("/staff")
    assert asked["Location"].startswith("/two-step")
    assert enter(cast.hadi).post("/staff").status_code == 405


def test_the_navigation_stays_short_and_marks_where_one_is(cast: Cast, enter: Enter) -> None:
    for who in ("alice", "dewi", "eka", "gita", "hadi", "root"):
        page = enter(getattr(cast, who)).get("/").content.decode()
        bar = page.split('<nav class="tabbar"')[1].split("</nav>")[0]
        assert 4 <= bar.count("<a ") <= 6, who
    page = enter(cast.root).get("/staff/processors").content.decode()
    bar = page.split('<nav class="tabbar"')[1].split("</nav>")[0]
    assert '<a href="/staff" aria-current="page">' in bar
    assert "/staff" not in enter(cast.alice).get("/").content.decode()
