"""No English on an Indonesian page, and no Indonesian on an English one."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from privacy.datamap import RETENTIONS
from privacy.words import EVENTS
from reservations.models import Amenity
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, space
from tests.frontend.conftest import browser

_ENGLISH = """
the and your you are is of for with this that will from have has been was were which
please select choose add delete save search close show until when where who how what
booking bookings room rooms nothing free taken every each other
"""
_INDONESIAN = """
dan yang untuk anda dengan atau ini itu tidak dari pada akan sudah belum adalah oleh
pilih hapus simpan cari tutup tampilkan reservasi kosong setiap lain bila agar
"""
_VOID = "area base br col embed hr img input link meta source track wbr"
#: Words without which hardly a sentence can be written, and that the other language lacks.
ENGLISH, INDONESIAN = frozenset(_ENGLISH.split()), frozenset(_INDONESIAN.split())
VOID = frozenset(_VOID.split())
SILENT = frozenset({"script", "style", "code", "pre"})
#: Names of zones are those of a database: "Europe/Isle of Man".
ZONE = re.compile(r"^[A-Z]\w+/")
#: Lists with a column for each language, for whoever writes both.
BILINGUAL = {"/admin/privacy/audit/"}
#: Not pages: files, answers to programs, and addresses that end a session or send elsewhere.
SKIPPED = re.compile(r"\.(ics|svg|json|csv|txt|xml)$|^/(api|static|media|metrics|healthz|readyz)")


class Words(HTMLParser):
    """What a person reads or hears on a page, without what is marked as another language."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.language = self.language or named.get("lang", "")
        foreign = named.get("lang", self.language) != self.language
        # A symbol of the back office is its name, set in a font of drawings.
        drawn = "material-symbols" in named.get("class", "")
        quiet = bool(self._open and self._open[-1][1]) or foreign or drawn or tag in SILENT
        if tag not in VOID:
            self._open.append((tag, quiet))
        if not quiet:
            spoken = ("aria-label", "title", "placeholder", "alt")
            self.found += [named[name] for name in spoken if name in named]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self._open and self._open[-1][1]):
            self.found.append(data.strip())


def strangers(page: str, language: str) -> list[str]:
    """Each text with a word of the wrong language."""
    wrong = ENGLISH if language == "id" else INDONESIAN
    texts = [text for text in Words(page).found if not ZONE.match(text)]
    return [text[:90] for text in texts if set(re.findall(r"[^\W\d]+", text.lower())) & wrong]


def routes(patterns: list[Any], before: str = "/") -> Iterator[str]:
    """Every address of the pages that needs no identifier."""
    for one in patterns:
        path = before + str(one.pattern)
        if "<" in path or "^" in path:
            continue
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            yield path


def pages() -> list[str]:
    """The plain addresses of the pages, each once."""
    found = [route for route in routes(get_resolver().url_patterns) if not SKIPPED.search(route)]
    return sorted({*found} - BILINGUAL)


def staff(user: User, language: str) -> Client:
    """A browser of somebody of the staff, past the second factor."""
    client = browser(user, language)
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def particular(cast: Cast) -> list[str]:
    """Pages of one thing."""
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    row = reservation_book(actor=cast.alice, wish=wish)
    room, place = cast.room.slug, cast.place.slug
    return [
        f"/spaces/{room}", f"/spaces/{room}/month", f"/locations/{place}",
        f"/reservations/{row.id}", f"/organisations/{cast.lontar.id}", "/find?people=5000",
        f"/book?space={room}&start={at(14):%Y-%m-%dT%H:%M}%2B00:00", f"/spaces/{room}x",
        f"/desk/{place}", f"/desk/{place}/walk-in", f"/desk/{place}/closures",
        f"/manage/locations/{place}", f"/manage/spaces/{room}", "/admin/reservations/space/",
        f"/manage/rates/{cast.room.rate_plan_id}",
        f"/admin/reservations/reservation/{row.id}/change/",
        "/admin/accounts/user/", f"/admin/billing/rateplan/{cast.room.rate_plan_id}/change/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_speaks_one_language(cast: Cast, language: str) -> None:
    Amenity.objects.create(code="screen", name_id="Layar", name_en="Screen", icon="monitor")
    space(cast.place, "Cendana", amenities=["screen"])
    addresses = [*pages(), *particular(cast)]
    assert len(addresses) > 60
    wrong: dict[str, list[str]] = {}
    seen = 0
    for client in (
        browser(language=language),
        browser(cast.alice, language),
        staff(cast.root, language),
    ):
        for address in addresses:
            answer = client.get(address)
            if answer.status_code == 302 or "html" not in answer.get("Content-Type", ""):
                continue
            seen += 1
            if found := strangers(answer.content.decode(), language):
                wrong.setdefault(address, found[:6])
    assert wrong == {}
    assert seen > 100


def test_a_stranger_would_be_seen() -> None:
    page = '<html lang="id"><p>Simpan</p><img alt="The plan"><p lang="en">the other</p></html>'
    assert strangers(page, "id") == ["The plan"]
    assert strangers(page, "en") == ["Simpan"]


def test_every_retention_has_its_words() -> None:
    assert set(EVENTS) == set(RETENTIONS)
