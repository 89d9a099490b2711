"""Reads: what the person sees of their own, and what staff see of the inbox.

Contents are not read here: `thread` is for those whose right was asked for before
(the person, or services.contents_require).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.access import Look, access_note_all
from privacy.errors import NotFound
from privacy.models import OutboxMessage
from support.models import CannedAnswer, Conversation, ConversationEvent, Message, Opening
from support.people import Speaker
from support.rules import Mark
from support.services.common import require
from support.services.staff import answer_key

Show = Literal["mine", "new", "all", "ended"]
Verb = ConversationEvent.Verb
PAGE: Final = 20
#: What of the history the person reads, beside every opening.
TOLD: Final = (
    Verb.TAKEN,
    Verb.ASSIGNED,
    Verb.CHANNEL,
    Verb.RESOLVED,
    Verb.CLOSED,
    Verb.REOPENED,
)


@dataclass(frozen=True)
class Page:
    """Some conversations, and the mark after which the next page begins ("" at the end)."""

    rows: list[Conversation]
    after: str


@dataclass(frozen=True)
class Waiting:
    """How the inbox stands."""

    count: int
    since: datetime | None
    mine: int


@dataclass(frozen=True)
class Thread:
    """What was said and what happened, each in order; `letters`: outbox state by message."""

    messages: list[Message]
    events: list[ConversationEvent]
    openings: list[Opening]
    letters: dict[UUID, OutboxMessage]


def conversations_of(speaker: Speaker, *, after: str = "", limit: int = PAGE) -> Page:
    """The person's own conversations, the latest first; each with `is_new`; one statement."""
    answers = Message.objects.filter(
        conversation=OuterRef("pk"), direction=Message.Direction.OUT, at__gt=OuterRef("seen_at")
    )
    rows = Conversation.objects.filter(person=speaker.subject_id)
    if speaker.conversation_id is not None:
        rows = rows.filter(id=speaker.conversation_id)
    return _page(rows.annotate(is_new=Exists(answers)), after, limit)


def conversation_of_person(speaker: Speaker, conversation_id: UUID) -> Conversation:
    """One conversation of the person; NotFound for everybody else's."""
    rows = Conversation.objects.select_related("contact").filter(id=conversation_id)
    if speaker.conversation_id not in {None, conversation_id}:
        rows = rows.none()
    found = rows.filter(person=speaker.subject_id).first()
    if found is None:
        raise NotFound(_("There is no such conversation."))
    return found


def new_answers(subject_id: UUID) -> int:
    """In how many live conversations an answer waits to be read; one statement."""
    answers = Message.objects.filter(
        conversation=OuterRef("pk"), direction=Message.Direction.OUT, at__gt=OuterRef("seen_at")
    )
    rows = Conversation.objects.filter(
        person=subject_id, state=Conversation.State.WAITING_FOR_PERSON
    )
    return rows.filter(Exists(answers)).count()


def inbox(*, actor: User, show: Show, after: str = "", limit: int = PAGE) -> Page:
    """Conversations for customer service, the latest word first; one statement, and one more
    for the access log. No contents, no search by them."""
    require(actor, "support.answer")
    page = _page(_shown(actor, show).select_related("contact", "person__user"), after, limit)
    _note(actor, page.rows)
    return page


def inbox_number(*, actor: User, number: str) -> Conversation | None:
    """The conversation of this number ("2291" or "#2291"), or None."""
    require(actor, "support.answer")
    digits = number.strip().removeprefix("#").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        return None
    return Conversation.objects.filter(number=int(digits)).first()


def waiting(actor: User) -> Waiting:
    """How many people wait for us, since when, and how many are the actor's; one statement."""
    require(actor, "support.answer")
    found = Conversation.objects.filter(state__in=Conversation.LIVE).aggregate(
        count=Count("id", filter=Q(waiting_at__isnull=False)),
        since=Min("waiting_at"),
        mine=Count("id", filter=Q(assignee=actor.subject_id)),
    )
    return Waiting(**found)


