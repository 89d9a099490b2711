"""What this app tells the data map, a module an area; third-party tables have their own."""

from privacy.personal_data import ground, third_party

__all__ = ["ground", "third_party"]
