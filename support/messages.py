"""The messages of this app: to the person, and to colleagues. Built when they are sent.

The words of an answer are read from the vault at that moment; the outbox row holds
identifiers only.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from privacy import clock, formats
from privacy.fields import is_erased
from privacy.mail import render
from privacy.models import OutboxMessage
from privacy.outbox import Mail, Template
from privacy.outbox import Message as Letter
from privacy.outbox import register as register_template
from privacy.post import one_line
from support.links import account_url, link_url, staff_url
from support.models import Conversation, Message, Opening
from support.people import names_of
from support.rules import is_pending

Category = OutboxMessage.Category
#: A line of what somebody wrote, as it stands in a mail.
LINE: Final = 4000


def register(answer_elsewhere: Mapping[str, Callable[[Letter], Any]]) -> None:
    """Tell the outbox how to build them; an answer also for further channels, by name."""
    for name, (category, build) in BUILDERS.items():
        others = answer_elsewhere if name == "support_answer" else {}
        register_template(Template(name, category, build, TITLES[name], others))


def _received(letter: Letter) -> Mail | None:
    conversation = _conversation(letter)
    if conversation is None or conversation.state == Conversation.State.CLOSED:
        return None
    return render(letter, {"number": conversation.number, "url": page_of(conversation)})


def _answer(letter: Letter) -> Mail | None:
    message = answer_of(letter)
    if message is None:
        return None
    context = {
        "number": message.conversation.number,
        "url": page_of(message.conversation),
        "lines": lines_of(message.text),
        "staff": names_of([message.author_id]).get(message.author_id, ""),
    }
    return render(letter, context)


def _opened(letter: Letter) -> Mail | None:
    opening = _opening(letter)
    if opening is None or opening.state != Opening.State.APPROVED:
        return None
    return render(letter, {**_glass(opening, letter), "url": page_of(opening.conversation)})


def _opening_asked(letter: Letter) -> Mail | None:
    opening = _opening(letter)
    if opening is None or not is_pending(opening, clock.now()):
        return None
    url = settings.SITE_URL + reverse("frontend:staff-openings")
    return render(letter, {**_glass(opening, letter), "url": url})


def _task(letter: Letter) -> Mail | None:
    conversation = _conversation(letter)
    # Somebody else has it by now, or it is over: then there is nothing to do.
    if conversation is None or conversation.assignee_id != letter.recipient_id:
        return None
    by = UUID(str(letter.data["by"])) if "by" in letter.data else None
    context = {
        "number": conversation.number,
        "topic": conversation.get_topic_display(),
        "asked": letter.data["what"] == "asked_for",
        "colleague": names_of([by]).get(by, "") if by else "",
        "url": staff_url(conversation.id),
    }
    return render(letter, context)


BUILDERS: Final[dict[str, tuple[str, Callable[[Letter], Mail | None]]]] = {
    "support_received": (Category.SUPPORT, _received),
    "support_answer": (Category.SUPPORT, _answer),
    "support_opened": (Category.PRIVACY, _opened),
    "support_opening_asked": (Category.SECURITY, _opening_asked),
    "support_task": (Category.SERVICE, _task),
}


TITLES: Final = {
    "support_received": _("Your question arrived"),
    "support_answer": _("Answer from customer service"),
    "support_opened": _("Your conversation was opened"),
    "support_opening_asked": _("Request to open a conversation"),
    "support_task": _("A conversation for you"),
}


def answer_of(letter: Letter) -> Message | None:
    """The answer a letter carries; None when it is gone, or its words were erased."""
    message = (
        Message.objects.select_related("conversation")
        .filter(id=str(letter.data["message"]), direction=Message.Direction.OUT)
        .first()
    )
    return None if message is None or is_erased(message.text) else message


def page_of(conversation: Conversation) -> str:
    """Where the person reads it: by link for a contact, else after signing in."""
    if conversation.contact_id is not None:
        return link_url(conversation.id)
    return account_url(conversation.id)


def lines_of(text: str) -> list[str]:
    """The paragraphs, each one line: nothing in them can look like a line of ours."""
    return [one_line(line, LINE) for line in text.splitlines() if line.strip()]


def _glass(opening: Opening, letter: Letter) -> dict[str, Any]:
    names = names_of([opening.requester_id, opening.decider_id])
    return {
        "number": opening.conversation.number,
        "requester": names.get(opening.requester_id, ""),
        "decider": names.get(opening.decider_id, "") if opening.decider_id else "",
        "ground": opening.get_ground_display(),
        "reason": str(opening.reason),
        "until_words": _moment(opening.until, letter.address.time_zone),
    }


def _moment(instant: datetime, zone: str) -> str:
    """Rabu, 25 November, 14.00 WIB."""
    day = formats.day_long(formats.wall(instant, zone).date())
    return f"{day}, {formats.clock(instant, zone)} {formats.zone_name(zone, instant)}"


def _conversation(letter: Letter) -> Conversation | None:
    return Conversation.objects.filter(id=str(letter.data["conversation"])).first()


def _opening(letter: Letter) -> Opening | None:
    rows = Opening.objects.select_related("conversation")
    return rows.filter(id=str(letter.data["opening"])).first()
