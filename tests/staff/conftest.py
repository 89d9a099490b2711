"""Staff whose browser has passed the second factor."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User


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
