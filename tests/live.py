"""The real web server, as `make run` starts it, on the database of the tests.

`live` is for tests with transactions of their own (django_db(transaction=True)): what
they commit the server sees, and the other way round.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.bench.stand import Web, web


@pytest.fixture(scope="session")
def live_server_process(django_db_setup: None) -> Iterator[Web]:
    """Two web processes with eight threads each, once for a whole run."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    with server() as started:
        yield started


@pytest.fixture
def live(live_server_process: Web, transactional_db: None) -> Web:
    """The running server; the database is emptied after the test."""
    return live_server_process


@contextmanager
def server(**environment: str) -> Iterator[Web]:
    """A server of one's own, for tests that kill it."""
    names = {**database_urls(), "WEB_WORKERS": "2", "LOG_LEVEL": "ERROR"}
    with web({**names, **environment}) as started:
        yield started


def database_urls() -> dict[str, str]:
    """The addresses of both databases of the tests, for the environment of another process."""
    return {"DATABASE_URL": database_url(), "VAULT_DATABASE_URL": database_url("vault")}


def database_url(alias: str = "default") -> str:
    """The address of the database this process tests with, or of its vault."""
    found = connections[alias].settings_dict
    person = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}"
    return f"postgresql://{person}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def is_drill() -> bool:
    """Whether the long form was asked for (`make drill`)."""
    return os.environ.get("RUANG_DRILL") == "1"
