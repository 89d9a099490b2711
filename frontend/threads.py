"""A conversation as pages show it: what was said, what happened, who opened it, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.models import OutboxMessage
from support.models import Conversation, ConversationEvent, Message, Opening
from support.people import names_of
from support.selectors import Thread

State = Conversation.State
#: Each state as a badge of the look: its colour, and its glyph.
BADGES: Final = {
    State.OPEN: ("pending", "mail"),
    State.WAITING_FOR_US: ("pending", "hourglass"),
    State.WAITING_FOR_PERSON: ("", "clock"),
    State.RESOLVED: ("done", "check"),
    State.CLOSED: ("", "lock"),
}
WAY_ICONS: Final = {
    "web": "message-square",
    "email": "mail",
    "phone": "phone",
    "whatsapp": "message-square",
}


@dataclass(frozen=True)
class Line:
    """One entry of the thread. `side`: them, us (messages) or note (what happened)."""

    at: datetime
    side: str
    who: str
    words: str
    text: str = ""
    fate: str = ""
    is_opening: bool = False


def lines_of(thread: Thread, *, person: str, own: bool) -> list[Line]:
    """Everything in order of time; `own` for the person's page, who is "You" there."""
    names = names_of(
        [
            *(message.author_id for message in thread.messages),
            *(event.actor_id for event in thread.events),
            *(_named(event, "to") for event in thread.events),
            *(each for row in thread.openings for each in (row.requester_id, row.decider_id)),
        ]
    )
    you = _("You") if own else person or _("The person")
    lines = [_message(one, thread, names, you) for one in thread.messages]
    lines += [_event(one, names) for one in thread.events]
    lines += [_opening(one, names) for one in thread.openings]
    return sorted(lines, key=lambda line: line.at)


def badge(conversation: Conversation) -> tuple[str, str]:
    """(state of the look, glyph)."""
    return BADGES[State(conversation.state)]


def party_name(conversation: Conversation) -> str:
    """The person's name from what was loaded with the row; "" when none was given."""
    if conversation.contact is not None:
        return conversation.contact.name
    user = getattr(conversation.person, "user", None)
    return user.name if user else ""


def _message(message: Message, thread: Thread, names: Mapping[UUID, str], you: str) -> Line:
    staff = names.get(message.author_id, _("Customer service"))
    inward = message.direction == Message.Direction.IN
    if message.kind == Message.Kind.CALL:
        return _call(message, staff, you)
    who = you if inward else staff
    words = str(_WAYS[message.channel]) if inward or message.channel != "web" else _("on this site")
    fate = "" if inward else _fate(message, thread.letters.get(message.id))
    return Line(message.at, "them" if inward else "us", who, words, str(message.text), fate)


def _call(message: Message, staff: str, you: str) -> Line:
    if message.direction == Message.Direction.OUT:
        words, side = _("called you") if you == _("You") else _("called the person"), "us"
        return Line(message.at, side, staff, words, str(message.text))
    who = str(message.caller) or you
    words = _("called, noted by %(name)s") % {"name": staff}
    return Line(message.at, "them", who, words, str(message.text))


#: How something was said.
_WAYS: Final = {
    "web": gettext_lazy("on this site"),
    "email": gettext_lazy("by e-mail"),
    "phone": gettext_lazy("by phone"),
    "whatsapp": gettext_lazy("by WhatsApp"),
}


def _fate(message: Message, letter: OutboxMessage | None) -> str:
    """What became of an answer that had to leave; "" where nothing had to."""
    if message.delivery:
        return str(message.get_delivery_display())
    if letter is None:
        return ""
    words = {
        OutboxMessage.State.SENT: _("sent"),
        OutboxMessage.State.REFUSED: _("not sent: it stands here alone"),
        OutboxMessage.State.DEAD: _("could not be delivered: it stands here alone"),
    }
    return words.get(OutboxMessage.State(letter.state), _("on its way"))


def _event(event: ConversationEvent, names: Mapping[UUID, str]) -> Line:
    actor = names.get(event.actor_id, "") if event.actor_id else ""
    values: dict[str, Any] = {"name": actor or _("Customer service")}
    target = _named(event, "to")
    values["to"] = names.get(target, _("a colleague")) if target else ""
    if "channel" in event.data:
        values["way"] = Conversation.Channel(event.data["channel"]).label
    return Line(event.at, "note", "", str(_VERBS[event.verb]) % values)


def _opening(opening: Opening, names: Mapping[UUID, str]) -> Line:
    """Who opened it, on which ground and why: what the person is told, word for word."""
    values = {
        "asked": names.get(opening.requester_id, _("a colleague")),
        "decided": names.get(opening.decider_id, _("a colleague")) if opening.decider_id else "",
        "ground": opening.get_ground_display(),
    }
    words = _("Opened by %(asked)s, approved by %(decided)s. Ground: %(ground)s.") % values
    at = opening.decided_at or opening.asked_at
    return Line(at, "note", "", words, str(opening.reason), is_opening=True)


def _named(event: ConversationEvent, key: str) -> UUID | None:
    return UUID(event.data[key]) if key in event.data else None


_VERBS: Final = {
    "opened": gettext_lazy("The conversation began."),
    "taken": gettext_lazy("%(name)s takes care of it."),
    "assigned": gettext_lazy("%(name)s handed it to %(to)s."),
    "released": gettext_lazy("%(name)s gave it back."),
    "asked_for": gettext_lazy("%(name)s asked for it to be handed over."),
    "channel": gettext_lazy("Way of answering: %(way)s."),
    "resolved": gettext_lazy("Marked as resolved."),
    "closed": gettext_lazy("Closed by the person who asked."),
    "reopened": gettext_lazy("Reopened."),
    "refused": gettext_lazy("%(name)s tried to read it and was refused."),
    "glass_asked": gettext_lazy("%(name)s asked for an opening."),
    "glass_approved": gettext_lazy("%(name)s approved an opening."),
    "glass_refused": gettext_lazy("%(name)s refused an opening."),
    "glass_withdrawn": gettext_lazy("%(name)s withdrew the request for an opening."),
    "glass_read": gettext_lazy("%(name)s read it through an opening."),
}
