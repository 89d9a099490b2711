"""What every test shares: no way out but loopback, clean caches, one cast of people."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the database uses the vault as well: people's addresses are sealed."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        asked = {"db", "transactional_db", "live_server", "cast"} & set(
            getattr(item, "fixturenames", ())
        )
        if marker or asked:
            more = {**(marker.kwargs if marker else {}), "databases": "__all__"}
            item.add_marker(pytest.mark.django_db(**more), append=False)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another machine fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0])
            if not (host.startswith("127.") or host in {"::1", "localhost"}):
                raise OSError(f"A test tried to reach {host}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """No test reads what another one cached."""
    from django.core.cache import cache  # noqa: PLC0415 - Django starts after this module

    from privacy.vault.ring import ring  # noqa: PLC0415

    cache.clear()
    ring().forget()
    ring().broken.clear()
    yield
    cache.clear()


@pytest.fixture
def plain_static(settings: Any, tmp_path: Path) -> None:
    """Static addresses without the manifest that only a deployment has."""
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()


@pytest.fixture
def cast(db: None) -> Any:
    """The people and the place of most tests (tests/cast.py)."""
    from tests.cast import cast_make  # noqa: PLC0415 - Django starts after this module

    return cast_make()
