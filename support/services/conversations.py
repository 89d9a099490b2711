"""What a person does: ask, write, choose how to be answered, close, reopen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.contacts import contact_subject
from accounts.errors import InputRefused
from accounts.models import User
from accounts.rules import email_clean, language_clean, line_clean, phone_clean
from privacy import clock
from privacy.errors import Broken, NotFound
from privacy.models import Contact, Subject
from privacy.outbox import outbox_put
from support.errors import ChannelUnavailable, ConversationEnded, TooMany
from support.models import Conversation, Message
from support.people import Speaker, ways_for_account, ways_for_contact
from support.rules import MESSAGES_AN_HOUR, STARTS_A_DAY, text_clean, topic_clean
from support.services.common import (
    Verb,
    act,
    conversation_lock,
    event_add,
    person_lock,
    state_change,
)

State = Conversation.State
Channel = Conversation.Channel


@dataclass(frozen=True)
class Question:
    """What somebody asks, as it was typed."""

    topic: str
    text: str
    channel: str


@dataclass(frozen=True)
class Visitor:
    """Who asks without an account, as it was typed."""

    name: str
    email: str
    phone: str = ""
    language: str = "id"


def conversation_start(*, actor: User, question: Question) -> Conversation:
    """Begin a conversation with customer service.

    Raises InputRefused, ChannelUnavailable (no phone in the profile, say), or TooMany.
    """
    topic, text = topic_clean(question.topic), text_clean(question.text)
    _require_way(question.channel, ways_for_account(actor))
    with act():
        person_lock(actor.subject_id)
        _require_few_starts(actor.subject_id, by_form=False)
        made = conversation_make(
            person_id=actor.subject_id,
            topic=topic,
            channel=question.channel,
            language=actor.language,
        )
        message_add(made, author_id=actor.subject_id, text=text, channel=Channel.WEB)
    return made


def conversation_start_visitor(*, visitor: Visitor, question: Question) -> Conversation:
    """Begin a conversation for somebody who is not signed in.

    The address proves nothing yet; the answer, and the link to the conversation, go there
    and nowhere else. Raises as `conversation_start`.
    """
    contact = _contact_of(visitor)
    topic, text = topic_clean(question.topic), text_clean(question.text)
    _require_way(question.channel, ways_for_contact(contact.email, contact.phone))
    with act():
        contact.subject_id = person_by_address(contact.email)
        person_lock(contact.subject_id)
        _require_few_starts(contact.subject_id, by_form=True)
        contact.save(force_insert=True)
        made = conversation_make(
            person_id=contact.subject_id,
            topic=topic,
            channel=question.channel,
            language=contact.language,
            contact=contact,
        )
        message_add(made, author_id=made.person_id, text=text, channel=Channel.WEB)
        _send_link(made)
    return made


def message_write(*, speaker: Speaker, conversation_id: UUID, text: str) -> Message:
    """Say something more. A resolved conversation is reopened by it; a closed one is not."""
    words = text_clean(text)
    with act():
        conversation = _own(speaker, conversation_id)
        if conversation.state == State.CLOSED:
            raise ConversationEnded(_("This conversation is closed. Reopen it to write."))
        hour = clock.now() - timedelta(hours=1)
        recent = Message.objects.filter(author=conversation.person_id, at__gt=hour)
        if recent.count() >= MESSAGES_AN_HOUR:
            raise TooMany(_("That is a lot at once. Please wait a while, then write again."))
        if conversation.state == State.RESOLVED:
            event_add(conversation, Verb.REOPENED, actor_id=speaker.subject_id)
        return message_add(
            conversation, author_id=conversation.person_id, text=words, channel=Channel.WEB
        )


def conversation_channel_set(*, speaker: Speaker, conversation_id: UUID, channel: str) -> None:
    """Choose how to be answered from now on (promise P37). Raises ChannelUnavailable."""
    with act():
        conversation = _own(speaker, conversation_id)
        _require_way(channel, ways_of(conversation))
        if channel == conversation.channel:
            return
        state_change(conversation, channel=channel)
        event_add(
            conversation, Verb.CHANNEL, actor_id=speaker.subject_id, data={"channel": channel}
        )


def conversation_close(*, speaker: Speaker, conversation_id: UUID) -> None:
    """The person needs no answer any more; the second time changes nothing."""
    with act():
        conversation = _own(speaker, conversation_id)
        if conversation.state == State.CLOSED:
            return
        state_change(conversation, state=State.CLOSED, waiting_at=None, ended_at=clock.now())
        event_add(conversation, Verb.CLOSED, actor_id=speaker.subject_id)


def conversation_reopen(*, speaker: Speaker, conversation_id: UUID) -> None:
    """The person wants to go on; nothing changes while it is open."""
    with act():
        conversation = _own(speaker, conversation_id)
        if conversation.is_live:
            return
        now = clock.now()
        state = State.WAITING_FOR_US if conversation.assignee_id else State.OPEN
        state_change(conversation, state=state, waiting_at=now, last_at=now, ended_at=None)
        event_add(conversation, Verb.REOPENED, actor_id=speaker.subject_id)


def conversation_seen(*, speaker: Speaker, conversation_id: UUID) -> None:
    """The person looked; a conditional update, no lock."""
    rows = Conversation.objects.filter(id=conversation_id, person=speaker.subject_id)
    rows.update(seen_at=clock.now())


def link_send(*, conversation_id: UUID) -> None:
    """Send the link of a conversation anew, to the address it was made for, once an hour."""
    with act():
        conversation = conversation_lock(conversation_id)
        if conversation.contact is None or not conversation.contact.email:
            raise NotFound(_("There is no such conversation."))
        _send_link(conversation, hour=f"{clock.now():%Y%m%d%H}")


def ways_of(conversation: Conversation) -> list[str]:
    """The ways by which the person of this conversation can be answered."""
    contact = conversation.contact
    if contact is not None:
        return ways_for_contact(contact.email, contact.phone)
    user = User.objects.filter(subject=conversation.person_id).first()
    return ways_for_account(user) if user else []


def conversation_make(
    *,
    person_id: UUID,
    topic: str,
    channel: str,
    language: str,
    contact: Contact | None = None,
) -> Conversation:
    """Insert the row and its first event; within the caller's transaction."""
    now = clock.now()
    made = Conversation.objects.create(
        person_id=person_id,
        contact=contact,
        topic=topic,
        channel=channel,
        language=language,
        opened_at=now,
        last_at=now,
        waiting_at=now,
        seen_at=now,
    )
    made.refresh_from_db(fields=["number"])
    event_add(made, Verb.OPENED, actor_id=person_id, at=now)
    return made


