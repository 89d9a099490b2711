"""Pages are asked for without collected static files."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    """Static addresses without a manifest, which only a deployment has."""
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
