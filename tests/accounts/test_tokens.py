"""Keys for programs: what they open, how they end, what they cost."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.errors import InputRefused
from accounts.models import ApiToken
from accounts.services import token_create, token_revoke
from privacy.errors import NotFound
from privacy.models import Subject

ALL = ["read", "book", "account"]


def key(user, *scopes):
    return token_create(actor=user, name="Script", scopes=scopes or ALL)


def call(secret, path="/api/v1/me", method="get", **more):
    headers = {"authorization": f"Bearer {secret}"}
    return getattr(Client(), method)(path, headers=headers, content_type="application/json", **more)


def test_key_is_stored_as_a_digest_only(people):
    token, secret = key(people.alice)
    assert secret.startswith("ruang_")
    assert len(bytes(token.digest)) == 32
    row = ApiToken.objects.values().get()
    assert secret not in str(row)


def test_key_opens_the_api_with_one_statement(people, django_assert_num_queries):
    _token, secret = key(people.alice)
    assert call(secret).json()["email"] == "alice@ruang.test"
    with django_assert_num_queries(2):  # the key with its person; the organisations
        call(secret)


def test_day_of_use_is_written_once_a_day(people, django_assert_num_queries):
    _token, secret = key(people.alice)
    call(secret)
    today = timezone.now().date()
    assert ApiToken.objects.get().used_on == today
    ApiToken.objects.update(used_on=today - timedelta(days=1))
    with django_assert_num_queries(3):
        call(secret)
    assert ApiToken.objects.get().used_on == today != date(2000, 1, 1)


def revoked(people, token):
    token_revoke(actor=people.alice, token_id=token.id)


def expired(people, token):
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def deactivated(people, token):
    Subject.objects.filter(id=people.alice.subject_id).update(state="deactivated")


def erased(people, token):
    Subject.objects.filter(id=people.alice.subject_id).update(state="erased")


def switched_off(people, token):
    people.alice.is_active = False
    people.alice.save()


@pytest.mark.parametrize("end", [revoked, expired, deactivated, erased, switched_off])
def test_ended_keys_answer_401(people, end):
    token, secret = key(people.alice)
    assert call(secret).status_code == 200
    end(people, token)
    answer = call(secret)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "token_invalid"


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer \xff", "Bearer ruang_nope"])
def test_rubbish_is_401_never_a_fault(people, header):
    answer = Client().get("/api/v1/me", headers={"authorization": header})
    assert answer.status_code == 401


def test_signed_out_is_401_with_a_challenge(people):
    answer = Client().get("/api/v1/me")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_scopes_limit_what_a_key_does(people):
    _token, secret = key(people.alice, "read")
    assert call(secret).status_code == 200
    refused = call(secret, method="patch", data={"institution": "X"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "scope_missing"
    _token, secret = key(people.alice, "account")
    assert call(secret).status_code == 403
    assert call(secret, method="patch", data={"institution": "X"}).status_code == 200


def test_words_follow_the_persons_language(people):
    _token, secret = key(people.alice)
    people.alice.language = "id"
    people.alice.save()
    answer = call(secret, "/api/v1/organisations/018f0000-0000-7000-8000-000000000000")
    assert answer.status_code == 404
    assert answer.json()["detail"] != "There is no such organisation."


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "", "scopes": ALL},
        {"name": "x" * 81, "scopes": ALL},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": ALL, "days": 0},
        {"name": "x", "scopes": ALL, "days": 9999},
    ],
)
def test_unfit_wishes_are_refused(people, wish):
    with pytest.raises(InputRefused):
        token_create(actor=people.alice, **wish)


def test_nobody_revokes_anothers_key(people):
    token, secret = key(people.alice)
    with pytest.raises(NotFound):
        token_revoke(actor=people.bob, token_id=token.id)
    assert call(secret).status_code == 200


def test_page_shows_a_new_key_once(enter, people):
    browser = enter(people.alice)
    form = {"name": "Laptop", "scopes": ["read"], "days": "30"}
    page = browser.post("/account/security/keys", form).content.decode()
    secret = page.split('value="ruang_')[1].split('"')[0]
    assert call(f"ruang_{secret}").status_code == 200
    later = browser.get("/account/security").content.decode()
    assert "Laptop" in later
    assert secret not in later
    token = ApiToken.objects.get()
    assert browser.post(f"/account/security/keys/{token.id}").status_code == 302
    assert call(f"ruang_{secret}").status_code == 401
    assert browser.post("/account/security/keys", {**form, "scopes": []}).status_code == 422


def test_staff_make_keys_only_after_the_second_factor(enter, people):
    form = {"name": "Laptop", "scopes": ["read"], "days": "30"}
    assert enter(people.dewi).post("/account/security/keys", form).status_code == 403
    assert ApiToken.objects.count() == 0


def test_command_prints_one_key_and_nothing_else(people, capsys):
    call_command("token_create", "Alice@ruang.test", "--scope", "read")
    printed = capsys.readouterr().out.split()
    assert len(printed) == 1
    assert call(printed[0]).status_code == 200
    assert ApiToken.objects.get().scopes == ["read"]
    with pytest.raises(CommandError):
        call_command("token_create", "nobody@ruang.test")
