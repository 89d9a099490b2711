"""Starts one throw-away PostgreSQL, Valkey and mail catcher for a whole test run.

Loaded by `-p tests.servers`, because pytest-django reads Django's settings, and with them
the servers' addresses, before any conftest. Workers of xdist inherit the addresses.
"""

import base64
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import polib
import pytest

from config.runner.stack import throwaway_stack

_STACK = ExitStack()
_NAMES = ("DATABASE_URL", "VAULT_DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL")


def _start() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = Path(_STACK.enter_context(tempfile.TemporaryDirectory(prefix="ruang-test-")))
    folder.chmod(0o755)
    os.environ["RUANG_VAR"] = str(folder)
    for name in _NAMES:
        os.environ.pop(name, None)
    os.environ.update(_STACK.enter_context(throwaway_stack(folder)))
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
    os.environ["VAULT_MASTER_KEY"] = base64.b64encode(b"only-for-tests".ljust(32)).decode()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def _translate() -> None:
    """Compile the catalogues, which a fresh clone holds as text only."""
    root = Path(__file__).resolve().parent.parent
    for source in root.glob("*/locale/*/LC_MESSAGES/django.po"):
        scratch = source.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(scratch))
        scratch.replace(source.with_suffix(".mo"))


if "PYTEST_XDIST_WORKER" not in os.environ:
    _translate()
_start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers with the run."""
    _STACK.close()
