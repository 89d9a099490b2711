"""Keys: wrapped, unprintable, and only ever with the right master key and the right database."""

import copy
import logging
import pickle
import traceback
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connections, transaction

from config import env
from config.problems import describe
from privacy.models import Subject, VaultOfData
from privacy.vault import keys, startup
from privacy.vault.errors import VaultUnavailable
from privacy.vault.kms import LocalKms, Wrapped, WrongMaster, fingerprint, kms, new_key
from privacy.vault.models import IndexKey, SubjectKey
from privacy.vault.ring import ring
from privacy.vault.router import VaultRouter
from privacy.vault.secret import Secret
from privacy.vault.startup import VaultRefused, vault_begin, vault_check

DATA = b"DATAKEYDATAKEYDATAKEYDATAKEY!!!!"


@pytest.fixture
def ani(db: None) -> Subject:
    """A person with a key."""
    person = Subject.objects.create()
    keys.keys_ensure({person.id})
    return person


# --- Secrets -------------------------------------------------------------------------------
def test_key_material_cannot_be_shown_copied_or_pickled(db: None) -> None:
    secret = Secret(b"K" * 32)
    key = keys.DataKey(secret, 1)
    service = LocalKms(secret, [])
    for thing in (secret, key, ring(), service):
        assert "KKK" not in f"{thing!r} {thing}"
        assert "4b4b4b" not in f"{thing!r}"
    for thing in (secret, key, ring()):
        for act in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="pickled"):
                act(thing)
    with pytest.raises(TypeError):
        pickle.dumps(service)
    with pytest.raises(TypeError):
        assert secret == Secret(b"K" * 32)


def test_a_traceback_with_all_variables_shows_no_key(
    db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = Secret(b"MASTERMASTERMASTERMASTERMASTER!!")
    service = LocalKms(master, [])
    wrapped = service.wrap(Secret(DATA), b"here")
    key = keys.DataKey(service.unwrap(wrapped, b"here"), 1)

    def fails(_data: Any, _key: Any, _service: Any, _master: Any) -> None:
        service.unwrap(Wrapped(wrapped.master_id, wrapped.blob), b"elsewhere")

    try:
        fails(Secret(DATA), key, service, master)
    except WrongMaster as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        text = "".join(told.format())
        logging.getLogger("ruang").exception("It went wrong for %r and %r", key, master)
    assert "WrongMaster" in text
    for shown in (text, caplog.text):
        assert "service" in shown or "It went wrong" in shown
        for word in ("MASTERMASTER", "DATAKEYDATAKEY", DATA.hex()[:16]):
            assert word not in shown


def test_settings_hide_the_master_key(settings: Any) -> None:
    assert repr(settings.VAULT_MASTER_KEY) == "<secret>"
    assert len(settings.VAULT_MASTER_KEY.reveal()) == 32


@pytest.mark.parametrize(
    "value", ["", "short", "A" * 43, "ä" * 44, "A" * 43 + "=," + "A" * 43 + "="]
)
def test_a_master_key_that_cannot_be_one_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NEW_KEY", value)
    with pytest.raises(env.BadSetting) as caught:
        env.key("NEW_KEY")
    assert "NEW_KEY must" in str(caught.value)
    assert not value or value not in str(caught.value)


def test_a_master_key_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "key").write_text("-_" + "A" * 41 + "=\n")
    monkeypatch.setenv("NEW_KEY_FILE", str(tmp_path / "key"))
    assert env.key("NEW_KEY").reveal()[:2] == b"\xfb\xf0"


# --- The tables ----------------------------------------------------------------------------
def test_the_vault_holds_its_tables_and_no_others(db: None) -> None:
    tables = {
        alias: set(connections[alias].introspection.table_names()) for alias in ("default", "vault")
    }
    assert tables["vault"] - {"django_migrations"} == {"vault_subjectkey", "vault_indexkey"}
    assert not tables["default"] & {"vault_subjectkey", "vault_indexkey"}
    assert "privacy_subject" in tables["default"]


def test_the_router_sends_keys_one_way_and_people_the_other(ani: Subject) -> None:
    router = VaultRouter()
    assert (router.db_for_read(SubjectKey), router.db_for_write(IndexKey)) == ("vault", "vault")
    assert (router.db_for_read(Subject), router.db_for_write(Subject)) == (None, None)
    assert router.allow_relation(SubjectKey, Subject) is False
    assert router.allow_relation(Subject, Subject) is None
    assert router.allow_migrate("vault", "vault")
    assert router.allow_migrate("default", "reservations")
    assert not router.allow_migrate("vault", "reservations")
    assert not router.allow_migrate("default", "vault")