def conversation_for_staff(actor: User, conversation_id: UUID) -> Conversation:
    """The frame of one conversation: who, topic, state; not its contents."""
    if not actor.may("support.ask_opening"):
        require(actor, "support.answer")
    rows = Conversation.objects.select_related("contact", "person__user", "assignee__user")
    found = rows.filter(id=conversation_id).first()
    if found is None:
        raise NotFound(_("There is no such conversation."))
    return found


def note_party(actor: User, conversation: Conversation) -> None:
    """Note that staff were shown who it is."""
    _note(actor, [conversation])


def thread(conversation: Conversation, *, told_only: bool) -> Thread:
    """What was said; `told_only` leaves out what happened among staff. Four statements."""
    messages = list(Message.objects.filter(conversation=conversation).order_by("at", "id"))
    for message in messages:
        # Whose key it is stands on the conversation, which is at hand.
        message.conversation = conversation
    events = ConversationEvent.objects.filter(conversation=conversation).order_by("at", "id")
    if told_only:
        events = events.filter(verb__in=TOLD)
    openings = openings_of(conversation)
    keys = [answer_key(message.id) for message in messages]
    letters = OutboxMessage.objects.filter(dedupe_key__in=keys)
    by_key = {letter.dedupe_key: letter for letter in letters}
    found = {m.id: by_key[answer_key(m.id)] for m in messages if answer_key(m.id) in by_key}
    return Thread(messages, list(events), openings, found)


def openings_of(conversation: Conversation) -> list[Opening]:
    """The openings of a conversation that were approved, and how often each was read."""
    rows = list(
        conversation.openings.filter(state=Opening.State.APPROVED).order_by("decided_at", "id")
    )
    for row in rows:
        row.conversation = conversation
    return rows


def openings_pending(actor: User) -> Sequence[Opening]:
    """Requests that wait for a second person, oldest first; for those who may decide."""
    require(actor, "support.approve_opening")
    rows = Opening.objects.select_related("conversation", "requester__user")
    return list(
        rows.filter(state=Opening.State.ASKED, until__gt=clock.now()).order_by("asked_at")[:100]
    )


def openings_asked(actor: User, conversation: Conversation) -> Opening | None:
    """The actor's own request about this conversation that is pending, if any."""
    rows = conversation.openings.filter(
        requester=actor.subject_id, state=Opening.State.ASKED, until__gt=clock.now()
    )
    found = rows.first()
    if found is not None:
        found.conversation = conversation
    return found


def canned(topic: str) -> Sequence[CannedAnswer]:
    """The canned answers in use, those of the topic first."""
    rows = list(CannedAnswer.objects.filter(is_active=True).order_by("topic", "title_id"))
    return sorted(rows, key=lambda row: row.topic != topic)


def canned_text(canned_id: str, language: str) -> str:
    """The words of a canned answer in a language; "" for one that is not in use."""
    try:
        key = UUID(canned_id)
    except ValueError:
        return ""
    found = CannedAnswer.objects.filter(id=key, is_active=True).first()
    if found is None:
        return ""
    return found.text_en if language == "en" else found.text_id


def _shown(actor: User, show: Show) -> QuerySet[Conversation]:
    live = Conversation.objects.filter(state__in=Conversation.LIVE)
    if show == "mine":
        return live.filter(assignee=actor.subject_id)
    if show == "new":
        return live.filter(assignee=None)
    if show == "ended":
        return Conversation.objects.exclude(state__in=Conversation.LIVE)
    return live


def _page(rows: QuerySet[Conversation], after: str, limit: int) -> Page:
    mark = Mark.decode(after)
    if mark is not None:
        rows = rows.filter(Q(last_at__lt=mark.at) | Q(last_at=mark.at, id__lt=mark.id))
    found = list(rows.order_by("-last_at", "-id")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    last = found[-1] if more else None
    return Page(found, Mark(last.last_at, last.id).encode() if last else "")


def _note(actor: User, rows: Sequence[Conversation]) -> None:
    """Names were shown: of accounts, and of contacts."""
    contacts = {row.person_id for row in rows if row.contact_id}
    accounts = {row.person_id for row in rows} - contacts
    looks = [
        Look(contacts, "privacy.Contact", ("name", "email", "phone")),
        Look(accounts, "accounts.User", ("full_name", "email", "phone")),
    ]
    access_note_all(actor, purpose="question", looks=[look for look in looks if look.subject_ids])
