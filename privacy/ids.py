"""Public identifiers: random enough not to be guessed, and sorted by time of birth."""

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562): keys made later sort later, so indexes stay compact."""
    return uuid_utils.compat.uuid7()
