"""What people and programs see when the vault is away, or a value was altered."""

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import Membership, User
from privacy.delivery import outbox_drain
from privacy.models import OutboxMessage, SecurityAlert
from privacy.outbox import outbox_put
from privacy.vault.ring import key_destroy, ring
from tests.cast import Cast, person


@pytest.fixture(autouse=True)
def _pages(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """No vault from now on."""

    def refuse(*_arguments: Any, **_more: Any) -> Any:
        raise OperationalError("connection refused")

    ring().forget()
    monkeypatch.setattr("privacy.vault.keys.SubjectKey.objects", type("", (), {"using": refuse}))
    monkeypatch.setattr("privacy.vault.keys.IndexKey.objects", type("", (), {"using": refuse}))


def browser(user: User | None = None, language: str = "en") -> Client:
    """Somebody's browser; a fault of ours is an answer, not an exception."""
    client = Client(raise_request_exception=False)
    if user is not None:
        User.objects.filter(id=user.id).update(language=language)
        client.force_login(user, backend="accounts.backends.EmailBackend")
    client.cookies["ruang_language"] = language
    return client


def alter(user: User) -> None:
    """Change one bit of the person's sealed address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET email = set_byte(email, 50, get_byte(email, 50) # 1)"
            " WHERE id = %s",
            [user.id],
        )


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Protected data cannot be read"), ("id", "Data yang dilindungi")]
)
def test_a_page_says_that_the_vault_is_away(
    cast: Cast, away: None, language: str, words: str
) -> None:
    answer = browser(cast.alice, language).get("/account")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert words in answer.content.decode()


def test_the_api_says_so_too_and_what_needs_no_key_goes_on(cast: Cast, away: None) -> None:
    answer = browser(cast.alice).get("/api/v1/me")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "vault_unavailable"
    assert int(answer["Retry-After"]) > 0
    assert browser().get("/api/v1/locations").status_code == 200
    assert browser().get("/find").status_code == 200


def test_signing_in_without_the_vault_is_no_wrong_password(cast: Cast, away: None) -> None:
    form = {"email": "alice@ruang.test", "password": "anything at all"}
    answer = browser().post("/sign-in", form)

    assert answer.status_code == 503
    assert "Protected data cannot be read" in answer.content.decode()


def test_registering_without_the_vault_stores_nothing(cast: Cast, away: None) -> None:
    before = User.objects.count()
    form = {"email": "new@ruang.test", "password": "kopi tubruk di teras", "full_name": "New"}
    answer = browser().post("/register", form)

    assert answer.status_code in {422, 503}
    assert User.objects.count() == before


def test_mail_waits_for_the_vault(cast: Cast, away: None) -> None:
    outbox_put(template="password_changed", recipient=cast.alice.subject_id, data={})
    outbox_drain()

    message = OutboxMessage.objects.get()
    assert (message.state, message.outcome) == ("queued", "no_vault")


def test_an_altered_value_is_refused_and_the_officer_is_told(cast: Cast) -> None:
    alter(cast.alice)
    stored = bytes(User.objects.get(id=cast.alice.id).__dict__["email"].cipher)

    answer = browser(cast.alice).get("/account")
    assert answer.status_code == 409
    assert "does not pass its check" in answer.content.decode()
    assert browser(cast.alice).get("/api/v1/me").json()["code"] == "seal_broken"
    [alert] = SecurityAlert.objects.all()
    assert (alert.kind, alert.subject_id) == ("tampered", cast.alice.subject_id)
    assert OutboxMessage.objects.filter(
        template="security_alert", recipient=cast.hadi.subject_id
    ).exists()
    assert bytes(User.objects.get(id=cast.alice.id).__dict__["email"].cipher) == stored
    assert browser(cast.bob).get("/api/v1/me").json()["email"] == "bob@ruang.test"


def test_an_erased_persons_row_says_so(cast: Cast) -> None:
    key_destroy(cast.bob.subject_id)
    url = f"/api/v1/organisations/{cast.lontar.id}/members"
    rows = browser(cast.alice).get(url).json()["results"]

    assert sorted(str(row["email"]) for row in rows) == ["alice@ruang.test", "erased"]


def test_a_list_of_members_asks_the_vault_once(cast: Cast, django_assert_num_queries: Any) -> None:
    url = f"/api/v1/organisations/{cast.lontar.id}/members"
    client = browser(cast.alice)
    with django_assert_num_queries(1, using="vault"):
        assert len(client.get(url).json()["results"]) == 2
    for number in range(28):
        user = person(f"member{number}@ruang.test")
        Membership.objects.create(organisation=cast.lontar, user=user)
    with django_assert_num_queries(1, using="vault"):
        assert len(client.get(url).json()["results"]) == 30
