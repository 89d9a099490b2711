"""People with passwords, their browsers, and the letters they get."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts.models import User
from privacy.delivery import _build
from privacy.gate import gate_judge
from privacy.models import OutboxMessage
from privacy.outbox import Mail
from tests.cast import Cast, cast_make

PASSWORD = "kopi tubruk di teras"
NEW_PASSWORD = "teh poci di beranda"
_HASHED = make_password(PASSWORD)


@dataclass
class Letter:
    """What a message says when it is sent, and where it goes."""

    to: str
    mail: Mail

    @property
    def link(self) -> str:
        """The path of the first link that is ours."""
        found = re.search(rf"{re.escape(django_settings.SITE_URL)}(/\S+)", self.mail.text)
        assert found, self.mail.text
        return found.group(1)


@pytest.fixture(autouse=True)
def _plain_static(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    cache.clear()
    yield
    translation.deactivate()


@pytest.fixture
def people(db: None) -> Cast:
    """The cast; everybody's password is PASSWORD and their pages are in English."""
    cast = cast_make()
    User.objects.update(password=_HASHED, language="en")
    for user in vars(cast).values():
        if isinstance(user, User):
            user.refresh_from_db()
    return cast


@pytest.fixture
def enter() -> Callable[[User | None], Client]:
    """A browser in which somebody is signed in, or nobody."""

    def opened(user: User | None = None, **extra: Any) -> Client:
        client = Client(**extra)
        client.cookies["ruang_language"] = "en"
        if user is not None:
            client.force_login(user, backend="accounts.backends.EmailBackend")
        return client

    return opened


@pytest.fixture
def letter() -> Callable[..., Letter | None]:
    """The newest letter of a kind as it would leave now; None when it would not."""

    def find(template: str, recipient: User | None = None) -> Letter | None:
        rows = OutboxMessage.objects.filter(template=template)
        if recipient is not None:
            rows = rows.filter(recipient=recipient.subject_id)
        row = rows.order_by("created_at").last()
        if row is None:
            return None
        verdict = gate_judge(row.id)
        if verdict.code or verdict.address is None:
            return None
        mail = _build(row, verdict.address)
        return Letter(verdict.address.email, mail) if mail else None

    return find
