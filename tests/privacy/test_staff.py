"""Whom a message of the ground floor reaches among the staff."""

from django.db import transaction

from accounts.models import User
from privacy.models import OutboxMessage
from privacy.staff import staff_tell, staff_with
from tests.cast import Cast, person


def test_only_open_accounts_with_the_role_are_staff(cast: Cast) -> None:
    ira = person("ira@ruang.test", "privacy_officer", "front_desk")
    person("joko@ruang.test", "privacy_officer", is_active=False)
    assert staff_with("privacy_officer") == sorted([cast.hadi.subject_id, ira.subject_id])


def test_a_dedupe_key_tells_each_of_them_once(cast: Cast) -> None:
    person("ira@ruang.test", "privacy_officer")
    for _again in range(2):
        with transaction.atomic():
            told = staff_tell(
                "privacy_officer", template="password_changed", data={}, dedupe_key="once"
            )
            assert told == 2
    assert OutboxMessage.objects.filter(template="password_changed").count() == 2
    assert User.objects.filter(roles__contains=["privacy_officer"]).count() == 2
