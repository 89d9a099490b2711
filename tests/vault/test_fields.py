"""Sealed fields: what the database holds, who can read it, and what opens it no more."""

import pickle
from typing import Any

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import translation

from privacy.fields import ERASED, Sealed, is_erased, seal_people
from privacy.models import Subject
from privacy.vault import keys
from privacy.vault.errors import PersonErased, SealBroken, VaultUnavailable
from privacy.vault.models import SubjectKey
from privacy.vault.ring import key_destroy, ring, unit_of_work

VALUES = {
    "email": "Ani.Wijaya@Contoh.test",
    "phone": "+6281234567890",
    "answers": {"diet": "vegetaris", "n": [1, 2]},
    "note": "Datang lewat belakang ✓",
}


def raw(card: Any, row: Any, name: str) -> bytes:
    """The bytes in the column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM reservations_card WHERE id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


def write(card: Any, row: Any, name: str, content: bytes) -> None:
    """Change the column behind the field's back."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE reservations_card SET {name} = %s WHERE id = %s", [content, row.pk])


def test_what_was_sealed_is_read_again_and_is_not_in_the_table(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)

    found = card.objects.get(pk=row.pk)
    assert {name: getattr(found, name) for name in VALUES} == VALUES
    stored = b"".join(raw(card, row, name) for name in VALUES)
    assert len(stored) > 150
    for plain in (b"ani", b"Ani", b"contoh", b"6281234567890", b"vegetaris", b"belakang"):
        assert plain not in stored


def test_the_same_value_never_has_the_same_ciphertext(card: Any, ani: Subject) -> None:
    one = card.objects.create(subject=ani, phone="+62811")
    two = card.objects.create(subject=ani, phone="+62811")

    assert raw(card, one, "phone") != raw(card, two, "phone")


def test_an_empty_value_needs_no_key(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani)
    card.objects.filter(pk=row.pk).update(phone="")

    found = card.objects.get(phone="", email="")
    assert (found.email, found.phone, found.note) == ("", "", None)
    assert raw(card, row, "phone") == b""
    found = card.objects.defer("answers").get(pk=row.pk)
    assert found.answers == {}


