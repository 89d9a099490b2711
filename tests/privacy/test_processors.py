"""The processor register: an expired or untagged processor blocks, staff know, nothing is lost."""

import logging
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from privacy import clock, courier, delivery
from privacy.channels import Channel, NotNow, Unreachable, register_channel
from privacy.courier import Blocked, courier_call
from privacy.delivery import outbox_drain
from privacy.errors import NotAllowed, NotFound, Stale
from privacy.ids import uuid7
from privacy.models import OutboxMessage, Processor, ProcessorEvent, Subject
from privacy.outbox import outbox_put
from privacy.processor_services import (
    ProcessorFacts,
    ProcessorRefused,
    processor_add,
    processor_change,
    processor_end,
)
from privacy.processors import service_trouble, today, trouble_of
from privacy.watching import processors_watch
from tests.cast import Cast, processor
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - a fixture

YESTERDAY = timedelta(days=-1)


def facts(**more: Any) -> ProcessorFacts:
    """PT Pos Surel, in Singapore under safeguards, for a year from today."""
    wanted: dict[str, Any] = {
        "name": "PT Pos Surel",
        "service": "email",
        "contract_from": today(),
        "contract_until": today() + timedelta(days=365),
        "region": "SG",
        "mechanism": "safeguards",
        "contact": "privasi@pos.example",
        "categories": ["contact", "message"],
    }
    return ProcessorFacts(**{**wanted, **more})


def put(cast: Cast) -> OutboxMessage:
    """A message to Alice that is always true."""
    with transaction.atomic():
        outbox_put(template="password_changed", recipient=cast.alice.subject_id, data={})
    return OutboxMessage.objects.latest("created_at")


BLOCKED = [
    pytest.param({"contract_until": -1}, "processor_expired", marks=pytest.mark.promise("P30")),
    pytest.param({"contract_from": 1}, "processor_not_begun", marks=pytest.mark.promise("P30")),
    pytest.param({"state": "ended"}, "no_processor", marks=pytest.mark.promise("P30")),
    pytest.param({"region": ""}, "processor_untagged", marks=pytest.mark.promise("P34")),
    pytest.param({"mechanism": ""}, "processor_untagged", marks=pytest.mark.promise("P34")),
    # A country abroad under "no transfer" is no ground for a transfer.
    pytest.param({"region": "US"}, "processor_untagged", marks=pytest.mark.promise("P34")),
]


@pytest.mark.parametrize(("changes", "reason"), BLOCKED)
def test_messages_wait_at_the_door_and_leave_once_it_is_in_order(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
    changes: dict[str, Any],
    reason: str,
) -> None:
    row = Processor.objects.get(service="email")
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        days = isinstance(value, int)
        setattr(row, name, today() + timedelta(days=value) if days else value)
    row.save()
    first, second = put(cast), put(cast)

    outbox_drain()
    outbox_drain()

    for message in (first, second):
        message.refresh_from_db()
        assert (message.state, message.outcome, message.attempts) == ("queued", reason, 0)
    assert inbox.letters == []
    Processor.objects.update(**before)
    assert outbox_drain() == 2
    assert len(inbox.letters) == 2
    assert set(OutboxMessage.objects.values_list("state", "outcome")) == {("sent", "sent")}


@pytest.mark.promise("P30")
def test_without_any_processor_nothing_leaves(cast: Cast, inbox: Inbox) -> None:  # noqa: F811
    Processor.objects.all().delete()
    message = put(cast)

    outbox_drain()

    message.refresh_from_db()
    assert (message.state, message.outcome) == ("queued", "no_processor")
    assert inbox.letters == []


def test_one_processor_in_order_is_enough(cast: Cast) -> None:
    Processor.objects.filter(service="email").update(contract_until=today() + YESTERDAY)
    assert service_trouble("email") == "processor_expired"
    processor("email", name="PT Baru")
    assert service_trouble("email") == ""
    processor("email", name="PT Lain", region="")
    assert service_trouble("email") == ""


