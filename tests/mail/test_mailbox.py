"""The caught mail of a development installation can be read, and nowhere else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from privacy.delivery import outbox_drain
from reservations.models import Reservation
from tests.mail.conftest import Inbox


@pytest.fixture
def caught(book: Callable[..., Reservation], inbox: Inbox, settings: Any, tmp_path: Path) -> str:
    """The name of one caught confirmation."""
    book(title="<b>Tinjauan</b>")
    outbox_drain()
    settings.VAR_DIR = tmp_path
    settings.DEVELOPMENT = True
    name = "20261123T100000.000000Z-000001.eml"
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / name).write_bytes(inbox.letters[0].as_bytes())
    return name


def test_caught_mail_is_listed_and_shown(caught: str, client: Client) -> None:
    assert caught in client.get("/dev/mail").content.decode()

    answer = client.get(f"/dev/mail/{caught}")

    body = answer.content.decode()
    assert "Meranti" in body
    assert 'rel="nofollow"' in body
    assert "BEGIN:VEVENT" in body
    assert "<b>Tinjauan" not in body
    assert "frame-src 'self'" in answer["Content-Security-Policy"]


def test_the_html_part_is_shut_in(caught: str, client: Client) -> None:
    answer = client.get(f"/dev/mail/{caught}/html")

    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert 'target="_top"' in answer.content.decode()


def test_only_caught_mail_can_be_named(caught: str, client: Client) -> None:
    for name in ("secrets", "..", ".hidden.eml", "20261123T100000.000000Z-000002.eml"):
        assert client.get(f"/dev/mail/{name}").status_code == 404


def test_elsewhere_there_is_no_such_page(caught: str, client: Client, settings: Any) -> None:
    addresses = ["/dev/mail", f"/dev/mail/{caught}", f"/dev/mail/{caught}/html"]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]

    settings.DEVELOPMENT = False

    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
