"""The ways out of a conversation: what the person chose, and WhatsApp when it is on."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy import clock
from privacy.channels import Channel, register_channel
from privacy.models import OutboxMessage
from privacy.outbox import Address
from privacy.outbox import Message as Letter
from privacy.processors import Service, register_service
from support.messages import answer_of, page_of
from support.models import Conversation, Message
from support.whatsapp import Letter as WhatsAppLetter
from support.whatsapp import WhatsApp

#: Outside it the provider takes approved templates only.
WINDOW: Final = timedelta(hours=24)
NOTHING: Final[frozenset[str]] = frozenset()


def chosen(letter: OutboxMessage) -> frozenset[str] | None:
    """By which channel the person wants this answered (promise P37); the gate asks.

    None for a letter that is about no conversation of the recipient's own. Answers on the
    site or by phone leave by no channel at all.
    """
    rows = Conversation.objects.filter(id=letter.data.get("conversation"))
    found = rows.values_list("person_id", "channel").first()
    if found is None or found[0] != letter.recipient_id:
        return None
    leaving = {Conversation.Channel.EMAIL, Conversation.Channel.WHATSAPP}
    return frozenset({str(found[1])}) if found[1] in leaving else NOTHING


def register_messenger() -> None:
    """Make WhatsApp a way out, when the settings switch it on."""
    if not settings.WHATSAPP_TOKEN:
        return
    register_service(Service("whatsapp", _("WhatsApp"), _("Answers by WhatsApp")))
    register_channel(messenger())


def messenger() -> Channel:
    """WhatsApp as the registry of channels knows it; by consent alone (promise P42)."""
    return Channel(
        "whatsapp",
        _("WhatsApp"),
        service="whatsapp",
        address=number_of,
        open=WhatsApp,
        purpose="whatsapp",
    )


def number_of(letter: OutboxMessage) -> Address | None:
    """The phone number of the person's account, or None."""
    user = User.objects.filter(subject=letter.recipient_id, is_active=True).first()
    if user is None or not user.phone or letter.to_contact:
        return None
    return Address(
        email="", name=user.full_name, language=user.language, time_zone=user.time_zone,
        phone=str(user.phone),
    )  # fmt: skip


def whatsapp_answer(letter: Letter) -> WhatsAppLetter | None:
    """The words of an answer while the 24 hours last, else the template that asks to look.

    None when the provider has it already: its report came, though its answer to us did not.
    """
    message = answer_of(letter)
    if message is None or message.delivery:
        return None
    language = letter.address.language
    number = message.conversation.number
    if window_open(letter.recipient_id):
        return WhatsAppLetter(message.id, language, text=str(message.text))
    return WhatsAppLetter(
        message.id, language, template=(str(number), page_of(message.conversation))
    )


def window_open(person_id: UUID) -> bool:
    """Whether the person wrote by WhatsApp within the last 24 hours."""
    return Message.objects.filter(
        author=person_id,
        channel=Conversation.Channel.WHATSAPP,
        direction=Message.Direction.IN,
        at__gt=clock.now() - WINDOW,
    ).exists()
