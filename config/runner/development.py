"""Secrets of a development installation: made once, kept in var/secrets."""

import base64
import secrets
import sys
from pathlib import Path

from .paths import disk_trouble, locked, write_private

NAMES = ("SECRET_KEY", "VAULT_MASTER_KEY")


def development_settings(var: Path, *, create: bool, announce: bool = True) -> dict[str, str]:
    """The secrets that exist, after making the missing ones when asked to.

    In production they come from the environment, which is looked at first; these are
    for one machine, and whoever reads var/ has them.
    """
    folder = var / "secrets"
    found = {name: _read(folder / name) for name in NAMES}
    if create and not all(found.values()):
        try:
            with locked(var / "run" / "secrets.lock"):
                for name in NAMES:
                    found[name] = _read(folder / name) or _make(folder / name)
        except OSError as error:
            raise disk_trouble(error, folder) from None
        if announce:
            print(
                f"Made {' and '.join(NAMES)} for development in {folder}. "
                "Losing VAULT_MASTER_KEY makes sealed data unreadable for ever.",
                file=sys.stderr,
            )
    return {name: value for name, value in found.items() if value}


def _read(path: Path) -> str:
    """The secret, or nothing."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _make(path: Path) -> str:
    """A new secret of 32 random bytes, in URL-safe base64."""
    value = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    write_private(path, value + "\n")
    return value
