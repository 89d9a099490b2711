"""Pure decisions about conversations: what may be typed, who may read, which turn it is."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import InputRefused
from privacy.cards import card_numbers, card_sentence
from privacy.errors import Broken
from support.models import Conversation, Opening

State = Conversation.State

TEXT_LENGTH: Final = 4000
REASON_LENGTH: Final = 300
#: A request for an opening that nobody approves ends by itself, and so does the opening.
ASK_FOR: Final = timedelta(minutes=60)
OPEN_FOR: Final = timedelta(minutes=30)
#: Anti-abuse: conversations that one person may start in a day, messages in an hour.
STARTS_A_DAY: Final = 5
MESSAGES_AN_HOUR: Final = 20
#: Forms sent from one network address in an hour.
FORMS_AN_HOUR: Final = 6

_UNSEEN: Final = {"Cc", "Cs", "Co", "Cn"}


def text_clean(value: str, *, field: str = "words", most: int = TEXT_LENGTH) -> str:
    """Several lines of text in any script: normalised (NFC), trimmed, \\n for line ends.

    Refuses an empty text, other control characters, payment card numbers (promise P32) and
    more than `most` characters, as InputRefused.
    """
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(sign) in _UNSEEN and sign not in "\n\t" for sign in text):
        raise _refuse("unprintable", _("Contains a character that cannot be shown."), field)
    if not text:
        raise _refuse("required", _("Please write something."), field)
    if len(text) > most:
        detail = _("At most %(most)d characters; this has %(count)d.")
        raise _refuse("too_long", detail % {"most": most, "count": len(text)}, field)
    if card_numbers(text):
        raise _refuse("card_number", card_sentence(), field)
    return text


def topic_clean(value: str) -> str:
    """One of the topics."""
    if value not in Conversation.Topic.values:
        raise _refuse("topic", _("Choose what it is about."), "topic")
    return value


def is_open(opening: Opening, now: datetime) -> bool:
    """Whether an approved opening still opens."""
    return opening.state == Opening.State.APPROVED and now < opening.until


def is_pending(opening: Opening, now: datetime) -> bool:
    """Whether somebody can still decide about the request."""
    return opening.state == Opening.State.ASKED and now < opening.until


@dataclass(frozen=True)
class Mark:
    """The last row of a page: the next page begins after it."""

    at: datetime
    id: UUID

    def encode(self) -> str:
        """As it stands in an address: 2026-11-25T10:00:00.123456+00:00~<uuid>."""
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def decode(cls, text: str) -> "Mark | None":
        """The mark, or None for anything that is none: then the first page is shown."""
        at, _sep, row = text.partition("~")
        try:
            # A plus that was not escaped arrives as a space.
            instant = datetime.fromisoformat(at.replace(" ", "+"))
            return cls(instant, UUID(row)) if instant.tzinfo else None
        except ValueError:
            return None


def _refuse(code: str, detail: str, field: str) -> InputRefused:
    return InputRefused([Broken(code, detail, field)])
