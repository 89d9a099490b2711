"""What this app tells the data map, a module an area; third-party tables have their own."""

from privacy.personal_data import (
    access,
    consent,
    ground,
    processors,
    stores,
    third_party,
    vault,
)

__all__ = [
    "access",
    "consent",
    "ground",
    "processors",
    "stores",
    "third_party",
    "vault",
]
