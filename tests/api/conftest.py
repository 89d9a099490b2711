"""Callers of the API: each with a key, or signed in by a page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import token_create
from tests.cast import Cast

Caller = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def _served(settings: Any) -> Iterator[None]:
    """A folder for static files, and no language left over by a caller's key."""
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    yield
    translation.deactivate()


def key_of(user: User, *scopes: str) -> str:
    """A fresh key of the person, with all scopes unless some are named."""
    wanted = scopes or ("read", "book", "account")
    return token_create(actor=user, name="Tests", scopes=wanted)[1]


@pytest.fixture
def caller(cast: Cast) -> Caller:
    """`caller(user)`: a client with the person's key; `caller()`: one without any."""

    def make(user: User | None = None, *scopes: str, **more: Any) -> APIClient:
        client = APIClient(**more)
        if user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_of(user, *scopes)}")
        return client

    return make
