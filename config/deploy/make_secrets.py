"""Makes the secret files of docker-compose.yml, once: `python3 config/deploy/make_secrets.py`.

Existing files are kept. The folder is closed to others and lets nobody in; the files
below are readable, because a container's user, not yours, reads them through a mount.
Keep vault_master_key elsewhere too: without it sealed data is unreadable for ever.
"""

import base64
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"


def keep(name: str, value: str) -> str:
    """Write a secret unless it is there; the one that holds."""
    path = FOLDER / name
    if not path.exists():
        path.write_text(value + "\n")
        path.chmod(0o444)
        sys.stdout.write(f"made {path}\n")
    return path.read_text().strip()


def main() -> None:
    """All of them; the addresses hold the passwords, so they are made from them."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    FOLDER.chmod(0o700)
    keep("secret_key", secrets.token_urlsafe(64))
    keep("vault_master_key", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    keep("postgres_password", secrets.token_hex(24))
    keep("vault_postgres_password", secrets.token_hex(24))
    database = keep("database_password", secrets.token_hex(24))
    vault = keep("vault_database_password", secrets.token_hex(24))
    broker = keep("broker_password", secrets.token_hex(24))
    keep("database_url", f"postgresql://ruang:{database}@postgres:5432/ruang")
    keep("vault_database_url", f"postgresql://ruang_vault:{vault}@vault:5432/ruang_vault")
    keep("broker_url", f"redis://:{broker}@valkey:6379/0")


if __name__ == "__main__":
    main()
