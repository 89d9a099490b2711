"""Makes, fetches and destroys keys. Each statement commits at once, on the vault's connection.

So a key is durable before the first ciphertext it makes, whatever becomes of the main
transaction; a key that is left without a person is harmless and swept (upkeep.py).
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import InterfaceError, OperationalError, ProgrammingError
from psycopg_pool import PoolTimeout

from privacy import clock
from privacy.vault.errors import VaultUnavailable
from privacy.vault.kms import Wrapped, WrongMaster, derive, kms, new_key
from privacy.vault.models import IndexKey, SubjectKey
from privacy.vault.router import ALIAS
from privacy.vault.secret import Secret

logger = logging.getLogger(__name__)

#: The version that new keys bear; the envelope repeats it.
VERSION: Final = 1


class DataKey:
    """A person's key in hand: seals and opens, and gives a key for one file."""

    __slots__ = ("_aead", "_secret", "version")

    def __init__(self, secret: Secret, version: int) -> None:
        self._secret = secret
        self._aead = AESGCM(secret.reveal())
        self.version = version

    def __repr__(self) -> str:
        return f"<data key, version {self.version}>"

    def __reduce_ex__(self, _protocol: object) -> None:  # type: ignore[override]
        raise TypeError("A key is never pickled or copied.")

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """AES-256-GCM: ciphertext and tag; `bound` must be the same when it is opened."""
        return self._aead.encrypt(nonce, plain, bound)

    def open(self, nonce: bytes, cipher: bytes, bound: bytes) -> bytes | None:
        """The plain bytes; None when key, nonce, bytes or `bound` do not fit."""
        try:
            return self._aead.decrypt(nonce, cipher, bound)
        except (InvalidTag, ValueError):
            return None

    def derived(self, purpose: bytes, salt: bytes) -> "DataKey":
        """A key of its own for one file, so that its nonces can simply count."""
        return DataKey(derive(self._secret, purpose, salt), self.version)


class Destroyed:
    """In the place of a key that was destroyed: the person was erased."""

    def __repr__(self) -> str:
        return "<destroyed key>"


DESTROYED: Final = Destroyed()
Key = DataKey | Destroyed


@contextmanager
def reaching() -> Iterator[None]:
    """Turn every way in which the vault cannot be asked into VaultUnavailable."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        logger.warning("The vault cannot be reached: %s.", type(error).__name__)
        raise VaultUnavailable from None
    except ProgrammingError:
        logger.critical("The vault's tables are missing: run migrate --database vault.")
        raise VaultUnavailable from None
    except WrongMaster as error:
        logger.critical("No master key at hand has the fingerprint %s.", error)
        raise VaultUnavailable from None


def keys_fetch(subject_ids: Collection[UUID]) -> dict[UUID, Key]:
    """The keys of these people that exist, in one statement. Raises VaultUnavailable."""
    with reaching():
        rows = SubjectKey.objects.using(ALIAS).filter(subject_id__in=subject_ids)
        return {row.subject_id: _key_of(row) for row in rows}


def keys_ensure(subject_ids: Collection[UUID]) -> dict[UUID, Key]:
    """The keys of these people, made where missing; a destroyed one stays destroyed."""
    found = keys_fetch(subject_ids)
    missing = set(subject_ids) - set(found)
    if missing:
        now = clock.now()
        with reaching():
            SubjectKey.objects.using(ALIAS).bulk_create(
                [_row_new(subject_id, now) for subject_id in sorted(missing)],
                ignore_conflicts=True,
            )
        # Read again: of two who made the key of one person at once, one was ignored.
        found |= keys_fetch(missing)
    return found


def key_destroy(subject_id: UUID) -> None:
    """Destroy the key of a person: what it sealed can never be read again. Twice is no error.

    A person who never had a key gets a row without one, so that none is ever made.
    """
    now = clock.now()
    with reaching():
        keys = SubjectKey.objects.using(ALIAS)
        row = SubjectKey(
            subject_id=subject_id, master_id="", wrapped=None, created_at=now, destroyed_at=now
        )
        keys.bulk_create([row], ignore_conflicts=True)
        keys.filter(subject_id=subject_id, destroyed_at=None).update(wrapped=None, destroyed_at=now)


def index_key_fetch() -> tuple[UUID, Secret] | None:
    """The vault's identifier and the key of its blind indexes; None in a fresh vault."""
    with reaching():
        row = IndexKey.objects.using(ALIAS).first()
        return None if row is None else (row.id, index_key_unwrap(row))


def index_key_unwrap(row: IndexKey) -> Secret:
    """The key of the row. Raises WrongMaster."""
    return kms().unwrap(Wrapped(row.master_id, bytes(row.wrapped)), index_context(row.id))


def index_key_make() -> None:
    """Make the key of the blind indexes, unless somebody else just did."""
    vault_id = uuid4()
    with reaching():
        wrapped = kms().wrap(new_key(), index_context(vault_id))
        row = IndexKey(
            id=vault_id,
            master_id=wrapped.master_id,
            wrapped=wrapped.blob,
            created_at=clock.now(),
        )
        IndexKey.objects.using(ALIAS).bulk_create([row], ignore_conflicts=True)


def subject_context(subject_id: UUID, version: int) -> bytes:
    """What a wrapped key is bound to, so that it unwraps in its own row alone."""
    return b"ruang subject key|" + subject_id.bytes + version.to_bytes(2, "big")


def index_context(vault_id: UUID) -> bytes:
    """The same for the key of the blind indexes."""
    return b"ruang index key|" + vault_id.bytes


def _row_new(subject_id: UUID, now: datetime) -> SubjectKey:
    wrapped = kms().wrap(new_key(), subject_context(subject_id, VERSION))
    return SubjectKey(
        subject_id=subject_id,
        version=VERSION,
        master_id=wrapped.master_id,
        wrapped=wrapped.blob,
        created_at=now,
    )


def _key_of(row: SubjectKey) -> Key:
    if row.wrapped is None:
        return DESTROYED
    wrapped = Wrapped(row.master_id, bytes(row.wrapped))
    return DataKey(kms().unwrap(wrapped, subject_context(row.subject_id, row.version)), row.version)
