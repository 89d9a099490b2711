"""Suspicious activity reaches the officers and the person; late audits alarm (promise P46)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.models import User
from accounts.services import session_start
from privacy import alerts, clock
from privacy.access import access_note
from privacy.alerts import (
    AlertClosed,
    Kind,
    alert_close,
    alert_raise,
    export_note,
    reads_watch,
)
from privacy.audits import AuditRefused, audit_done, overdue_tell
from privacy.delivery import _build
from privacy.errors import NotFound
from privacy.gate import gate_judge
from privacy.ids import uuid7
from privacy.models import Audit, AuditRun, OutboxMessage, SecurityAlert, Subject
from tests.cast import Cast

pytestmark = [pytest.mark.promise("P46"), pytest.mark.usefixtures("plain_static")]


def told(template: str) -> set[Any]:
    """Who gets a message of this kind."""
    return set(
        OutboxMessage.objects.filter(template=template).values_list("recipient_id", flat=True)
    )


def written(message: OutboxMessage) -> Any:
    """The letter as it would leave now."""
    verdict = gate_judge(message.id)
    assert verdict.address is not None
    assert verdict.code == ""
    return _build(message, verdict.address)


def test_an_alert_tells_officers_once_and_the_person_once_a_day(cast: Cast) -> None:
    first = alert_raise(kind=Kind.MANY_FAILURES, subject_id=cast.alice.subject_id)
    assert alert_raise(kind=Kind.MANY_FAILURES, subject_id=cast.alice.subject_id) == first
    alert = SecurityAlert.objects.get()
    assert (alert.id, alert.times, alert.subject_id) == (first, 2, cast.alice.subject_id)
    assert list(
        OutboxMessage.objects.order_by("template").values_list("template", "recipient_id")
    ) == [("account_watch", cast.alice.subject_id), ("security_alert", cast.hadi.subject_id)]


def test_an_alert_of_nobodys_account_is_one_too(cast: Cast) -> None:
    alert_raise(kind=Kind.MANY_FAILURES, subject_id=None)
    alert_raise(kind=Kind.MANY_FAILURES, subject_id=None)
    assert list(SecurityAlert.objects.values_list("subject", "times")) == [(None, 2)]
    assert told("account_watch") == set()


def test_a_refused_transaction_leaves_no_alert(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - the rollback is the point
        alert_raise(kind=Kind.TAMPERED, subject_id=cast.alice.subject_id)
        raise RuntimeError
    assert not SecurityAlert.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_closed_alert_is_closed_once_and_the_next_one_is_new(cast: Cast) -> None:
    first = alert_raise(kind=Kind.TAMPERED, subject_id=cast.alice.subject_id)
    alert_close(officer_id=cast.hadi.subject_id, alert_id=first, outcome="harmless")
    with pytest.raises(AlertClosed):
        alert_close(officer_id=cast.hadi.subject_id, alert_id=first, outcome="incident")
    with pytest.raises(NotFound):
        alert_close(officer_id=cast.hadi.subject_id, alert_id=uuid7(), outcome="incident")
    assert alert_raise(kind=Kind.TAMPERED, subject_id=cast.alice.subject_id) != first
    assert SecurityAlert.objects.get(id=first).outcome == "harmless"


@pytest.mark.django_db(transaction=True)
def test_guessing_a_password_alerts(cast: Cast) -> None:
    User.objects.filter(id=cast.alice.id).update(password=make_password("kopi tubruk di teras"))
    browser = Client()
    for _try in range(settings.AXES_FAILURE_LIMIT + 1):
        answer = browser.post("/sign-in", {"email": "Alice@ruang.test", "password": "wrong"})
    assert answer.status_code == 429
    alert = SecurityAlert.objects.get()
    assert (alert.kind, alert.subject_id) == ("many_failures", cast.alice.subject_id)
    assert told("security_alert") == {cast.hadi.subject_id}
    assert told("account_watch") == {cast.alice.subject_id}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["nobody@ruang.test", "x" * 5000, "a\x00b@ruang.test", ""])
def test_guessing_at_no_account_is_no_error(cast: Cast, address: str) -> None:
    browser = Client()
    for _try in range(settings.AXES_FAILURE_LIMIT + 2):
        answer = browser.post("/sign-in", {"email": address, "password": "wrong"})
        assert answer.status_code in {422, 429}
    assert told("account_watch") == set()


def signed_in(user: User, *, known: bool) -> None:
    session_start(
        actor=user, session_key=uuid7().hex, user_agent="Firefox Linux", known_device=known
    )


@pytest.mark.django_db(transaction=True)
def test_a_new_browser_of_the_staff_alerts_and_of_a_tenant_only_tells_them(cast: Cast) -> None:
    for user in (cast.alice, cast.dewi):
        signed_in(user, known=False)  # the very first sign-in is nobody's news
        signed_in(user, known=True)
    assert not SecurityAlert.objects.exists()
    for user in (cast.alice, cast.dewi):
        signed_in(user, known=False)
    assert list(SecurityAlert.objects.values_list("kind", "subject")) == [
        ("new_device", cast.dewi.subject_id)
    ]
    assert told("new_device") == {cast.alice.subject_id, cast.dewi.subject_id}
    assert told("security_alert") == {cast.hadi.subject_id}


@pytest.mark.django_db(transaction=True)
def test_an_export_soon_after_a_new_browser_alerts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(cast.alice, known=True)
    export_note(cast.alice.subject_id)
    assert not SecurityAlert.objects.exists()
    signed_in(cast.alice, known=False)
    export_note(cast.alice.subject_id)
    assert SecurityAlert.objects.get().kind == "export_new_device"
    assert told("account_watch") == {cast.alice.subject_id}
    SecurityAlert.objects.all().delete()
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    export_note(cast.alice.subject_id)
    assert not SecurityAlert.objects.exists()


def test_reading_very_many_people_alerts_once_an_hour(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MANY_READS", 20)
    people = Subject.objects.bulk_create([Subject() for _ in range(20)])

    def read(count: int) -> None:
        access_note(
            cast.dewi,
            subject_ids=[one.id for one in people[:count]],
            purpose="arrivals",
            model="accounts.User",
            fields=("full_name",),
        )

    read(19)
    assert reads_watch() == 0
    read(20)
    assert reads_watch() == 1
    assert reads_watch() == 0
    alert = SecurityAlert.objects.get()
    assert (alert.kind, alert.subject_id, alert.times) == ("many_reads", cast.dewi.subject_id, 1)
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert reads_watch() == 0


@pytest.fixture
def late(db: None) -> Audit:
    """An audit that should have been done yesterday; the others lie ahead."""
    day = clock.now().date() - timedelta(days=1)
    titles = {"title_id": "Latihan", "title_en": "Drill", "interval_days": 180}
    audit, _made = Audit.objects.update_or_create(
        code="restore", defaults={"due_on": day}, create_defaults={"due_on": day, **titles}
    )
    return audit


def test_a_late_audit_alarms_by_mail_and_by_a_command_without_worker(
    cast: Cast, late: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert overdue_tell() == 1
    assert overdue_tell() == 1
    messages = OutboxMessage.objects.filter(template="audit_overdue")
    assert [row.recipient_id for row in messages] == [cast.hadi.subject_id]
    with pytest.raises(SystemExit) as left:
        call_command("audits_overdue")
    assert left.value.code == 1
    assert "1 days late: restore" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_recording_the_audit_ends_the_alarm(cast: Cast, capsys: Any) -> None:
    today = clock.now().date()
    late = Audit.objects.create(
        code="lama", title_id="Lama", title_en="Old", interval_days=30, due_on=today
    )
    Audit.objects.filter(id=late.id).update(due_on=today - timedelta(days=3))
    assert overdue_tell() == 1
    audit_done(
        officer_id=cast.hadi.subject_id, audit_id=late.id, done_on=today, findings=2, report="A 3"
    )
    assert overdue_tell() == 0
    call_command("audits_overdue")
    assert "No audit is overdue." in capsys.readouterr().out
    assert Audit.objects.get(id=late.id).due_on == today + timedelta(days=30)
    assert AuditRun.objects.get().recorded_by_id == cast.hadi.subject_id


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_true_is_refused_whole(cast: Cast) -> None:
    audit = Audit.objects.create(
        code="x", title_id="X", title_en="X", interval_days=30, due_on=date(2026, 1, 1)
    )
    tomorrow = clock.now().date() + timedelta(days=1)
    with pytest.raises(AuditRefused) as refused:
        audit_done(
            officer_id=cast.hadi.subject_id,
            audit_id=audit.id,
            done_on=tomorrow,
            findings=-1,
            report=" ",
        )
    assert [rule.field for rule in refused.value.broken] == ["done_on", "findings", "report"]
    assert not AuditRun.objects.exists()


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        (
            "id",
            {"Peringatan keamanan untuk dilihat", "Kegiatan janggal pada akun Anda"}
            | {"Audit terlambat"},
        ),
        (
            "en",
            {"Security alert to look at", "Unusual activity on your account"}
            | {"An audit is overdue"},
        ),
    ],
)
def test_the_letters_are_written_in_the_persons_language(
    cast: Cast, late: Audit, language: str, subjects: set[str]
) -> None:
    User.objects.update(language=language)
    alert_raise(kind=Kind.MANY_FAILURES, subject_id=cast.alice.subject_id)
    OutboxMessage.objects.update(created_at=clock.now())
    overdue_tell()
    mails = [written(message) for message in OutboxMessage.objects.all()]
    assert {mail.subject for mail in mails} == subjects
    for mail in mails:
        assert f'<html lang="{language}"' in mail.html
        assert settings.SITE_URL in mail.text
        assert "alice@ruang.test" not in mail.text


def test_a_letter_about_a_closed_alert_is_not_sent(cast: Cast) -> None:
    alert_raise(kind=Kind.MANY_FAILURES, subject_id=cast.alice.subject_id)
    message = OutboxMessage.objects.get(template="security_alert")
    assert written(message) is not None
    SecurityAlert.objects.update(
        closed_at=clock.now(), closed_by=cast.hadi.subject_id, outcome="harmless"
    )
    assert written(message) is None