def message_add(
    conversation: Conversation,
    *,
    author_id: UUID,
    text: str,
    channel: str,
    at: datetime | None = None,
) -> Message:
    """Insert words of the person, and make it our turn; within the caller's transaction."""
    now = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        author_id=author_id,
        direction=Message.Direction.IN,
        channel=channel,
        text=text,
        at=at or now,
    )
    state = State.WAITING_FOR_US if conversation.assignee_id else State.OPEN
    waiting = conversation.waiting_at or now
    state_change(conversation, state=state, last_at=now, waiting_at=waiting, ended_at=None)
    return message


def person_by_address(email: str) -> UUID:
    """Whose address it is; a new subject for an account that is set aside or being erased.

    Otherwise the form would tell strangers which addresses have such an account.
    """
    if not email:
        return Subject.objects.create().id
    found = contact_subject(email)
    active = Subject.objects.filter(id=found, state=Subject.State.ACTIVE).exists()
    return found if active else Subject.objects.create().id


def _contact_of(visitor: Visitor) -> Contact:
    name = line_clean(visitor.name, field="name", required=True, most=80)
    if "://" in name or "www." in name.lower():
        # The name stands in the mail that goes to an address nobody has proved yet.
        broken = Broken("not_a_name", _("Please write a name, without an address."), "name")
        raise InputRefused([broken])
    return Contact(
        name=name,
        email=email_clean(visitor.email),
        phone=phone_clean(visitor.phone),
        language=language_clean(visitor.language),
    )


def _own(speaker: Speaker, conversation_id: UUID) -> Conversation:
    if speaker.conversation_id not in {None, conversation_id}:
        raise NotFound(_("There is no such conversation."))
    conversation = conversation_lock(conversation_id)
    if conversation.person_id != speaker.subject_id:
        raise NotFound(_("There is no such conversation."))
    return conversation


def _require_way(channel: str, ways: list[str]) -> None:
    if channel in ways:
        return
    words = {
        Channel.PHONE: _("To be called, give a phone number first."),
        Channel.EMAIL: _("To be answered by e-mail, give an address first."),
    }
    detail = words.get(Channel(channel)) if channel in Channel.values else None
    detail = detail or _("This way of answering is not available. Choose another one.")
    raise ChannelUnavailable(detail, broken=[Broken("channel_unavailable", detail, "channel")])


def _require_few_starts(subject_id: UUID, *, by_form: bool) -> None:
    """Counted apart, so that strangers' forms never shut out the owner of an address."""
    day = clock.now() - timedelta(days=1)
    rows = Conversation.objects.filter(
        person=subject_id, opened_at__gt=day, contact__isnull=not by_form
    )
    if rows.count() >= STARTS_A_DAY:
        raise TooMany(
            _("You started several conversations today. Please write in one of them, or tomorrow.")
        )


def _send_link(conversation: Conversation, hour: str = "first") -> None:
    if conversation.channel != Channel.EMAIL:
        return
    outbox_put(
        template="support_received",
        recipient=conversation.person_id,
        contact=conversation.contact_id,
        data={"conversation": conversation.id},
        dedupe_key=f"support-link:{conversation.id}:{hour}",
    )
