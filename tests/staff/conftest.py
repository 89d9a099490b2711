"""Staff whose browser has passed the second factor."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from frontend.memory import forget_all


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Plain static addresses, an own folder for pictures, no answer of another test."""
    storages = dict(django_settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    settings.MEDIA_ROOT = tmp_path / "media"
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    forget_all()
    yield
    forget_all()


@pytest.fixture
def enter() -> Callable[..., Client]:
    """A signed-in client; staff with their second factor passed unless told otherwise."""

    def make(user: User, *, second_factor: bool = True, strict: bool = False) -> Client:
        client = Client(enforce_csrf_checks=strict, headers={"accept-language": "en"})
        user.language = "en"
        user.save(update_fields=["language"])
        client.force_login(user, backend="accounts.backends.EmailBackend")
        if user.roles and second_factor:
            device, _made = TOTPDevice.objects.get_or_create(user=user, name="app", confirmed=True)
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client

    return make
