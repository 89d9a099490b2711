"""Wraps the keys of the vault with a master key that no database holds.

`LocalKms` has the master key from the environment. A key management service takes its
place by another class of the same shape, named in the setting VAULT_KMS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from os import urandom
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.module_loading import import_string

from privacy.vault.secret import Secret

NONCE: Final = 12
KEY: Final = 32


@dataclass(frozen=True)
class Wrapped:
    """A wrapped key, and the fingerprint of the master key that unwraps it."""

    master_id: str
    blob: bytes


class WrongMaster(Exception):
    """No master key at hand unwraps this."""


class Kms(Protocol):
    """What the vault asks of a key management service. `context` is bound to the key."""

    #: The fingerprint of the master key that wraps now: 16 hexadecimal digits.
    current: str

    def knows(self, master_id: str) -> bool:
        """Whether a master key of this fingerprint is at hand."""

    def wrap(self, key: Secret, context: bytes) -> Wrapped:
        """Wrap a key with the current master key."""

    def unwrap(self, wrapped: Wrapped, context: bytes) -> Secret:
        """The key again. Raises WrongMaster when master key, context or bytes do not fit."""


class LocalKms:
    """Master keys from VAULT_MASTER_KEY and VAULT_MASTER_KEY_FALLBACKS."""

    def __init__(self, current: Secret, fallbacks: Sequence[Secret]) -> None:
        self.current = fingerprint(current)
        self._masters = {fingerprint(key): AESGCM(key.reveal()) for key in [current, *fallbacks]}

    def __repr__(self) -> str:
        return f"<LocalKms {self.current}>"

    def knows(self, master_id: str) -> bool:
        """Whether the master key or one of the former has this fingerprint."""
        return master_id in self._masters

    def wrap(self, key: Secret, context: bytes) -> Wrapped:
        """Nonce and AES-256-GCM of the key."""
        nonce = urandom(NONCE)
        sealed = self._masters[self.current].encrypt(nonce, key.reveal(), context)
        return Wrapped(self.current, nonce + sealed)

    def unwrap(self, wrapped: Wrapped, context: bytes) -> Secret:
        """See Kms."""
        master = self._masters.get(wrapped.master_id)
        if master is None:
            raise WrongMaster(wrapped.master_id)
        try:
            return Secret(master.decrypt(wrapped.blob[:NONCE], wrapped.blob[NONCE:], context))
        except (InvalidTag, ValueError):
            raise WrongMaster(wrapped.master_id) from None


def fingerprint(master: Secret) -> str:
    """Names a master key and says nothing about it: 16 hexadecimal digits."""
    return derive(master, b"ruang master key fingerprint").reveal()[:8].hex()


def derive(key: Secret, purpose: bytes, salt: bytes | None = None) -> Secret:
    """A key of 32 bytes for one purpose (HKDF, RFC 5869, SHA-256)."""
    return Secret(HKDF(SHA256(), KEY, salt, purpose).derive(key.reveal()))


def new_key() -> Secret:
    """32 random bytes."""
    return Secret(urandom(KEY))


def kms() -> Kms:
    """The service the settings name, made once for each set of keys."""
    wanted = (settings.VAULT_KMS, settings.VAULT_MASTER_KEY, settings.VAULT_MASTER_KEY_FALLBACKS)
    made = _made.get("kms")
    # Compared by identity: keys themselves are never compared, and tests replace them.
    if made is None or any(new is not old for new, old in zip(wanted, made[0], strict=True)):
        made = wanted, import_string(wanted[0])(*wanted[1:])
        _made["kms"] = made
    return made[1]


_made: dict[str, tuple[tuple[Any, ...], Kms]] = {}
