"""WhatsApp: off by default, by consent alone, whatever the provider does (promises P42, P43)."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from config import env
from privacy import channels, clock
from privacy.consent import consent_withdraw
from privacy.delivery import outbox_drain
from privacy.models import OutboxMessage, Processor
from privacy.processors import today
from support import checks, services
from support.errors import ChannelUnavailable
from support.models import Conversation, InboundEvent, Message
from support.people import messenger_on, ways_for_account
from support.services import inbound
from support.ways import messenger, register_messenger
from tests.cast import Cast
from tests.frontend.conftest import browser
from tests.mail.conftest import Inbox
from tests.privacy.consenting import agree
from tests.support.conftest import SECRET, phone_set, start, take
from tests.support.standin import (
    PHONE_ID,
    TOKEN,
    VERIFY,
    Provider,
    envelope,
    incoming,
    provider,
    report,
    signed,
)
from tests.support.standin import (
    SECRET as APP_SECRET,
)

HOOK = "/webhooks/whatsapp"


@pytest.fixture
def on(made: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """WhatsApp switched on, its processor under contract, Alice's consent given."""
    with provider() as standing:
        settings.WHATSAPP_TOKEN, settings.WHATSAPP_PHONE_ID = TOKEN, PHONE_ID
        settings.WHATSAPP_NUMBER = "+62 21 5550 0101"
        settings.WHATSAPP_APP_SECRET, settings.WHATSAPP_VERIFY_TOKEN = APP_SECRET, VERIFY
        settings.WHATSAPP_API_URL, settings.WHATSAPP_TIMEOUT = standing.url, 1
        known = {**channels._channels, "whatsapp": messenger()}
        monkeypatch.setattr(channels, "_channels", known)
        Processor.objects.create(
            name="Meta",
            service="whatsapp",
            contract_from=today() - timedelta(days=1),
            region="US",
            mechanism="safeguards",
        )
        agree(made.alice, "whatsapp")
        yield standing
        assert standing.faults == []


def deliver(body: Any, *, raw: bytes | None = None, secret: str = APP_SECRET) -> Any:
    """The provider calls the webhook."""
    data = raw if raw is not None else json.dumps(body).encode()
    return Client().post(HOOK, data, content_type="application/json", headers=signed(data, secret))


def answered(made: Cast, text: str = "Sudah ada.") -> tuple[Conversation, Message]:
    """Alice's conversation by WhatsApp, answered by Gita."""
    conversation = Conversation.objects.filter(channel="whatsapp").first()
    conversation = conversation or start(made.alice, "whatsapp")
    take(made.gita, conversation)
    message = services.conversation_answer(
        actor=made.gita, conversation_id=conversation.id, text=text, channel="whatsapp"
    )
    return conversation, message


def fate() -> tuple[str, str]:
    """The last answer's row after a drain."""
    outbox_drain()
    row = OutboxMessage.objects.filter(template="support_answer").latest("id")
    return row.state, row.outcome


def due_again() -> None:
    """What waits is due now."""
    OutboxMessage.objects.filter(state="queued").update(due_at=clock.now())


@pytest.mark.promise("P42")
def test_it_is_off_and_everything_works_without_it(made: Cast, inbox: Inbox) -> None:
    assert django_settings.WHATSAPP_TOKEN == ""
    assert not messenger_on()
    register_messenger()
    assert [channel.name for channel in channels.channels()] == ["email"]
    agree(made.alice, "whatsapp")
    assert "whatsapp" not in ways_for_account(made.alice)
    with pytest.raises(ChannelUnavailable):
        start(made.alice, "whatsapp")
    assert "WhatsApp" not in browser(made.alice).get("/support/new").content.decode()
    data = json.dumps(incoming("wamid.a")).encode()
    hook = Client().post(HOOK, data, content_type="application/json", headers=signed(data))
    assert (hook.status_code, Client().get(HOOK).status_code) == (404, 404)

    conversation = take(made.gita, start(made.alice, "email"))
    services.conversation_answer(
        actor=made.gita, conversation_id=conversation.id, text="Ada di meja.", channel="email"
    )
    outbox_drain()
    assert "Ada di meja." in inbox.letters[0].get_body(("plain",)).get_content()
    assert "Ada di meja." in browser(made.alice).get(f"/support/{conversation.id}").content.decode()


