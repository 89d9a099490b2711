"""Pages are tested in English unless a test says otherwise, and remember nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from accounts.models import User
from frontend.memory import forget_all


@pytest.fixture(autouse=True, scope="session")
def _compiled_messages() -> None:
    """Translations are compiled at start; the tests see the present ones."""
    call_command("messages", "compile")


@pytest.fixture(autouse=True)
def _fresh_pages(settings: Any) -> Iterator[None]:
    """Plain static addresses; no answer of another test."""
    storages = dict(django_settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    forget_all()
    yield
    forget_all()
    translation.deactivate()


def browser(user: User | None = None, language: str = "en") -> Client:
    """A visitor's browser, or one in which somebody is signed in."""
    client = Client()
    if user is not None:
        User.objects.filter(id=user.id).update(language=language)
        client.force_login(user, backend="accounts.backends.EmailBackend")
    client.cookies["ruang_language"] = language
    return client


@pytest.fixture
def visitor(db: None) -> Client:
    """Somebody without an account."""
    return browser()
