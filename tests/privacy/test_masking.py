"""What each role may see, read from the map."""

import pytest
from django.utils import translation

from privacy.masking import mask, masked, may_see, not_shown, role_that_sees, visible_fields

USER = "accounts.User"


def test_a_role_sees_what_the_map_opens_to_it_and_what_is_neutral() -> None:
    seen = visible_fields(["front_desk"], USER)

    assert {"full_name", "phone", "id"} <= seen
    assert not {"password", "date_joined", "last_login"} & seen


def test_without_a_role_only_neutral_fields_are_seen() -> None:
    assert visible_fields([], USER) == visible_fields([], USER.lower())
    assert "id" in visible_fields([], USER)
    assert "full_name" not in visible_fields([], USER)


def test_an_administrator_sees_no_more_than_the_map_names() -> None:
    assert "password" not in visible_fields(["administrator"], USER)
    assert "title" not in visible_fields(["administrator"], "reservations.Reservation")
    assert "title" in visible_fields(["front_desk"], "reservations.Reservation")


def test_two_roles_see_what_each_of_them_sees() -> None:
    desk, clerk = (
        visible_fields([r], "reservations.Reservation") for r in ("front_desk", "billing_clerk")
    )

    assert desk != clerk
    assert (
        visible_fields(["front_desk", "billing_clerk"], "reservations.Reservation") == desk | clerk
    )


def test_an_unknown_table_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        visible_fields(["front_desk"], "accounts.Nobody")


@pytest.mark.parametrize(
    ("language", "words"),
    [("id", "Tidak ditampilkan untuk peran Anda"), ("en", "Not shown to your role")],
)
def test_a_hidden_field_says_so_in_the_readers_language(language: str, words: str) -> None:
    with translation.override(language):
        assert mask(["front_desk"], USER, "full_name", "Bob") == "Bob"
        assert mask(["billing_clerk"], USER, "password", "secret") == words == not_shown()


def test_the_api_shows_null_for_a_hidden_field() -> None:
    row = {"id": 1, "full_name": "Bob", "password": "secret"}

    assert masked(["front_desk"], USER, row) == {"id": 1, "full_name": "Bob", "password": None}


def test_the_log_names_the_role_that_opens_most() -> None:
    held = ["administrator", "front_desk"]

    assert role_that_sees(held, "reservations.Reservation", ["title"]) == "front_desk"
    assert role_that_sees(held, USER, ["roles"]) == "administrator"
    assert role_that_sees([], USER, ["full_name"]) == ""
    assert may_see(held, USER, "roles")