@pytest.mark.parametrize("missing", ["PHONE_ID", "APP_SECRET", "VERIFY_TOKEN", "NUMBER"])
def test_it_does_not_start_half_configured(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """An empty secret would let anybody sign."""
    monkeypatch.setenv(f"WHATSAPP_{missing}", "")
    assert env.needed(f"WHATSAPP_{missing}", by="WHATSAPP_TOKEN") == ""
    monkeypatch.setenv("WHATSAPP_TOKEN", "x")
    with pytest.raises(env.BadSetting, match=missing):
        env.needed(f"WHATSAPP_{missing}", by="WHATSAPP_TOKEN")


@pytest.mark.promise("P42")
def test_it_needs_the_persons_consent_at_every_step(made: Cast, on: Provider) -> None:
    phone_set(made.bob, "+6281234567802")
    assert "whatsapp" in ways_for_account(made.alice)
    assert "whatsapp" not in ways_for_account(made.bob)
    page = browser(made.bob).get("/support/new").content.decode()
    assert "E-mail and this site do the same without it." in page
    with pytest.raises(ChannelUnavailable):
        start(made.bob, "whatsapp")

    assert fate_after_withdrawal(made) == ("refused", "withdrawn")
    assert on.taken == []
    deliver(incoming("wamid.late", "Rahasia"))
    event = InboundEvent.objects.get()
    assert (event.person_id, str(event.text), event.outcome) == (None, "", "no_consent")


def fate_after_withdrawal(made: Cast) -> tuple[str, str]:
    """An answer is written; then Alice takes her consent back."""
    answered(made)
    consent_withdraw(subject_id=made.alice.subject_id, purpose="whatsapp", form="consents")
    return fate()


def test_an_answer_outside_the_window_is_the_template_without_words(
    made: Cast, on: Provider
) -> None:
    conversation, message = answered(made)
    assert fate() == ("sent", "sent")
    (body,) = on.taken
    assert body["to"] == "6281234567801"
    assert body["template"]["language"] == {"code": "en"}
    places = [one["text"] for one in body["template"]["components"][0]["parameters"]]
    assert places == [str(conversation.number), f"http://127.0.0.1:8000/support/{conversation.id}"]
    assert "Sudah ada." not in json.dumps(body)
    message.refresh_from_db()
    assert message.delivery == "accepted"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM support_message")
        assert "wamid.1" not in str(cursor.fetchall())


def test_within_a_day_of_the_persons_message_the_words_themselves_go(
    made: Cast, on: Provider
) -> None:
    assert deliver(incoming("wamid.in", SECRET)).status_code == 200
    conversation, _message = answered(made, "Kunci di meja.\n\nSalam")
    assert fate() == ("sent", "sent")
    assert on.taken[0]["text"] == {"body": "Kunci di meja.\n\nSalam", "preview_url": False}
    Message.objects.filter(direction="in").update(at=clock.now() - timedelta(hours=24, minutes=1))
    answered(made, "Masih di meja.")
    fate()
    assert on.taken[1]["type"] == "template"
    page = browser(made.alice).get(f"/support/{conversation.id}").content.decode()
    assert "passes through its provider, who can read it" in page
    assert "+62 21 5550 0101" in page


@pytest.mark.parametrize(
    ("mood", "outcome"),
    [
        ((429, 80007), "whatsapp_429 80007"),
        ((400, 130429), "whatsapp_400 130429"),
        ((500, 1), "whatsapp_500 1"),
        ((503, None), "whatsapp_503"),
        ((401, 190), "no_server whatsapp_401"),
        ("silence", "TimeoutError"),
        ("hangup", "RemoteDisconnected"),
        ("garbage", "whatsapp_answer"),
    ],
)
def test_what_passes_is_tried_again(made: Cast, on: Provider, mood: Any, outcome: str) -> None:
    on.moods = [mood]
    answered(made)
    assert fate() == ("queued", outcome)
    due_again()
    assert fate() == ("sent", "sent")


def test_what_is_refused_for_good_is_given_up(made: Cast, on: Provider) -> None:
    on.moods = [(400, 131026)]
    answered(made)
    assert fate() == ("dead", "whatsapp_400 131026")


def test_a_provider_that_is_away_or_without_contract_gets_nothing(
    made: Cast, on: Provider, settings: Any
) -> None:
    settings.WHATSAPP_API_URL = "http://127.0.0.1:9"
    answered(made)
    assert fate() == ("queued", "no_server ConnectionRefusedError")
    settings.WHATSAPP_API_URL = on.url
    Processor.objects.update(contract_until=today() - timedelta(days=1))
    due_again()
    assert fate() == ("queued", "processor_expired")
    assert on.taken == []


def test_a_report_of_a_request_whose_answer_was_lost_stops_the_second_one(
    made: Cast, on: Provider
) -> None:
    on.moods = ["hangup"]
    _conversation, message = answered(made)
    fate()
    assert len(on.taken) == 1
    deliver(report("wamid.unknown", "delivered", ours=str(message.id)))
    due_again()
    assert fate() == ("refused", "no_longer_true")
    assert len(on.taken) == 1
    message.refresh_from_db()
    assert message.delivery == "delivered"


def test_reports_may_come_in_any_order_and_before_our_answer(made: Cast, on: Provider) -> None:
    early = report("wamid.1", "read")
    assert deliver(early).status_code == 200
    assert InboundEvent.objects.get().state == "stored"
    _conversation, message = answered(made)
    assert fate() == ("sent", "sent")
    inbound.inbound_sweep()
    for status in ("delivered", "sent", "failed"):
        deliver(report("wamid.1", status))
    message.refresh_from_db()
    assert message.delivery == "read"
    states = sorted(InboundEvent.objects.values_list("report", "outcome"))
    assert states == [
        ("accepted", "overtaken"),
        ("delivered", "overtaken"),
        ("failed", "overtaken"),
        ("read", "done"),
    ]


def test_a_report_about_nothing_of_ours_is_dropped_after_a_day(
    on: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(report("wamid.strange", "sent"))
    later = clock.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    inbound.inbound_sweep()
    assert InboundEvent.objects.get().outcome == "unknown_message"


def test_a_message_joins_the_open_conversation_sealed(made: Cast, on: Provider) -> None:
    conversation = start(made.alice, "whatsapp", text="Pertama")
    deliver(incoming("wamid.2", "Ketiga", at=time.time() - 5))
    deliver(incoming("wamid.1", "Kedua", at=time.time() - 50))
    deliver(incoming("wamid.3", "", type="image", image={"id": "9"}))
    Message.objects.filter(channel="web").update(at=clock.now() - timedelta(minutes=5))
    texts = [str(one.text) for one in conversation.messages.order_by("at")]
    other = "Something other than text was sent by WhatsApp. We take text only."
    assert texts == ["Pertama", "Kedua", "Ketiga", other]
    assert all(str(event.text) == "" for event in InboundEvent.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM support_message")
        stored = b"".join(bytes(text) for (text,) in cursor.fetchall())
    assert b"Kedua" not in stored


def test_a_card_number_that_arrives_is_not_stored(made: Cast, on: Provider) -> None:
    deliver(incoming("wamid.card", "Kartu 4111 1111 1111 1111 ya"))
    assert "4111 1111" not in str(Message.objects.get().text)


@pytest.mark.parametrize("sender", ["6289999999999", "6281234567802"])
def test_a_number_of_nobody_or_of_two_is_not_kept(made: Cast, on: Provider, sender: str) -> None:
    for user in (made.bob, made.charlie):
        phone_set(user, "+6281234567802")
        agree(user, "whatsapp")
    assert deliver(incoming("wamid.x", SECRET, **{"from": sender})).json() == {"stored": 1}
    event = InboundEvent.objects.get()
    assert (event.person_id, str(event.text), event.state) == (None, "", "ignored")
    assert not Message.objects.exists()


def test_a_replay_changes_nothing(made: Cast, on: Provider) -> None:
    body = incoming("wamid.once", SECRET)
    assert deliver(body).json() == {"stored": 1}
    assert deliver(body).json() == {"stored": 0}
    # The same event in another envelope, and what a lost row would let through.
    assert deliver(body | {"extra": 1}).json() == {"stored": 0}
    InboundEvent.objects.all().delete()
    deliver(body)
    assert Message.objects.count() == 1
    assert InboundEvent.objects.get().outcome == "duplicate"


@pytest.mark.parametrize("days", [7.01, 30, -0.01])
def test_an_event_outside_the_time_window_is_refused(made: Cast, on: Provider, days: float) -> None:
    answer = deliver(incoming("wamid.old", SECRET, at=time.time() - days * 86400))
    assert (answer.status_code, answer.json()["code"]) == (400, "stale")
    assert answer["Content-Type"] == "application/problem+json"
    assert not InboundEvent.objects.exists()


def test_digests_outlive_the_window_and_then_go(
    made: Cast, on: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inbound.KEPT > inbound.WINDOW + inbound.AHEAD
    deliver(incoming("wamid.a"))
    assert inbound.inbound_forget() == 0
    later = clock.now() + inbound.KEPT + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert inbound.inbound_forget() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha1=abc"},
        {"X-Hub-Signature-256": "sha256=é"},
        signed(b"another body"),
        signed(json.dumps(incoming("wamid.a", at=1.0)).encode(), "wrong secret"),
    ],
)
def test_a_bad_signature_is_refused_and_nothing_changed(
    made: Cast, on: Provider, headers: dict[str, str]
) -> None:
    data = json.dumps(incoming("wamid.a")).encode()
    answer = Client().post(HOOK, data, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert not InboundEvent.objects.exists()
    assert Client().post(HOOK, data, content_type="application/json", headers=signed(data)).json()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"object": "page"},
        {"object": "whatsapp_business_account", "entry": "x"},
        {"object": "whatsapp_business_account", "entry": [{"changes": ["x"]}]},
        incoming("wamid.a", timestamp="yesterday"),
        incoming("wamid.a", timestamp="9" * 12),
        incoming("wamid.a", **{"from": "alice@ruang.test"}),
        incoming(""),
        incoming("wamid.a", "x\x00y"),
        envelope(messages=[{"id": "a"}]),
        envelope(messages={"id": "a"}),
    ],
)
def test_a_signed_body_of_another_shape_is_refused(made: Cast, on: Provider, body: Any) -> None:
    answer = deliver(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert not InboundEvent.objects.exists()


def test_no_json_and_too_much_of_it_are_refused(on: Provider) -> None:
    assert deliver(None, raw=b"{").status_code == 400
    assert deliver(None, raw=b"[" * 100_000).status_code == 400
    big = b'"' + b"x" * (2 * 1024 * 1024) + b'"'
    assert deliver(None, raw=big).status_code in {400, 413}


def test_events_for_other_numbers_and_fields_are_left_out(made: Cast, on: Provider) -> None:
    body = incoming("wamid.a")
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "other"
    assert deliver(body).json() == {"stored": 0}
    body = incoming("wamid.a")
    body["entry"][0]["changes"][0]["field"] = "account_update"
    assert deliver(body).json() == {"stored": 0}


def test_the_handshake_needs_the_token_and_repeats_nothing_harmful(on: Provider) -> None:
    def shake(**change: str) -> Any:
        query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158"}
        return Client().get(HOOK, query | {f"hub.{key}": value for key, value in change.items()})

    good = shake()
    assert (good.status_code, good.content) == (200, b"1158")
    assert good["Content-Type"].startswith("text/plain")
    assert shake(verify_token="x").status_code == 403
    assert shake(verify_token="é").status_code == 403
    assert shake(mode="x").status_code == 403
    assert shake(challenge="<script>").status_code == 400
    assert Client().put(HOOK).status_code == 405


def test_a_fault_in_one_event_leaves_it_for_the_sweep(
    made: Cast, on: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_event: InboundEvent) -> str:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(inbound, "_take_message", broken)
        assert deliver(incoming("wamid.a", SECRET)).status_code == 200
    assert InboundEvent.objects.get().state == "stored"
    assert not Message.objects.exists()
    inbound.inbound_sweep()
    assert str(Message.objects.get().text) == SECRET


def test_an_answer_by_whatsapp_is_refused_once_it_is_switched_off(
    made: Cast, on: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(made)
    only_mail = {"email": channels._channels["email"]}
    monkeypatch.setattr(channels, "_channels", only_mail)
    assert fate() == ("refused", "channel_off")


@pytest.mark.promise("P43")
def test_no_text_claims_that_nobody_else_reads_while_a_provider_does(settings: Any) -> None:
    found = list(checks.texts())
    names = {path.suffix for path in found}
    assert {".html", ".txt", ".po"} <= names
    assert any("policies" in path.parts for path in found)
    assert any("support" in path.parts for path in found)
    assert list(checks.claims_in(found)) == []
    settings.WHATSAPP_TOKEN = "on"
    assert checks.messenger_claims() == []


@pytest.mark.promise("P43")
@pytest.mark.parametrize(
    "claim",
    [
        "Messages are end-to-end encrypted.",
        "Pesan dienkripsi dari ujung ke ujung.",
        "Only your device and ours can read it.",
        "Hanya perangkat Anda dan perangkat kami yang dapat membacanya.",
        "Nobody else can\nread what you write.",
        "Tidak ada pihak lain yang dapat membaca pesan Anda.",
    ],
)
def test_such_a_claim_refuses_the_start_while_it_is_on(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, claim: str
) -> None:
    page = tmp_path / "policy.md"
    page.write_text(f"# Policy\n\n{claim}\n")
    monkeypatch.setattr(checks, "texts", lambda: iter([page]))
    assert checks.messenger_claims() == [], "off: nothing is asked"
    settings.WHATSAPP_TOKEN = "on"
    (fault,) = checks.messenger_claims()
    assert fault.id == "support.E001"
    assert str(page) in str(fault.msg)
