"""Another master key, and keys that lead to nobody."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from privacy import clock
from privacy.models import Contact, Subject
from privacy.vault import keys
from privacy.vault.kms import fingerprint, new_key
from privacy.vault.models import IndexKey, SubjectKey
from privacy.vault.ring import key_destroy, ring
from privacy.vault.startup import VaultRefused, vault_check
from privacy.vault.upkeep import keys_rotate, orphans_sweep


@pytest.fixture
def contacts(db: None) -> list[Contact]:
    """Five people with an address each."""
    return [
        Contact.objects.create(subject=Subject.objects.create(), email=f"{name}@contoh.test")
        for name in ("ani", "budi", "citra", "dewi", "eko")
    ]


def read() -> list[str]:
    """Everybody's address, with keys fetched anew."""
    ring().forget()
    return [contact.email for contact in Contact.objects.order_by("pk")]


def test_a_rotation_rewraps_every_key_and_changes_no_value(
    contacts: list[Contact], settings: Any
) -> None:
    before = read()
    former, fresh = settings.VAULT_MASTER_KEY, new_key()
    settings.VAULT_MASTER_KEY, settings.VAULT_MASTER_KEY_FALLBACKS = fresh, [former]
    key_destroy(contacts[4].subject_id)

    said = StringIO()
    call_command("vault_rotate", stdout=said)

    assert "4 keys rewrapped by the master key" in said.getvalue()
    held = SubjectKey.objects.exclude(wrapped=None)
    assert {row.master_id for row in held} == {fingerprint(fresh)}
    assert IndexKey.objects.get().master_id == fingerprint(fresh)
    settings.VAULT_MASTER_KEY_FALLBACKS = []
    vault_check()
    assert read()[:4] == before[:4]
    assert Contact.objects.get(email="ANI@contoh.test") == contacts[0]
    said = StringIO()
    call_command("vault_rotate", stdout=said)
    assert "0 keys" in said.getvalue()


def test_a_rotation_that_was_stopped_goes_on(contacts: list[Contact], settings: Any) -> None:
    former, settings.VAULT_MASTER_KEY = settings.VAULT_MASTER_KEY, new_key()
    settings.VAULT_MASTER_KEY_FALLBACKS = [former]

    assert next(keys_rotate(batch=2)) == 2
    # Half way, everything is read, and a server may start.
    vault_check()
    assert len(read()) == 5
    assert list(keys_rotate(batch=2)) == [2, 3]


def test_a_rotation_without_the_former_key_says_what_is_missing(
    contacts: list[Contact], settings: Any
) -> None:
    former, settings.VAULT_MASTER_KEY = settings.VAULT_MASTER_KEY, new_key()

    with pytest.raises(CommandError) as caught:
        call_command("vault_rotate")
    assert fingerprint(former) in str(caught.value)
    with pytest.raises(VaultRefused):
        vault_check()
    settings.VAULT_MASTER_KEY = former
    assert len(read()) == 5


def test_a_key_that_leads_to_nobody_goes_after_a_week(
    contacts: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Subject()
    keys.keys_ensure({lost.id})
    begun = clock.now()

    def at_day(day: float) -> int:
        monkeypatch.setattr(clock, "now", lambda: begun + timedelta(days=day))
        return orphans_sweep(batch=2)

    assert at_day(0.5) == 0
    assert SubjectKey.objects.get(pk=lost.pk).orphan_since is None
    assert at_day(2) == 0
    assert SubjectKey.objects.exclude(orphan_since=None).get().pk == lost.pk
    assert at_day(8) == 0
    assert at_day(10) == 1
    assert not SubjectKey.objects.filter(pk=lost.pk).exists()
    assert SubjectKey.objects.count() == 5


def test_a_person_who_comes_back_keeps_the_key(
    contacts: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The main database was restored to too early a moment, and then to the right one."""
    person = Subject()
    keys.keys_ensure({person.id})
    begun = clock.now()
    monkeypatch.setattr(clock, "now", lambda: begun + timedelta(days=3))
    orphans_sweep()
    assert SubjectKey.objects.get(pk=person.pk).orphan_since is not None

    person.save()
    monkeypatch.setattr(clock, "now", lambda: begun + timedelta(days=30))
    assert orphans_sweep() == 0
    assert SubjectKey.objects.get(pk=person.pk).orphan_since is None


def test_the_row_of_a_destroyed_key_stays(
    contacts: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Subject()
    key_destroy(gone.id)
    begun = clock.now()
    for day in (2, 20):
        monkeypatch.setattr(clock, "now", lambda day=day: begun + timedelta(days=day))
        assert orphans_sweep() == 0
    assert SubjectKey.objects.get(pk=gone.pk).wrapped is None