def test_a_stored_key_is_wrapped_and_bound_to_its_person(ani: Subject) -> None:
    row = SubjectKey.objects.get(pk=ani.pk)
    wrapped = Wrapped(row.master_id, bytes(row.wrapped))
    plain = kms().unwrap(wrapped, keys.subject_context(ani.id, 1)).reveal()

    assert len(plain) == 32
    assert plain not in bytes(row.wrapped)
    for context in (keys.subject_context(uuid4(), 1), keys.subject_context(ani.id, 2)):
        with pytest.raises(WrongMaster):
            kms().unwrap(wrapped, context)


def test_each_person_has_an_own_key_that_stays(ani: Subject) -> None:
    budi = Subject.objects.create()
    before = bytes(SubjectKey.objects.get(pk=ani.pk).wrapped)
    keys.keys_ensure({ani.id, budi.id})

    assert bytes(SubjectKey.objects.get(pk=ani.pk).wrapped) == before
    assert SubjectKey.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_key_is_committed_although_its_first_row_is_not() -> None:
    """Seen by a second connection while the main transaction is still open."""
    with transaction.atomic():
        person = Subject.objects.create()
        ring().key_to_seal(person.id)
        other = connections["vault"].copy()
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM vault_subjectkey WHERE subject_id = %s", [person.id]
            )
            seen = cursor.fetchone()
        other.close()
        other.close_pool()
        transaction.set_rollback(True)
    assert seen == (1,)
    assert not Subject.objects.filter(pk=person.pk).exists()
    assert SubjectKey.objects.filter(pk=person.pk).exists()


# --- Starting ------------------------------------------------------------------------------
@pytest.fixture
def begun(ani: Subject) -> IndexKey:
    """A vault in use."""
    vault_begin()
    return IndexKey.objects.get()


def test_a_fresh_pair_is_begun_once(db: None) -> None:
    vault_check()
    first = IndexKey.objects.get()
    vault_check()

    assert IndexKey.objects.get().id == first.id == VaultOfData.objects.get().vault_id


def test_another_master_key_refuses_to_start(begun: IndexKey, settings: Any) -> None:
    vault_check()
    former, settings.VAULT_MASTER_KEY = settings.VAULT_MASTER_KEY, new_key()

    with pytest.raises(VaultRefused) as caught:
        vault_check()
    words = str(caught.value)
    assert "VAULT_MASTER_KEY is not the key that wraps this vault" in words
    assert fingerprint(former) in words
    assert "VAULT_MASTER_KEY_FALLBACKS" in words

    settings.VAULT_MASTER_KEY_FALLBACKS = [former]
    vault_check()


def test_a_key_of_a_third_master_refuses_to_start(begun: IndexKey, ani: Subject) -> None:
    SubjectKey.objects.filter(pk=ani.pk).update(master_id="0123456789abcdef")
    with pytest.raises(VaultRefused, match="0123456789abcdef"):
        vault_check()
    keys.key_destroy(ani.id)
    vault_check()


@pytest.mark.parametrize("empty", [True, False])
def test_another_databases_vault_refuses_to_start(begun: IndexKey, empty: bool) -> None:
    if empty:
        IndexKey.objects.all().delete()
    else:
        VaultOfData.objects.update(vault_id=uuid4())
    with pytest.raises(VaultRefused, match="VAULT_DATABASE_URL leads to a vault"):
        vault_check()
    assert IndexKey.objects.count() == (0 if empty else 1)


def test_without_its_vault_no_address_is_looked_for_in_vain(begun: IndexKey) -> None:
    IndexKey.objects.all().delete()
    with pytest.raises(VaultUnavailable):
        ring().index_key("accounts.user.email")
    assert not IndexKey.objects.exists()


def test_an_unreachable_vault_lets_the_server_start(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise OperationalError("no")

    monkeypatch.setattr(startup, "vault_check", away)
    monkeypatch.setattr(startup.connections, "all", lambda initialized_only: [])
    startup.require_vault()
    assert "The vault was not checked" in caplog.text


def test_a_wrong_master_key_met_later_is_an_answer(ani: Subject, settings: Any) -> None:
    settings.VAULT_MASTER_KEY = new_key()
    with pytest.raises(VaultUnavailable) as caught:
        keys.keys_fetch({ani.id})
    status, code, _detail, _extra, headers = describe(caught.value)  # type: ignore[misc]
    assert (status, code) == (503, "vault_unavailable")
    assert int(headers["Retry-After"]) > 0