def test_a_row_saved_unread_keeps_its_bytes(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    before = {name: raw(card, row, name) for name in VALUES}

    found = card.objects.get(pk=row.pk)
    found.shade = "blue"
    assert found.email == VALUES["email"]
    ring().forget()
    found.save()
    assert {name: raw(card, row, name) for name in VALUES} == before
    found.phone = "+62899"
    found.save(update_fields=["phone"])
    assert card.objects.get(pk=row.pk).phone == "+62899"


def test_a_change_within_a_json_value_is_saved(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, answers={"a": 1})

    found = card.objects.get(pk=row.pk)
    found.answers["b"] = 2
    found.save()

    assert card.objects.get(pk=row.pk).answers == {"a": 1, "b": 2}


def test_deferred_and_refreshed_values_are_read(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)

    lean = card.objects.only("shade").get(pk=row.pk)
    assert lean.phone == VALUES["phone"]
    row.refresh_from_db()
    assert row.answers == VALUES["answers"]


def test_a_look_up_by_address_knows_no_case(card: Any, ani: Subject, budi: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    card.objects.create(subject=budi, email="budi@contoh.test")

    for typed in ("ani.wijaya@contoh.test", " ANI.WIJAYA@CONTOH.TEST ", VALUES["email"]):
        assert [card.objects.get(email=typed)] == [row]
        assert list(card.objects.filter(email__iexact=typed)) == [row]
        assert list(card.objects.filter(email__in=[typed, "none@contoh.test"])) == [row]
    assert not card.objects.filter(email="ani.wijaya@contoh.tes").exists()
    assert card.objects.exclude(email="ani.wijaya@contoh.test").count() == 1


def test_no_look_up_sends_the_plain_value(
    card: Any, ani: Subject, django_assert_num_queries: Any
) -> None:
    card.objects.create(subject=ani, **VALUES)

    with django_assert_num_queries(2) as seen:
        card.objects.get(email=VALUES["email"])
        card.objects.filter(email__in=[VALUES["email"]]).first()
    assert "contoh" not in str(seen.captured_queries).lower()


@pytest.mark.parametrize(
    "asked",
    [{"phone": "+62811"}, {"email__contains": "ani"}, {"note__gt": "a"}, {"email__in": "ani"},
     {"answers": {"a": 1}}],
)  # fmt: skip
def test_a_look_up_that_cannot_be_answered_says_so(card: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="sealed"):
        card.objects.filter(**asked).exists()


def test_one_address_is_held_once(card: Any, ani: Subject, budi: Subject) -> None:
    card.objects.create(subject=ani, email="ani@contoh.test")

    with pytest.raises(IntegrityError, match="card_email"), transaction.atomic():
        card.objects.create(subject=budi, email="ANI@contoh.test")
    card.objects.create(subject=budi)
    card.objects.create(subject=budi)


def test_only_a_row_can_seal(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani)

    with pytest.raises(TypeError, match="sealed"), transaction.atomic():
        card.objects.filter(pk=row.pk).update(phone="+62811")
    row.phone = "+62811"
    with pytest.raises(TypeError, match="sealed"), transaction.atomic():
        card.objects.bulk_update([row], ["phone"])
    assert raw(card, row, "phone") == b""


def test_a_value_without_its_row_cannot_be_shown(card: Any, ani: Subject) -> None:
    card.objects.create(subject=ani, **VALUES)

    [value] = card.objects.values_list("phone", flat=True)
    assert repr(value) == "<sealed>"
    with pytest.raises(TypeError, match="from its row"):
        str(value)


def test_forms_still_check_what_is_typed(card: Any, ani: Subject) -> None:
    with pytest.raises(ValidationError) as caught:
        card(subject=ani, email="no address", phone="0" * 33, answers=[1], note="x").full_clean()
    assert set(caught.value.message_dict) == {"email", "phone"}


# --- What does not fit, does not open ----------------------------------------------------
def flipped(content: bytes, place: int) -> bytes:
    """With one bit changed."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize("place", [0, 31, 32, 33, 34, 35, 46, 47, -1])
def test_a_changed_bit_is_refused_and_nothing_is_changed(
    card: Any, ani: Subject, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    stored = raw(card, row, "email")
    write(card, row, "email", flipped(stored, place % len(stored)))

    found = card.objects.get(pk=row.pk)
    with pytest.raises(SealBroken) as caught:
        str(found.email)
    assert (caught.value.status, caught.value.code) == (409, "seal_broken")
    assert found.phone == VALUES["phone"]
    assert raw(card, row, "email") == flipped(stored, place % len(stored))
    [record] = [entry for entry in caplog.records if entry.levelname == "CRITICAL"]
    assert str(ani.id) in record.getMessage()
    assert "contoh" not in caplog.text.lower()


@pytest.mark.parametrize("content", [b"x", b"\x01" * 20, b"\x02" * 80, bytes(200)])
def test_rubbish_is_refused(card: Any, ani: Subject, content: bytes) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    write(card, row, "phone", content)
    write(card, row, "email", content)

    found = card.objects.get(pk=row.pk)
    for name in ("phone", "email"):
        with pytest.raises(SealBroken):
            getattr(found, name)


def test_a_value_moved_to_another_row_is_refused(card: Any, ani: Subject) -> None:
    one = card.objects.create(subject=ani, phone="+62811")
    two = card.objects.create(subject=ani, phone="+62822")
    write(card, two, "phone", raw(card, one, "phone"))

    assert card.objects.get(pk=one.pk).phone == "+62811"
    with pytest.raises(SealBroken):
        str(card.objects.get(pk=two.pk).phone)


def test_a_value_moved_to_another_field_is_refused(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, phone="+62811", note="n")
    write(card, row, "note", raw(card, row, "phone"))

    with pytest.raises(SealBroken):
        str(card.objects.get(pk=row.pk).note)


def test_a_row_given_to_another_person_is_refused(card: Any, ani: Subject, budi: Subject) -> None:
    row = card.objects.create(subject=ani, phone="+62811")
    card.objects.create(subject=budi, phone="+62822")
    card.objects.filter(pk=row.pk).update(subject=budi)

    with pytest.raises(SealBroken):
        str(card.objects.get(pk=row.pk).phone)


def test_a_wrapped_key_moved_to_another_person_opens_nothing(
    card: Any, ani: Subject, budi: Subject
) -> None:
    card.objects.create(subject=ani, phone="+62811")
    card.objects.create(subject=budi, phone="+62822")
    stolen = SubjectKey.objects.get(pk=ani.pk).wrapped
    SubjectKey.objects.filter(pk=budi.pk).update(wrapped=stolen)
    ring().forget()

    with pytest.raises(VaultUnavailable):
        str(card.objects.get(subject=budi).phone)


def test_a_lost_key_is_no_erasure(
    card: Any, ani: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    row = card.objects.create(subject=ani, phone="+62811")
    SubjectKey.objects.filter(pk=ani.pk).delete()
    ring().forget()

    with pytest.raises(SealBroken):
        str(card.objects.get(pk=row.pk).phone)
    assert "key_lost" in caplog.text


# --- Destroyed keys ------------------------------------------------------------------------
def test_after_the_key_nothing_is_left_but_the_word(card: Any, ani: Subject, budi: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    other = card.objects.create(subject=budi, phone="+62822")
    assert card.objects.get(pk=row.pk).phone == VALUES["phone"]

    key_destroy(ani.id)
    key_destroy(ani.id)

    found = card.objects.get(pk=row.pk)
    assert all(is_erased(getattr(found, name)) for name in VALUES)
    with translation.override("en"):
        assert f"{found.phone} {found.answers['diet']} {found.answers}" == "erased erased erased"
    with translation.override("id"):
        assert f"{found.email} {found.answers.get('diet')}" == "dihapus dihapus"
    assert found.answers
    assert card.objects.get(pk=other.pk).phone == "+62822"
    stored = SubjectKey.objects.get(pk=ani.pk)
    assert stored.wrapped is None
    assert stored.destroyed_at is not None


def test_a_row_of_an_erased_person_can_be_saved_but_not_sealed(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    before = raw(card, row, "phone")
    key_destroy(ani.id)

    found = card.objects.get(pk=row.pk)
    assert is_erased(found.phone)
    found.shade = "grey"
    found.refresh_from_db(fields=["phone"])
    found.phone = found.phone
    found.save(update_fields=["shade", "phone"])
    assert raw(card, row, "phone") == before
    found.phone = "+62899"
    with pytest.raises(PersonErased):
        found.save()
    with pytest.raises(PersonErased):
        card.objects.create(subject=ani, phone=ERASED)


def test_a_person_erased_before_their_first_value_gets_no_key(card: Any, ani: Subject) -> None:
    key_destroy(ani.id)

    with pytest.raises(PersonErased):
        card.objects.create(subject=ani, phone="+62811")
    assert SubjectKey.objects.get(pk=ani.pk).wrapped is None


def test_a_destroyed_key_counts_at_once_in_the_next_unit_of_work(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, phone="+62811")
    with unit_of_work():
        assert card.objects.get(pk=row.pk).phone == "+62811"
        # By another process: this one's ring is not told.
        keys.key_destroy(ani.id)
    with unit_of_work():
        assert is_erased(card.objects.get(pk=row.pk).phone)


def test_a_key_in_hand_is_believed_for_seconds_only(
    card: Any, ani: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = card.objects.create(subject=ani, phone="+62811")
    keys.key_destroy(ani.id)
    assert card.objects.get(pk=row.pk).phone == "+62811"

    monkeypatch.setattr("privacy.vault.ring.SECONDS", 0.0)
    assert is_erased(card.objects.get(pk=row.pk).phone)


# --- The vault away ------------------------------------------------------------------------
def test_an_unreachable_vault_is_said_and_nothing_is_lost(
    card: Any, ani: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = card.objects.create(subject=ani, phone="+62811")
    before = raw(card, row, "phone")
    ring().forget()

    def away(*_arguments: Any, **_more: Any) -> Any:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr("privacy.vault.keys.SubjectKey.objects", type("", (), {"using": away}))
        found = card.objects.get(pk=row.pk)
        with pytest.raises(VaultUnavailable) as caught:
            str(found.phone)
        with pytest.raises(VaultUnavailable), transaction.atomic():
            card.objects.create(subject=ani, phone="+62822")
    assert caught.value.status == 503
    assert raw(card, row, "phone") == before
    assert found.phone == "+62811"
    assert card.objects.count() == 1


# --- How often the vault is asked ----------------------------------------------------------
@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_one_statement_in_each_database(
    card: Any, count: int, django_assert_num_queries: Any
) -> None:
    people = Subject.objects.bulk_create([Subject() for _number in range(count)])
    ring().index_key("of another field")
    with django_assert_num_queries(3, using="vault"):
        seal_people(person.id for person in people)
        card.objects.bulk_create(
            card(subject=person, email=f"guest{n}@contoh.test", phone=f"+62{n}")
            for n, person in enumerate(people)
        )
    ring().forget()

    with (
        django_assert_num_queries(1),
        django_assert_num_queries(1, using="vault"),
    ):
        found = [(row.email, row.phone) for row in card.objects.order_by("pk")]
    assert found == [(f"guest{n}@contoh.test", f"+62{n}") for n in range(count)]


# --- Where keys and values must not go -------------------------------------------------------
def test_a_pickled_row_carries_ciphertext_alone(card: Any, ani: Subject) -> None:
    row = card.objects.create(subject=ani, **VALUES)
    found = card.objects.get(pk=row.pk)
    assert found.phone == VALUES["phone"]

    state = pickle.dumps(found.__dict__["phone"])
    assert b"6281234567890" not in state
    assert isinstance(pickle.loads(state), Sealed)  # noqa: S301 - our own bytes