def test_a_contract_holds_through_its_last_day_by_the_operators_calendar(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415 - here alone

    row = Processor.objects.get(service="email")
    row.contract_until = date(2026, 12, 31)
    assert trouble_of(row, date(2026, 12, 31)) == ""
    assert trouble_of(row, date(2027, 1, 1)) == "processor_expired"
    # 17.00 UTC is midnight in Jakarta.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 16, 59, tzinfo=UTC))
    assert today() == date(2026, 12, 31)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
    assert today() == date(2027, 1, 1)


def test_a_blocked_channel_holds_up_no_other(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from privacy import channels, outbox  # noqa: PLC0415
    from privacy.post import Post, mail_address  # noqa: PLC0415

    monkeypatch.setattr(channels, "_channels", dict(channels._channels))
    register_channel(Channel("pigeon", "Pigeon", "other", address=mail_address, open=Post))
    kind = outbox.template_named("password_changed")
    both = outbox.Template(
        kind.name, kind.category, kind.build, kind.title, others={"pigeon": kind.build}
    )
    monkeypatch.setitem(outbox._templates, kind.name, both)
    with transaction.atomic():
        for channel in ("pigeon", "email", "pigeon", "email"):
            outbox_put(
                template=kind.name, recipient=cast.alice.subject_id, data={}, channel=channel
            )

    outbox_drain()

    found = sorted(OutboxMessage.objects.values_list("channel", "state", "outcome"))
    assert found == [("email", "sent", "sent")] * 2 + [("pigeon", "queued", "no_processor")] * 2
    processor("other")
    outbox_drain()
    assert len(inbox.letters) == 4


@pytest.mark.promise("P30")
def test_officers_are_told_before_and_after_the_end_once_each(cast: Cast) -> None:
    row = Processor.objects.get(service="email")
    told = []
    for left in (60, 30, 29, 7, 3, 1, 0, -1, -9):
        row.contract_until = date(2027, 6, 30)
        row.save()
        with pytest.MonkeyPatch.context() as patch:
            day = row.contract_until - timedelta(days=left)
            patch.setattr("privacy.processors.today", lambda day=day: day)
            processors_watch()
            processors_watch()
        told.append(OutboxMessage.objects.filter(template="processor_ends").count())

    assert told == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert set(OutboxMessage.objects.values_list("recipient", flat=True)) == {cast.hadi.subject_id}


def test_the_warning_says_what_stops_and_falls_silent_after_a_renewal(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    row = Processor.objects.get(service="google_sign_in")
    row.contract_until = today() + timedelta(days=7)
    row.save()
    processors_watch()
    outbox_drain()
    body = inbox.letters[0].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "7" in str(inbox.letters[0]["Subject"])
    assert "/staff/processors" in text

    Processor.objects.filter(id=row.id).update(contract_until=today() + timedelta(days=1))
    processors_watch()
    Processor.objects.filter(id=row.id).update(contract_until=None)
    outbox_drain()
    assert len(inbox.letters) == 1
    assert OutboxMessage.objects.filter(outcome="no_longer_true").count() == 1


def test_a_lapsed_mail_provider_stands_in_the_log(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    Processor.objects.filter(service="email").update(contract_until=today() + YESTERDAY)
    with caplog.at_level(logging.ERROR):
        processors_watch()
    assert "Messages over email wait: processor_expired." in caplog.text


def test_entries_are_added_renewed_and_ended_with_a_history(cast: Cast) -> None:
    made = processor_add(actor=cast.hadi, facts=facts())
    longer = today() + timedelta(days=800)
    renewed = processor_change(
        actor=cast.hadi, processor_id=made.id, version=1, facts=facts(contract_until=longer)
    )
    processor_end(actor=cast.hadi, processor_id=made.id, version=renewed.version)

    events = ProcessorEvent.objects.filter(processor=made).order_by("at")
    assert [event.verb for event in events] == ["added", "changed", "ended"]
    assert events[1].data == {
        "contract_from": today().isoformat(),
        "contract_until": longer.isoformat(),
        "region": "SG",
        "mechanism": "safeguards",
    }
    assert {event.actor_id for event in events} == {cast.hadi.subject_id}
    made.refresh_from_db()
    assert (made.state, made.version) == ("ended", 3)
    with pytest.raises(ProcessorRefused):
        processor_change(actor=cast.hadi, processor_id=made.id, version=3, facts=facts())


def test_stale_unknown_and_foreign_hands_change_nothing(cast: Cast) -> None:
    made = processor_add(actor=cast.hadi, facts=facts())
    with pytest.raises(Stale):
        processor_change(actor=cast.hadi, processor_id=made.id, version=9, facts=facts(name="X"))
    with pytest.raises(NotFound):
        processor_end(actor=cast.hadi, processor_id=uuid7(), version=1)
    for other in (cast.gita, cast.eka, cast.alice):
        with pytest.raises(NotAllowed):
            processor_add(actor=other, facts=facts())
        with pytest.raises(NotAllowed):
            processor_end(actor=other, processor_id=made.id, version=1)
    made.refresh_from_db()
    assert (made.name, made.version, made.state) == ("PT Pos Surel", 1, "active")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"service": "sale"}, "service"),
        ({"contract_until": date(2020, 1, 1)}, "contract_until"),
        ({"region": "ZZ"}, "region"),
        ({"region": "SG", "mechanism": "domestic"}, "mechanism"),
        ({"region": "ID", "mechanism": "adequate"}, "mechanism"),
        ({"categories": ["soul"]}, "categories"),
    ],
)
def test_what_cannot_be_true_is_refused_with_its_field(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    count = Processor.objects.count()
    with pytest.raises(ProcessorRefused) as caught:
        processor_add(actor=cast.hadi, facts=facts(**changes))
    assert [each.field for each in caught.value.broken] == [field]
    assert Processor.objects.count() == count


@pytest.mark.django_db
def test_the_command_adds_once_and_refuses_in_words() -> None:
    line = ("--service=email", "--name=PT Pos", "--from=2026-01-01", "--region=id")
    call_command("processor_add", *line, "--mechanism=domestic", "--if-missing", verbosity=0)
    call_command("processor_add", *line, "--if-missing", verbosity=0)
    assert Processor.objects.get().region == "ID"
    assert service_trouble("email") == ""
    with pytest.raises(CommandError):
        call_command("processor_add", "--service=email")
    with pytest.raises(CommandError):
        call_command("processor_add", "--service=sale", "--name=X", "--from=2026-01-01")


@pytest.mark.django_db
def test_a_development_installation_registers_its_own_catcher(settings: Any) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError):
        call_command("processor_add", "--development")
    settings.DEVELOPMENT, settings.SOCIAL_AUTH_GOOGLE_OAUTH2_KEY = True, ""
    call_command("processor_add", "--development")
    call_command("processor_add", "--development")
    assert list(Processor.objects.values_list("service", flat=True)) == ["email"]
    assert service_trouble("email") == ""


