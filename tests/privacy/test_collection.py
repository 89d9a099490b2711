"""What forms collect: every value typed lies in a field that the map declares (P1 to P6).

Each form is sent with values that occur nowhere else. Then every column of every table is
searched, before and after, and so are sessions and the cache: a value may only be found
where the data map declares personal data, and it must be found.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.urls import reverse

from accounts.models import User
from privacy import datamap
from privacy.datamap import Personal
from tests.cast import Cast, at
from tests.frontend.conftest import browser
from tests.privacy.consenting import accepting

pytestmark = pytest.mark.django_db
#: The name of an organisation is the organisation's, which the map says in so many words.
NEUTRAL_NAMES = {"accounts.Organisation.name"}


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def cells() -> dict[tuple[str, str, str], str]:
    """(table, field, key) to what stands there, opened where it is sealed."""
    found = {}
    for entry in datamap.entries().values():
        model = apps.get_model(entry.model)
        if not model._meta.managed:
            continue
        for row in model._default_manager.all():
            for field in model._meta.local_concrete_fields:
                value = getattr(row, field.attname)
                found[entry.model, field.name, str(row.pk)] = _text(row, field, value)
    return found


def _text(row: Any, field: Any, value: Any) -> str:
    if isinstance(row, Session) and field.name == "session_data":
        return json.dumps(row.get_decoded(), default=str)
    return value if isinstance(value, str) else json.dumps(value, default=str)


def cached() -> str:
    """Everything in the cache of this process."""
    return str(list(getattr(caches["default"], "_cache", {}).items()))


def collected(before: dict[tuple[str, str, str], str], typed: dict[str, str]) -> set[str]:
    """Where the typed values lie now and did not lie before; each lies somewhere, and lawfully."""
    news = {key: text for key, text in cells().items() if before.get(key) != text}
    for model, name, _key in news:
        assert name in datamap.entries()[model.lower()].fields
    places: set[str] = set()
    for label, value in typed.items():
        mine = {f"{m}.{name}" for (m, name, _key), text in news.items() if value in text}
        assert mine, f"{label} was typed and is found nowhere"
        places |= mine
        assert value not in cached()
    for place in places - NEUTRAL_NAMES:
        model, _dot, name = place.rpartition(".")
        declared = datamap.entries()[model.lower()].fields[name]
        assert isinstance(declared, Personal), f"{place} holds what was typed"
        assert declared.purposes
        assert declared.retention in datamap.RETENTIONS
    return places


@pytest.mark.promise("P1")
def test_registration(db: None) -> None:
    typed = {"name": "Zqname Lestari", "email": "zqmail@lontar.test", "phone": "81299887766"}
    before = cells()
    form = {
        "full_name": typed["name"], "email": typed["email"], "phone": f"+62{typed['phone']}",
        "password": "a long sentence is fine", **accepting(),
    }  # fmt: skip
    assert browser().post("/register", form).status_code == 302

    assert collected(before, typed) >= {
        "accounts.User.full_name", "accounts.User.email", "accounts.User.phone",
    }  # fmt: skip
    user = User.objects.get(full_name=typed["name"])
    assert "a long sentence" not in str(cells())
    assert user.email == typed["email"]


@pytest.mark.promise("P6")
def test_profile(cast: Cast) -> None:
    typed = {"name": "Zqname Baru", "phone": "81299887755", "institution": "Zqinstitusi"}
    before = cells()
    form = {
        "full_name": typed["name"], "phone": f"+62{typed['phone']}",
        "institution": typed["institution"], "language": "en", "time_zone": "Asia/Makassar",
        "version": "1",
    }  # fmt: skip
    assert browser(cast.bob).post("/account", form).status_code == 302

    assert collected(before, typed) == {
        "accounts.User.full_name", "accounts.User.phone", "accounts.User.institution",
    }  # fmt: skip


@pytest.mark.promise("P2")
@pytest.mark.promise("P11")
def test_booking_with_guests(cast: Cast) -> None:
    typed = {"title": "Zqtitle rapat", "guest": "zqguest@tamu.test"}
    before = cells()
    form = {
        "space": cast.room.slug, "day": at(10).date().isoformat(), "from": "10:00",
        "to": "11:00", "act": "book", "title": typed["title"], "guests": typed["guest"],
    }  # fmt: skip
    assert browser(cast.alice).post("/book", form).status_code in {200, 302}

    assert collected(before, typed) == {"reservations.Reservation.title", "privacy.Contact.email"}


@pytest.mark.promise("P2")
def test_walk_in(cast: Cast) -> None:
    from tests.admin.test_back_office import enter  # noqa: PLC0415 - the second factor's browser

    typed = {"name": "Zqtamu Ratna", "phone": "81299887744"}
    before = cells()
    form = {
        "minutes": "60", "language": "id", "space": cast.room.slug, "name": typed["name"],
        "phone": f"+62{typed['phone']}",
    }  # fmt: skip
    url = reverse("frontend:desk-walk-in", args=[cast.place.slug])
    assert enter(cast.dewi).post(url, form).status_code == 302

    assert collected(before, typed) == {"privacy.Contact.name", "privacy.Contact.phone"}


@pytest.mark.promise("P3")
def test_organisation_and_invitation(cast: Cast) -> None:
    typed = {"company": "Zqperusahaan Jaya", "invited": "zqinvited@lontar.test"}
    before = cells()
    client = browser(cast.alice)
    made = {"name": typed["company"], **accepting()}
    assert client.post("/organisations", made).status_code == 302
    page = reverse("frontend:organisation-act", args=[cast.lontar.id, "invite"])
    assert client.post(page, {"email": typed["invited"], "role": "member"}).status_code == 302

    places = collected(before, typed)
    assert "accounts.Organisation.name" in places
    assert "accounts.Invitation.email" in places


def test_a_value_in_an_undeclared_place_would_be_noticed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were the name of a person neutral, the test above would fail."""
    entry = datamap.entries()["accounts.user"]
    monkeypatch.setitem(entry.fields, "full_name", datamap.NEUTRAL)  # type: ignore[arg-type]
    before = cells()
    User.objects.filter(id=cast.bob.id).update(full_name="Zqleak")

    with pytest.raises(AssertionError, match=r"accounts\.User\.full_name holds what was typed"):
        collected(before, {"name": "Zqleak"})
    with pytest.raises(AssertionError, match="found nowhere"):
        collected(before, {"name": "Zqnowhere"})
