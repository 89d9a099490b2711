"""A payment card number is refused wherever it is typed, and never stored (promise P32)."""

from importlib import import_module

import pytest
from django import forms
from django.apps import apps
from django.db import connection
from django.test import Client
from rest_framework import serializers

from accounts.models import Organisation
from accounts.serializers import StrictSerializer
from frontend.forms.account_base import PageForm
from privacy.cards import card_mask, card_numbers, card_refuse
from tests.cast import Cast, at

pytestmark = [pytest.mark.promise("P32"), pytest.mark.usefixtures("plain_static")]

#: The networks' published test numbers.
CARDS = (
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "4242.4242.4242.4242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "30569309025904",
    "3530111333300000",
    "6011111111111117",
    "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
)
NOT_CARDS = (
    "4242424242424241",  # the check digit is wrong
    "+6281234567890",
    "0812 3456 7890",
    "2026-11-25 14:00 – 2026-11-25 15:00",
    "1234567890123",
    "01987f2a-4242-4242-8242-424242424242",
    "3171012345678901",  # an identity number of Jakarta
)


@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_is_found_in_any_writing(number: str) -> None:
    assert len(card_numbers(f"Bayar pakai {number}, terima kasih")) == 1


@pytest.mark.parametrize("text", NOT_CARDS)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert card_numbers(text) == []


def test_what_cannot_be_handed_back_keeps_the_last_four_digits_only() -> None:
    text = "dari 4242 4242 4242 4242 ke 5555555555554444 ya"
    assert card_mask(text) == "dari •••• 4242 ke •••• 4444 ya"
    assert card_mask("nomor 4242424242424241") == "nomor 4242424242424241"


def _ours(base: type) -> set[type]:
    """Every class of ours below `base`, of pages and API alike."""
    import_module("config.urls")
    found = {child for sub in base.__subclasses__() for child in (sub, *_ours(sub))}
    roots = {config.name for config in apps.get_app_configs()} | {"config"}
    return {child for child in found if child.__module__.partition(".")[0] in roots}


def test_every_form_of_a_page_and_every_body_of_the_api_stands_on_the_guarding_base() -> None:
    pages = {form for form in _ours(forms.Form) if ".forms." in form.__module__}
    bodies = {kind for kind in _ours(serializers.Serializer) if kind.__name__.endswith("In")}
    assert len(pages) > 15
    assert len(bodies) > 5
    assert {form for form in pages if not issubclass(form, PageForm)} == set()
    assert {kind for kind in bodies if not issubclass(kind, StrictSerializer)} == set()


def test_every_text_of_every_body_refuses(db: None) -> None:
    for kind in _ours(StrictSerializer):
        for name, field in kind().fields.items():
            if isinstance(field, serializers.CharField):
                assert card_refuse in field.validators, f"{kind.__name__}.{name}"


def test_a_booking_with_a_card_in_its_title_is_refused_on_the_api(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    body = {
        "space": str(cast.room.id),
        "starts_at": at(10).isoformat(),
        "ends_at": at(11).isoformat(),
        "title": "Kartu 4242 4242 4242 4242",
    }
    refused = client.post("/api/v1/reservations", body, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"]["title"][0]["code"] == "card_number"
    taken = client.post(
        "/api/v1/reservations", {**body, "title": "Rapat"}, content_type="application/json"
    )
    assert taken.status_code == 201


def test_the_profile_keeps_what_was_typed_and_stores_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    form = {
        "full_name": "Alice",
        "phone": "",
        "institution": "4242 4242 4242 4242",
        "language": "id",
        "time_zone": "Asia/Jakarta",
    }
    answer = client.post("/account", form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "nomor kartu pembayaran" in page
    assert "4242 4242 4242 4242" in page
    assert stored_cards() == []


def test_the_scan_of_all_tables_finds_a_planted_card(cast: Cast) -> None:
    assert stored_cards() == []
    Organisation.objects.filter(id=cast.lontar.id).update(name="PT 4242424242424242")
    assert stored_cards() == ["accounts_organisation.name"]


def stored_cards() -> list[str]:
    """The text columns of the whole database in which a card number stands."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'jsonb', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
            if any(card_numbers(value) for (value,) in cursor.fetchall()):
                found.append(f"{table}.{column}")
    return found
