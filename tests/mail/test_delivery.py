"""The outbox: one statement in, one letter out, whatever breaks between."""

import logging
import socket
import time
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from privacy import clock, delivery, outbox, wake
from privacy.delivery import MAX_ATTEMPTS, claim, outbox_drain, pause
from privacy.models import Contact, OutboxMessage, Subject
from privacy.outbox import Mail, Message, Template, UnknownTemplate, outbox_put
from tests.cast import Cast
from tests.mail.conftest import Inbox, free_port

State = OutboxMessage.State


def plain(message: Message) -> Mail | None:
    """Whatever the recipient's name is, in the subject and both bodies."""
    return Mail(f"For {message.address.name}", "text\n", "<p>html</p>")


@pytest.fixture(autouse=True)
def _a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(outbox._templates)
    known["test_plain"] = Template("test_plain", "reservation", plain)
    known["test_security"] = Template("test_security", "security", plain)
    known["test_offer"] = Template("test_offer", "marketing", plain)
    monkeypatch.setattr(outbox, "_templates", known)


def put(cast: Cast, template: str = "test_plain", **more: Any) -> OutboxMessage:
    """One message to Alice; the newest row."""
    more.setdefault("recipient", cast.alice.subject_id)
    more.setdefault("data", {})
    outbox_put(template=template, **more)
    return OutboxMessage.objects.latest("created_at")


