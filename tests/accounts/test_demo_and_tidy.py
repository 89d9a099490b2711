"""Demo people, and what the hourly sweep deletes."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import demo
from accounts.models import IdempotencyKey, Membership, Organisation, SessionRecord, User
from accounts.tasks import tidy_sweep
from privacy.ids import uuid7
from privacy.models import Acceptance, Subject


def test_nine_people_can_sign_in_and_a_second_load_changes_nothing(db, enter):
    first = demo.load_people()
    again = demo.load_people()
    assert sorted(first) == sorted(
        ["alice", "bob", "charlie", "dewi", "eka", "farid", "gita", "hadi", "root"]
    )
    assert {name: user.id for name, user in first.items()} == {
        name: user.id for name, user in again.items()
    }
    assert (User.objects.count(), Subject.objects.count()) == (9, 9)
    assert Membership.objects.count() == 3
    form = {"email": "alice@ruang.test", "password": "ruang-demo-2026"}
    assert enter().post("/sign-in", form).status_code == 302


def test_each_member_of_staff_has_one_role_and_a_device(db):
    people = demo.load_people()
    assert {name: user.roles for name, user in people.items() if user.roles} == {
        "dewi": ["front_desk"],
        "eka": ["space_manager"],
        "farid": ["billing_clerk"],
        "gita": ["customer_service"],
        "hadi": ["privacy_officer"],
        "root": ["administrator"],
    }
    assert TOTPDevice.objects.filter(confirmed=True, name="demo").count() == 6


def test_demo_staff_pass_with_the_code_of_the_page(db, enter, settings):
    settings.DEVELOPMENT = True
    people = demo.load_people()
    browser = enter(people["dewi"])
    page = browser.get("/two-step").content.decode()
    code = page.split("<code>")[1][:6]
    assert browser.post("/two-step", {"code": code}).status_code == 302
    assert browser.get("/account").wsgi_request.user.may("reservations.see_desk")


def test_command_lists_who_they_are(capsys):
    call_command("demo_people")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 12
    assert lines[0].split() == ["alice@ruang.test", "Alice", "Wulandari", "organisation", "owner"]
    assert "ruang-demo-2026" in lines[9]


def test_sweep_deletes_what_has_served_its_time_and_nothing_else(enter, people):
    browser = enter(people.alice)
    browser.get("/account")
    old = timezone.now() - timedelta(days=91)
    SessionRecord.objects.create(user=people.bob, session_key="gone")
    SessionRecord.objects.filter(session_key="gone").update(created_at=old)
    Session.objects.create(
        session_key="old", session_data="", expire_date=timezone.now() - timedelta(hours=1)
    )
    for key in ("new", "old"):
        IdempotencyKey.objects.create(
            user=people.alice, key=key, route="x", fingerprint=b"x" * 32, resource=uuid7()
        )
        AccessAttempt.objects.create(
            username=key,
            ip_address="127.0.0.1",
            user_agent="",
            get_data="",
            post_data="",
            failures_since_start=1,
        )
    IdempotencyKey.objects.filter(key="old").update(created_at=old)
    AccessAttempt.objects.filter(username="old").update(attempt_time=old)
    tidy_sweep()
    assert [record.user_id for record in SessionRecord.objects.all()] == [people.alice.id]
    assert Session.objects.count() == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["new"]
    assert browser.get("/account").status_code == 200


def test_demo_people_and_organisations_have_accepted_the_terms_once(db):
    people = demo.load_people()
    User.objects.filter(id=people["bob"].id).update(terms_answered=0, policy_answered=0)
    demo.load_people()
    demo.load_people()
    for user in User.objects.all():
        assert (user.terms_answered, user.policy_answered) == (1, 1)
    assert set(Organisation.objects.values_list("terms_version", flat=True)) == {1}
    own = Acceptance.objects.filter(organisation=None, answer="accepted", form="demo")
    assert own.filter(subject=people["alice"].subject_id).count() == 2
    assert own.filter(subject=people["bob"].subject_id).count() == 4
    assert Acceptance.objects.exclude(organisation=None).count() == 2
