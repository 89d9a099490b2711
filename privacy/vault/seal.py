"""The envelope of a sealed value. No database here.

    1 byte   format, 1
    2 bytes  version of the person's key
    12 bytes nonce, random
    rest     AES-256-GCM ciphertext and tag

Bound to it, so that a value moved elsewhere does not open: the field's stable identifier
in the data map, the row's identifier, what stands before the envelope in the column (a
blind index), and by the key itself the person.
"""

import hmac
from os import urandom
from typing import Final

from privacy.vault.keys import DataKey
from privacy.vault.kms import NONCE
from privacy.vault.secret import Secret

FORMAT: Final = 1
HEAD: Final = 3 + NONCE
TAG: Final = 16
#: Length of a blind index in bytes.
BLIND: Final = 32


def bound_to(field_id: str, row_id: object, before: bytes = b"") -> bytes:
    """The associated data of one value."""
    return b"|".join((b"ruang field", field_id.encode(), str(row_id).encode(), before))


def seal(key: DataKey, plain: bytes, bound: bytes) -> bytes:
    """The envelope of these bytes."""
    head = bytes([FORMAT]) + key.version.to_bytes(2, "big") + urandom(NONCE)
    return head + key.seal(head[3:], plain, head[:3] + bound)


def unseal(key: DataKey, envelope: bytes, bound: bytes) -> bytes | None:
    """The bytes again; None when anything at all does not fit."""
    head = envelope[:HEAD]
    if len(envelope) < HEAD + TAG or head[0] != FORMAT:
        return None
    if int.from_bytes(head[1:3], "big") != key.version:
        return None
    return key.open(head[3:], envelope[HEAD:], head[:3] + bound)


def blind(key: Secret, value: str) -> bytes:
    """The blind index of a normalised value: HMAC-SHA256; equal for equal values alone."""
    return hmac.digest(key.reveal(), value.encode(), "sha256")
