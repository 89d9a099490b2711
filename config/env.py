"""Reads settings from the environment, strictly: a bad value stops the start.

Every name may also be given as NAME_FILE, the path of a file that holds the value
(container secrets), so that a secret need not stand in the process list.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from privacy.vault.secret import Secret


class BadSetting(SystemExit):
    """A setting that is missing or cannot be understood; the text says which and why."""


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file NAME_FILE names, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path and os.environ.get(name):
        raise BadSetting(f"{name} and {name}_FILE are both set; keep one.")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE cannot be read: {error}") from None
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(f"{name} is not set. Set it, or start with `make run`.")
    return value


def needed(name: str, *, by: str) -> str:
    """The value of NAME, which may not be empty once the setting `by` has a value."""
    value = text(name, "")
    if text(by, "") and not value:
        raise BadSetting(f"{name} is needed as soon as {by} is set.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """A yes/no value: 1, true, yes, on or 0, false, no, off."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise BadSetting(f"{name} must be yes or no, not {value!r}.")


def number(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    """A whole number between least and most."""
    value = text(name, str(default))
    try:
        result = int(value)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {value!r}.") from None
    if not least <= result <= most:
        raise BadSetting(f"{name} must lie between {least} and {most}, not {result}.")
    return result


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """A Django DATABASES entry from postgresql://user:password@host:port/name."""
    url = urlsplit(text(name, default))
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise BadSetting(f"{name} must look like postgresql://user:password@host:5432/name.")
    query = {key: values[-1] for key, values in parse_qs(url.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or query.pop("host", ""),
        "PORT": str(url.port or 5432),
        "OPTIONS": dict(query),
    }


def keys(name: str, default: str | None = None) -> list[Secret]:
    """Comma-separated keys of 32 bytes in URL-safe base64; never repeated in a message."""
    found = []
    for word in (word.strip() for word in text(name, default).split(",") if word.strip()):
        try:
            content = base64.b64decode(word.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if len(content) != 32:
            raise BadSetting(
                f"{name} must be 32 random bytes in base64 (44 characters). Make one with: "
                'python3 -c "import base64, os; '
                'print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
            )
        found.append(Secret(content))
    return found


def key(name: str) -> Secret:
    """One such key, required."""
    found = keys(name)
    if len(found) != 1:
        raise BadSetting(f"{name} must hold one key, not {len(found)}.")
    return found[0]


def email(name: str, default: str) -> dict[str, Any]:
    """Django's e-mail settings from smtp://user:password@host:port?tls=starttls|ssl|none."""
    url = urlsplit(text(name, default))
    security = parse_qs(url.query).get("tls", ["ssl" if url.scheme == "smtps" else "none"])[-1]
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise BadSetting(f"{name} must look like smtp://user:password@host:port?tls=starttls.")
    if security not in {"none", "starttls", "ssl"}:
        raise BadSetting(f"{name}: tls must be none, starttls or ssl, not {security!r}.")
    return {
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or {"none": 25, "starttls": 587, "ssl": 465}[security],
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": security == "starttls",
        "EMAIL_USE_SSL": security == "ssl",
    }
