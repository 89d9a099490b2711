"""What customer service does: take, hand over, answer, note a call, resolve."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import InputRefused
from accounts.models import User
from accounts.roles import ACTS, Role
from accounts.rules import email_clean, language_clean, line_clean, phone_clean
from privacy import clock
from privacy.consent import purpose_require
from privacy.errors import Broken, NotFound
from privacy.models import Contact
from privacy.outbox import outbox_put
from support.errors import AlreadyTaken, ChannelNotChosen, NotYours, SamePerson
from support.models import Conversation, Message
from support.people import ways_for_contact
from support.rules import text_clean, topic_clean
from support.services.common import (
    Verb,
    act,
    conversation_lock,
    event_add,
    person_lock,
    require,
    state_change,
)
from support.services.conversations import conversation_make, person_by_address

State = Conversation.State
Channel = Conversation.Channel
Direction = Message.Direction
#: Channels by which an answer leaves through the outbox.
SENT: frozenset[str] = frozenset({Channel.EMAIL, Channel.WHATSAPP})


@dataclass(frozen=True)
class Caller:
    """Who called and has no conversation yet, as it was typed."""

    name: str
    email: str
    phone: str
    language: str
    topic: str


def conversation_take(*, actor: User, conversation_id: UUID) -> Conversation:
    """Become the one who may read and answer. Recorded; the person sees it.

    Raises AlreadyTaken while a colleague who still works here has it: taking from somebody
    would be a way around break-glass.
    """
    require(actor, "support.answer")
    with act():
        conversation = conversation_lock(conversation_id)
        _require_stranger(conversation, actor.subject_id)
        if conversation.assignee_id == actor.subject_id:
            return conversation
        _require_free(conversation)
        _assign(conversation, actor.subject_id)
        event_add(conversation, Verb.TAKEN, actor_id=actor.subject_id)
    return conversation


def conversation_assign(*, actor: User, conversation_id: UUID, to: UUID) -> Conversation:
    """Hand one's own conversation, or one that nobody has, to a colleague (a subject's id)."""
    require(actor, "support.answer")
    with act():
        conversation = conversation_lock(conversation_id)
        if conversation.assignee_id != actor.subject_id:
            _require_free(conversation)
        if not answers(to):
            raise NotFound(_("There is no such colleague."))
        _require_stranger(conversation, to)
        if conversation.assignee_id == to:
            return conversation
        _assign(conversation, to)
        data = {"to": str(to)}
        event_add(conversation, Verb.ASSIGNED, actor_id=actor.subject_id, data=data)
        if to != actor.subject_id:
            _tell(conversation, to, "assigned")
    return conversation


def conversation_release(*, actor: User, conversation_id: UUID) -> None:
    """Give one's conversation back, for anybody to take."""
    with act():
        conversation = _mine(actor, conversation_id)
        state = State.OPEN if conversation.state in Conversation.OURS else conversation.state
        state_change(conversation, assignee_id=None, state=state)
        event_add(conversation, Verb.RELEASED, actor_id=actor.subject_id)


def conversation_ask_for(*, actor: User, conversation_id: UUID) -> None:
    """Ask the colleague who has it to hand it over: the usual way, without breaking glass."""
    require(actor, "support.answer")
    with act():
        conversation = conversation_lock(conversation_id)
        _require_stranger(conversation, actor.subject_id)
        if conversation.assignee_id in {None, actor.subject_id}:
            return
        event_add(conversation, Verb.ASKED_FOR, actor_id=actor.subject_id)
        _tell(conversation, conversation.assignee_id, "asked_for", by=actor.subject_id)


def conversation_answer(
    *, actor: User, conversation_id: UUID, text: str, channel: str, resolve: bool = False
) -> Message:
    """Answer, by the way the person asked for and no other (promise P37).

    `channel` is what the form said when it was filled in: ChannelNotChosen when the person
    has chosen otherwise since. By phone the text is the note of the call that was made.
    """
    words = text_clean(text)
    with act():
        conversation = _mine(actor, conversation_id)
        if channel != conversation.channel:
            raise ChannelNotChosen(
                _("The person asked to be answered another way: %(way)s. Nothing was sent.")
                % {"way": conversation.get_channel_display()}
            )
        purpose_require(conversation.person_id, "support")
        call = channel == Channel.PHONE
        message = Message.objects.create(
            conversation=conversation,
            author_id=actor.subject_id,
            direction=Direction.OUT,
            kind=Message.Kind.CALL if call else Message.Kind.WORDS,
            channel=channel,
            text=words,
            at=clock.now(),
        )
        _answered(conversation, message, resolve=resolve)
        if resolve:
            event_add(conversation, Verb.RESOLVED, actor_id=actor.subject_id)
        if channel in SENT:
            _send(conversation, message)
    return message


def call_note(*, actor: User, conversation_id: UUID, caller: str, text: str) -> Message:
    """Note a call of the person: who was on the phone (when not the person), and the words."""
    words = text_clean(text)
    who = line_clean(caller, field="caller")
    with act():
        conversation = _mine(actor, conversation_id)
        return _call(conversation, actor, who, words)


