"""A sealed column's bytes for one row: blind index (where there is one), then the envelope."""

from uuid import UUID

from privacy.vault.ring import ring
from privacy.vault.seal import blind, bound_to, seal


def column_of(field_id: str, row_id: object, person: UUID, plain: bytes, before: bytes) -> bytes:
    """Seal for this field, row and person; makes the person's key when missing."""
    return before + seal(ring().key_to_seal(person), plain, bound_to(field_id, row_id, before))


def blind_index(field_id: str, normalised: str) -> bytes:
    """The blind index of a normalised value in this field; empty for an empty one."""
    return blind(ring().index_key(field_id), normalised) if normalised else b""
