"""Keeps the vault's tables in the vault's database, and everything else out of it."""

from typing import Any, Final

ALIAS: Final = "vault"
APP: Final = "vault"


class VaultRouter:
    """Named in DATABASE_ROUTERS; other routers decide among the other databases."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        """The vault for its own tables."""
        return ALIAS if model._meta.app_label == APP else None

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **_hints: Any) -> bool | None:
        """None between the two databases."""
        inside = {first._meta.app_label == APP, second._meta.app_label == APP}
        return False if len(inside) == 2 else None

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Tables, and SQL of migrations, on their own side only."""
        return (app_label == APP) == (db == ALIAS)