def conversation_start_call(*, actor: User, caller: Caller, text: str) -> Conversation:
    """Begin a conversation for somebody on the phone; it is the actor's own.

    An address or a number is needed, or nobody could be answered.
    """
    require(actor, "support.answer")
    topic, words = topic_clean(caller.topic), text_clean(text)
    contact = _contact(caller)
    with act():
        contact.subject_id = person_by_address(contact.email)
        person_lock(contact.subject_id)
        contact.save(force_insert=True)
        made = conversation_make(
            person_id=contact.subject_id,
            topic=topic,
            channel=Channel.PHONE if contact.phone else Channel.EMAIL,
            language=contact.language,
            contact=contact,
        )
        _assign(made, actor.subject_id)
        event_add(made, Verb.TAKEN, actor_id=actor.subject_id)
        _call(made, actor, "", words)
    return made


def conversation_resolve(*, actor: User, conversation_id: UUID) -> None:
    """Nothing is left to do; the person can go on writing all the same."""
    with act():
        conversation = _mine(actor, conversation_id)
        if not conversation.is_live:
            return
        state_change(conversation, state=State.RESOLVED, waiting_at=None, ended_at=clock.now())
        event_add(conversation, Verb.RESOLVED, actor_id=actor.subject_id)


def answers(subject_id: UUID) -> bool:
    """Whether this person works in customer service now."""
    return subject_id in {user.subject_id for user in colleagues()}


def colleagues() -> list[User]:
    """Everybody who may answer, by name; one statement."""
    roles = [*ACTS["support.answer"], Role.ADMINISTRATOR]
    found = User.objects.filter(is_active=True, roles__overlap=[str(role) for role in roles])
    return sorted(found, key=lambda user: (user.name.lower(), user.id))


def _mine(actor: User, conversation_id: UUID) -> Conversation:
    """The locked conversation, which must be assigned to the actor."""
    require(actor, "support.answer")
    conversation = conversation_lock(conversation_id)
    if conversation.assignee_id != actor.subject_id:
        raise NotYours(_("This conversation is not assigned to you. Nothing was changed."))
    return conversation


def _require_free(conversation: Conversation) -> None:
    if conversation.assignee_id is not None and answers(conversation.assignee_id):
        raise AlreadyTaken(_("A colleague has this conversation. Ask for it to be handed over."))


def _require_stranger(conversation: Conversation, subject_id: UUID) -> None:
    if conversation.person_id == subject_id:
        raise SamePerson(_("Nobody answers their own question."))


def _assign(conversation: Conversation, subject_id: UUID) -> None:
    ours = conversation.state in Conversation.OURS
    state = State.WAITING_FOR_US if ours else conversation.state
    state_change(conversation, assignee_id=subject_id, state=state)


def _answered(conversation: Conversation, message: Message, *, resolve: bool) -> None:
    state_change(
        conversation,
        state=State.RESOLVED if resolve else State.WAITING_FOR_PERSON,
        last_at=message.at,
        waiting_at=None,
        ended_at=message.at if resolve else None,
    )


def _call(conversation: Conversation, actor: User, who: str, words: str) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        author_id=actor.subject_id,
        direction=Direction.IN,
        kind=Message.Kind.CALL,
        channel=Channel.PHONE,
        caller=who,
        text=words,
        at=clock.now(),
    )
    waiting = conversation.waiting_at or message.at
    state_change(
        conversation,
        state=State.WAITING_FOR_US,
        last_at=message.at,
        waiting_at=waiting,
        ended_at=None,
    )
    return message


def _send(conversation: Conversation, message: Message) -> None:
    """By e-mail or messenger; on the site the words stand anyway."""
    outbox_put(
        template="support_answer",
        recipient=conversation.person_id,
        contact=conversation.contact_id,
        data={"conversation": conversation.id, "message": message.id},
        dedupe_key=answer_key(message.id),
        channel=message.channel,
    )


def answer_key(message_id: UUID) -> str:
    """Under which the outbox knows the letter of an answer."""
    return f"support-answer:{message_id}"


def _tell(conversation: Conversation, colleague: UUID, what: str, by: UUID | None = None) -> None:
    data: dict[str, UUID | str] = {"conversation": conversation.id, "what": what}
    if by is not None:
        data["by"] = by
    outbox_put(template="support_task", recipient=colleague, data=data)


def _contact(caller: Caller) -> Contact:
    contact = Contact(
        name=line_clean(caller.name, field="name", required=True),
        email=email_clean(caller.email) if caller.email.strip() else "",
        phone=phone_clean(caller.phone),
        language=language_clean(caller.language),
    )
    if not ways_for_contact(contact.email, contact.phone):
        detail = _("Give an e-mail address or a phone number, or nobody can be answered.")
        raise InputRefused([Broken("required", detail, "phone")])
    return contact