def test_put_is_one_statement_and_reads_nothing(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        put_only = {"template": "test_plain", "recipient": cast.alice.subject_id, "data": {}}
        outbox_put(**put_only, dedupe_key=f"x:{uuid4()}", contact=None)

    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_put_twice_with_one_key_keeps_the_first(cast: Cast) -> None:
    put(cast, dedupe_key="reminder:1")
    put(cast, dedupe_key="reminder:1")

    assert OutboxMessage.objects.filter(dedupe_key="reminder:1").count() == 1


@pytest.mark.parametrize(
    "value",
    ["alice@ruang.test", "Alice", "alice example", "Jl. Kebon Sirih 48", "+62812", "", 1.5, None],
)
def test_put_refuses_what_could_be_personal(cast: Cast, value: Any) -> None:
    with pytest.raises(ValueError, match="must be an identifier") as caught:
        put(cast, data={"reservation": value})

    assert not value or str(value) not in str(caught.value)
    assert not OutboxMessage.objects.exists()


def test_put_refuses_an_unknown_template(cast: Cast) -> None:
    with pytest.raises(UnknownTemplate):
        put(cast, "nobody_registered_this")


@pytest.mark.django_db(transaction=True)
def test_put_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox_put(template="test_plain", recipient=uuid4(), data={})


def test_a_letter_leaves_with_both_parts_and_a_stable_id(
    cast: Cast, inbox: Inbox, settings: Any
) -> None:
    settings.SITE_URL = "https://ruang.example"
    message = put(cast)

    assert outbox_drain() == 1

    letter = inbox.letters[0]
    assert inbox.receivers == ["alice@ruang.test"]
    assert letter["Message-ID"] == f"<{message.id}@ruang.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    message.refresh_from_db()
    assert (message.state, message.outcome, message.attempts) == ("sent", "sent", 1)
    assert message.sent_at is not None
    assert message.lease_token is None
    assert outbox_drain() == 0


def test_a_name_cannot_write_headers(cast: Cast, inbox: Inbox) -> None:
    cast.alice.full_name = "Alice\r\nBcc: charlie@ruang.test\r\n\r\n<script>"
    cast.alice.save()
    put(cast)

    outbox_drain()

    letter = inbox.letters[0]
    assert letter["Bcc"] is None
    assert inbox.receivers == ["alice@ruang.test"]
    assert letter["Subject"] == "For Alice Bcc: charlie@ruang.test <script>"
    raw = letter.as_bytes()
    assert BytesParser(policy=policy.default).parsebytes(raw)["To"].addresses[0].addr_spec == (
        "alice@ruang.test"
    )


@pytest.mark.parametrize(
    ("state", "template", "outcome"),
    [
        ("active", "test_plain", "sent"),
        ("active", "test_offer", "no_consent"),
        ("deactivated", "test_plain", "subject_deactivated"),
        ("deactivated", "test_security", "sent"),
        ("restricted", "test_plain", "sent"),
        ("erasing", "test_security", "subject_erased"),
        ("erased", "test_security", "subject_erased"),
    ],
)
def test_the_gate_decides_when_it_is_sent(
    cast: Cast, inbox: Inbox, state: str, template: str, outcome: str
) -> None:
    message = put(cast, template)
    Subject.objects.filter(id=cast.alice.subject_id).update(state=state)

    outbox_drain()

    message.refresh_from_db()
    assert message.outcome == outcome
    assert len(inbox.letters) == (1 if outcome == "sent" else 0)


def test_a_deleted_contact_is_not_replaced_by_the_account(cast: Cast, inbox: Inbox) -> None:
    contact = Contact.objects.create(subject=cast.alice.subject, email="old@ruang.test")
    message = put(cast, contact=contact.id)
    contact.delete()

    outbox_drain()

    message.refresh_from_db()
    assert (message.state, message.outcome) == ("refused", "no_address")
    assert inbox.letters == []


def test_a_message_no_longer_true_is_not_sent(
    cast: Cast, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        outbox._templates, "test_plain", Template("test_plain", "reservation", lambda _m: None)
    )
    message = put(cast)

    outbox_drain()

    message.refresh_from_db()
    assert (message.state, message.outcome) == ("refused", "no_longer_true")
    assert inbox.letters == []


def test_a_refused_address_is_given_up_and_stands_in_no_log(
    cast: Cast, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.to_recipient = "550 5.1.1 <{address}> has no mailbox here"
    message = put(cast)

    with caplog.at_level(logging.DEBUG):
        outbox_drain()

    message.refresh_from_db()
    assert (message.state, message.outcome) == ("dead", "smtp_550 5.1.1")
    ours = [record for record in caplog.records if record.name.startswith("privacy")]
    assert str(message.id) in ours[-1].getMessage()
    assert "alice" not in "".join(record.getMessage() for record in ours)


def test_a_fault_in_a_template_keeps_its_words_out_of_the_log(
    cast: Cast, inbox: Inbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(message: Message) -> Mail:
        raise RuntimeError(f"cannot write to {message.address.email}")

    monkeypatch.setitem(outbox._templates, "test_plain", Template("test_plain", "support", breaks))
    message = put(cast)

    outbox_drain()

    message.refresh_from_db()
    assert message.state == "queued"
    assert message.outcome.startswith("fault RuntimeError at test_delivery.py:")
    assert "RuntimeError" in caplog.text
    assert "alice" not in caplog.text


def test_a_busy_server_is_asked_again_later(cast: Cast, inbox: Inbox) -> None:
    inbox.to_data = "451 4.3.0 try later"
    message = put(cast)

    outbox_drain()

    message.refresh_from_db()
    assert (message.state, message.outcome, message.attempts) == ("queued", "smtp_451 4.3.0", 1)
    assert timedelta(seconds=20) < message.due_at - clock.now() < timedelta(seconds=40)
    inbox.to_data = ""
    OutboxMessage.objects.update(due_at=clock.now())
    outbox_drain()
    assert len(inbox.letters) == 1


def test_an_absent_server_costs_one_message_one_attempt(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for _number in range(3):
        put(cast)

    outbox_drain()

    assert sorted(OutboxMessage.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"queued"}


def test_too_many_attempts_end_visibly(cast: Cast, inbox: Inbox) -> None:
    inbox.to_data = "451 4.3.0 try later"
    message = put(cast)
    OutboxMessage.objects.update(attempts=MAX_ATTEMPTS - 1)

    outbox_drain()

    message.refresh_from_db()
    assert (message.state, message.outcome) == ("dead", "too_many_attempts, last smtp_451 4.3.0")


def test_pauses_double_to_four_hours_with_a_spread() -> None:
    firsts = {pause(1).total_seconds() for _number in range(50)}

    assert 24 <= min(firsts) < max(firsts) <= 36
    assert pause(3) >= timedelta(seconds=96)
    assert pause(MAX_ATTEMPTS) <= timedelta(hours=4, minutes=48)


def test_a_lost_lease_marks_nothing(cast: Cast) -> None:
    put(cast)
    slow = claim()
    assert slow is not None
    OutboxMessage.objects.update(lease_token=uuid4())

    marked = delivery._mark(slow, delivery.Outcome(State.DEAD, "late"))

    assert marked is False
    assert OutboxMessage.objects.get().state == "leased"


def test_a_leased_message_is_claimed_again_only_after_its_lease(cast: Cast) -> None:
    put(cast)

    assert claim() is not None
    assert claim() is None
    OutboxMessage.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    again = claim()

    assert again is not None
    assert again.attempts == 2


@pytest.mark.django_db(transaction=True)
def test_one_wake_a_transaction_and_none_after_a_rollback(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[str]] = []
    monkeypatch.setattr(
        type(wake.current_app._get_current_object()),
        "send_task",
        lambda _app, _name, args, **_more: sent.append(args),
    )
    with transaction.atomic():
        first = put(cast)
        put(cast)
    with transaction.atomic():
        put(cast)
        transaction.set_rollback(True)

    assert sent == [[str(first.id)]]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_costs_nothing_but_a_delay(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from celery import Celery  # noqa: PLC0415 - only this test needs an application of its own

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{held.getsockname()[1]}/0"
        monkeypatch.delenv("CELERY_BROKER_URL")  # it would win over the argument
        dead = Celery("dead", broker=url, set_as_current=False)
        monkeypatch.setattr(wake, "current_app", dead)
        monkeypatch.setattr(wake, "breaker", wake.Breaker())
        times = []
        for _number in range(6):
            start = time.perf_counter()
            with transaction.atomic():
                put(cast)
            times.append(time.perf_counter() - start)

    assert OutboxMessage.objects.filter(state="queued").count() == 6
    assert times[0] < 1
    assert max(times[1:]) < 0.1
    warnings = [record for record in caplog.records if "broker" in record.getMessage()]
    assert len(warnings) == 1


def test_the_breaker_lets_one_through_after_its_rest() -> None:
    breaker = wake.Breaker(rest=0.05)
    assert breaker.may_try()
    assert breaker.failed() is True
    assert breaker.failed() is False
    assert not breaker.may_try()
    time.sleep(0.06)

    assert breaker.may_try()
    assert not breaker.may_try()
    assert breaker.succeeded() is True
    assert breaker.may_try()