class Other(BaseHTTPRequestHandler):
    """The other side of a call; keeps what it was sent."""

    calls: list[tuple[str, bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:  # noqa: N802 - the name http.server calls
        """Keep the body; answer as the path says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.append((self.path, body))
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * (courier.MAX_ANSWER + 1) if self.path == "/long" else b"taken")

    def log_message(self, *_args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def other_side() -> Iterator[str]:
    """A server on loopback."""
    Other.calls = []
    server = HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def call(url: str, **more: Any) -> courier.Answer:
    """A POST over the service "other"."""
    wanted = {"service": "other", "purpose": "support", "method": "POST", "body": b"{}"}
    return courier_call(url=url, **{**wanted, **more})


@pytest.mark.promise("P28")
def test_no_call_leaves_without_ground_or_contract(cast: Cast, other_side: str) -> None:
    with pytest.raises(Blocked, match="no_processor"):
        call(other_side)
    row = processor("other", region="")
    with pytest.raises(Blocked, match="processor_untagged"):
        call(other_side)
    Processor.objects.filter(id=row.id).update(region="ID", contract_until=today() + YESTERDAY)
    with pytest.raises(Blocked, match="processor_expired"):
        call(other_side)
    Processor.objects.filter(id=row.id).update(contract_until=None)
    with pytest.raises(Blocked, match="unknown_purpose"):
        call(other_side, purpose="sale")
    assert Other.calls == []

    answer = call(f"{other_side}/hook?a=1")

    assert (answer.status, answer.body) == (200, b"taken")
    assert Other.calls == [("/hook?a=1", b"{}")]


def test_calls_follow_nothing_and_read_no_more_than_they_may(cast: Cast, other_side: str) -> None:
    processor("other")
    assert call(f"{other_side}/moved").status == 302
    with pytest.raises(NotNow, match="answer_too_long"):
        call(f"{other_side}/long")
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        call("http://127.0.0.1:1/")
    for odd in ("http://pos.example/", "ftp://127.0.0.1/", "https:///x", "nonsense"):
        with pytest.raises(ValueError, match="https alone"):
            call(odd)


def test_people_state_is_asked_before_the_contract(cast: Cast) -> None:
    Processor.objects.all().delete()
    message = put(cast)
    Subject.objects.filter(id=cast.alice.subject_id).update(state="erased")
    outbox_drain()
    message.refresh_from_db()
    assert (message.state, message.outcome) == ("refused", "subject_erased")
    assert delivery.claim() is None
