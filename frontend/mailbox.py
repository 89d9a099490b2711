"""Reads the mail that a development installation catches (var/mail, config/runner/catcher.py)."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from django.conf import settings

MOST: Final = 200


@dataclass(frozen=True)
class Letter:
    """A caught message, as far as a page shows it."""

    name: str
    to: str
    subject: str
    at: datetime | None
    text: str = ""
    html: str = ""
    calendar: str = ""


def letters() -> list[Letter]:
    """The newest messages first, without their bodies."""
    paths = sorted(_folder().glob("2*.eml"), reverse=True)[:MOST]
    return [_letter(path, whole=False) for path in paths]


def letter_named(name: str) -> Letter | None:
    """One message with its bodies; None when there is none of that name."""
    found = next((path for path in _folder().glob("2*.eml") if path.name == name), None)
    return _letter(found, whole=True) if found else None


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "mail"


def _letter(path: Path, *, whole: bool) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    date = str(message.get("Date", ""))
    calendar = next((part for part in message.walk() if part.get_filename()), None)
    return Letter(
        name=path.name,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")).strip(),
        at=parsedate_to_datetime(date) if date else None,
        text=_body(message, "plain") if whole else "",
        html=_body(message, "html") if whole else "",
        calendar=str(calendar.get_content()) if whole and calendar else "",
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
