"""WhatsApp through a provider's HTTP interface: Meta's Cloud API, and whoever speaks like it.

Sending: `POST {WHATSAPP_API_URL}/{WHATSAPP_PHONE_ID}/messages`. Free words are taken within
24 hours of the person's last message, an approved template at any time. Receiving is a
webhook signed with the app's secret (X-Hub-Signature-256). The provider reads what passes
through it; no text of ours says otherwise (promise P43).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from django.conf import settings

from privacy.channels import Never, NotNow, Unreachable
from privacy.courier import Answer, Blocked, courier_call
from privacy.outbox import Address
from support.errors import BadEvent, BadSignature
from support.models import Message

#: Errors of the provider that pass by themselves: rate limits, and its own faults.
PASSING: Final = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131047})
#: Errors of our account: no message would get through.
OUR_ACCOUNT: Final = frozenset({0, 3, 10, 190, 131005, 131031, 131042})
SIGNATURE: Final = re.compile(r"sha256=([0-9a-f]{64})")
REPORTS: Final = {
    "sent": Message.Delivery.ACCEPTED,
    "delivered": Message.Delivery.DELIVERED,
    "read": Message.Delivery.READ,
    "failed": Message.Delivery.FAILED,
}


@dataclass(frozen=True)
class Letter:
    """An answer as WhatsApp carries it: words, or the values of the template's places."""

    message_id: UUID
    language: str
    text: str = ""
    template: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """A person's message; `text` is None for a picture, a voice note and the like."""

    key: bytes
    sender: str
    text: str | None
    sent_at: datetime


@dataclass(frozen=True)
class Report:
    """What became of a message of ours; `ours` is the identifier we gave it, if repeated."""

    key: bytes
    about: bytes
    ours: UUID | None
    delivery: str
    sent_at: datetime


@dataclass(frozen=True)
class Delivery:
    """All that one webhook brought."""

    messages: list[Incoming] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


class WhatsApp:
    """The channel's sender; each message is a request of its own."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open."""

    def send(self, message_id: UUID, address: Address, letter: Letter) -> None:
        """Hand over one answer and keep the provider's identifier of it, as a digest.

        Raises Unreachable, NotNow or Never, whose text names nobody.
        """
        try:
            answer = courier_call(
                service="whatsapp",
                purpose="whatsapp",
                method="POST",
                url=f"{settings.WHATSAPP_API_URL}/{settings.WHATSAPP_PHONE_ID}/messages",
                headers={
                    "Authorization": f"Bearer {settings.WHATSAPP_TOKEN}",
                    "Content-Type": "application/json",
                },
                body=json.dumps(body_of(letter, address.phone)).encode(),
                seconds=settings.WHATSAPP_TIMEOUT,
            )
        except Blocked as error:
            raise Unreachable(str(error)) from None
        key = accepted(answer)
        # A report may have come before this answer did, and says more than "accepted".
        rows = Message.objects.filter(id=letter.message_id)
        rows.update(provider_digest=digest(key))
        rows.filter(delivery=Message.Delivery.NONE).update(delivery=Message.Delivery.ACCEPTED)


def body_of(letter: Letter, phone: str) -> dict[str, Any]:
    """The request for one letter to a number in E.164."""
    base: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": phone.removeprefix("+"),
        # Repeated in reports, so that one of a request whose answer was lost finds its message.
        "biz_opaque_callback_data": str(letter.message_id),
    }
    if letter.text:
        return {**base, "type": "text", "text": {"body": letter.text, "preview_url": False}}
    places = [{"type": "text", "text": value} for value in letter.template]
    template = {
        "name": settings.WHATSAPP_TEMPLATE,
        "language": {"code": letter.language},
        "components": [{"type": "body", "parameters": places}],
    }
    return {**base, "type": "template", "template": template}


def accepted(answer: Answer) -> str:
    """The provider's identifier of a message it took. Raises Unreachable, NotNow or Never."""
    body = _object(answer.body)
    if answer.status == 200:
        messages = body.get("messages")
        if isinstance(messages, list) and messages and isinstance(messages[0], dict):
            key = messages[0].get("id")
            if isinstance(key, str) and key:
                return key
        raise NotNow("whatsapp_answer")
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if answer.status in {401, 403} or code in OUR_ACCOUNT:
        raise Unreachable(f"whatsapp_{answer.status}")
    name = f"whatsapp_{answer.status}" + (f" {code}" if isinstance(code, int) else "")
    if answer.status == 429 or answer.status >= 500 or code in PASSING:
        raise NotNow(name)
    raise Never(name)


def _object(raw: bytes) -> dict[str, Any]:
    """The JSON object of an answer; {} for anything else, e.g. a proxy's page."""
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def digest(key: str) -> bytes:
    """What is stored in place of the provider's identifier, which holds the number."""
    return hashlib.sha256(key.encode()).digest()


def signature_require(body: bytes, header: str) -> None:
    """Raise BadSignature unless the provider signed exactly these bytes; constant time."""
    found = SIGNATURE.fullmatch(header.strip())
    secret = settings.WHATSAPP_APP_SECRET.encode()
    right = hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(found[1] if found else "0" * 64, right) or not found:
        raise BadSignature("This is not signed by the provider.")


def delivery_of(payload: Any) -> Delivery:
    """What a webhook's JSON brings to our number. Raises BadEvent for another shape.

    Changes of other fields and for other numbers of the account are left out.
    """
    delivery = Delivery()
    for value in _values(payload):
        delivery.messages.extend(_incoming(one) for one in _list(value, "messages"))
        delivery.reports.extend(
            _report(one) for one in _list(value, "statuses") if one.get("status") in REPORTS
        )
    return delivery


def _values(payload: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(payload, dict) or payload.get("object") != "whatsapp_business_account":
        raise BadEvent("This is not a WhatsApp webhook.")
    for entry in _list(payload, "entry"):
        for change in _list(entry, "changes"):
            value = change.get("value")
            if change.get("field") != "messages" or not isinstance(value, dict):
                continue
            metadata = value.get("metadata")
            number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
            if number == settings.WHATSAPP_PHONE_ID:
                yield value


def _incoming(message: Mapping[str, Any]) -> Incoming:
    key, sender = _text(message, "id"), _text(message, "from")
    if not re.fullmatch(r"\d{5,15}", sender):
        raise BadEvent("A sender is not a phone number.")
    body: str | None = None
    if message.get("type") == "text" and isinstance(message.get("text"), dict):
        body = _text(message["text"], "body", most=5000)
    return Incoming(digest(key), f"+{sender}", body, _instant(message))


def _report(status: Mapping[str, Any]) -> Report:
    key, state = _text(status, "id"), str(status["status"])
    try:
        ours = UUID(str(status.get("biz_opaque_callback_data", "")))
    except ValueError:
        ours = None
    # One message has several reports, each an event of its own.
    return Report(digest(f"{key}:{state}"), digest(key), ours, REPORTS[state], _instant(status))


def _list(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadEvent(f"{name} is not a list of objects.")
    return found


def _text(holder: Mapping[str, Any], name: str, most: int = 500) -> str:
    found = holder.get(name)
    if not isinstance(found, str) or not found or len(found) > most or "\x00" in found:
        raise BadEvent(f"{name} is not a text.")
    return found


def _instant(holder: Mapping[str, Any]) -> datetime:
    seconds = _text(holder, "timestamp", most=12)
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadEvent("timestamp is not an instant.") from None
