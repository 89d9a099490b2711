"""The pages by who may see them, for tests that look at every one."""

import uuid

from tests.browser.conftest import Site


def everybodys(site: Site) -> list[str]:
    """Pages without an account."""
    room = site.rooms["Jati"]
    signing = ["/sign-in", "/register", "/register/sent", "/password"]
    places = ["/locations/kebon-sirih", f"/spaces/{room}", f"/spaces/{room}/month"]
    finding = ["/", "/find", site.sheet("Jati", 16), "/find?people=5000", f"/spaces/{uuid.uuid4()}"]
    privacy = ["/privacy/cookies", "/leave/gpc"]
    return [*finding, *signing, *places, *privacy]


def members(site: Site) -> list[str]:
    """Pages of a member of an organisation."""
    finding = ["/", "/find?where=all", "/find?where=all&view=list", site.sheet("Jati", 16)]
    booked = ["/reservations", "/reservations?when=past", f"/reservations/{site.past}"]
    own = ["/calendar", "/account", "/account/security", "/organisations"]
    privacy = ["/privacy/cookies", "/privacy/activity", "/privacy/preferences"]
    return [*finding, *booked, *own, *privacy, f"/organisations/{site.organisation}"]


def staffs(site: Site) -> list[str]:
    """Pages of the front desk and of those who manage places, spaces and prices."""
    desk = "/desk/kebon-sirih"
    room = site.rooms["Jati"]
    at_desk = ["/desk", desk, f"{desk}/walk-in", f"{desk}/closures"]
    places = ["/manage", "/manage/locations/new", "/manage/locations/kebon-sirih"]
    spaces = ["/manage/spaces", f"/manage/spaces/{room}", "/manage/locations/renon/spaces/new"]
    return [*at_desk, *places, *spaces, "/manage/rates"]
