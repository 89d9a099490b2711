"""Who is on the other side of a conversation, and the ways by which they can be answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from privacy.channels import channels
from privacy.consent import purpose_allowed
from privacy.models import Contact
from support.models import Conversation

Channel = Conversation.Channel


@dataclass(frozen=True)
class Speaker:
    """Who reads and writes as the person: by account, or by the link of one conversation."""

    subject_id: UUID
    conversation_id: UUID | None = None


def speaker_of(user: User) -> Speaker:
    """The signed-in person as a speaker."""
    return Speaker(user.subject_id)


@dataclass(frozen=True)
class Party:
    """The person as staff need to know them: contact data, nothing else."""

    name: str
    email: str
    phone: str
    language: str
    has_account: bool


def party_of(conversation: Conversation) -> Party:
    """From the contact that was given, else from the account; one statement at most."""
    contact = conversation.contact
    if contact is not None:
        return _of_contact(contact)
    user = User.objects.filter(subject=conversation.person_id).first()
    return _of_user(user) if user else Party("", "", "", conversation.language, False)


def ways_for_account(user: User) -> list[str]:
    """The ways by which a signed-in person can ask to be answered, in order."""
    ways = [Channel.EMAIL.value, Channel.WEB.value]
    if user.phone:
        ways.append(Channel.PHONE)
    if messenger_on() and user.phone and purpose_allowed(user.subject_id, "whatsapp"):
        ways.append(Channel.WHATSAPP)
    return ways


def ways_for_contact(email: str, phone: str) -> list[str]:
    """The ways for somebody without an account: there is no page to look at without a mail."""
    ways = [Channel.EMAIL.value] if email else []
    return [*ways, Channel.PHONE.value] if phone else ways


def messenger_on() -> bool:
    """Whether WhatsApp is switched on (promise P42: everything works without it)."""
    return any(channel.name == Channel.WHATSAPP for channel in channels())


def names_of(subject_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """What to call these people who have accounts; one statement."""
    wanted = {one for one in subject_ids if one}
    users = User.objects.filter(subject__in=wanted) if wanted else User.objects.none()
    return {user.subject_id: user.name for user in users}


def _of_contact(contact: Contact) -> Party:
    return Party(contact.name, contact.email, contact.phone, contact.language, False)


def _of_user(user: User) -> Party:
    return Party(user.name, user.email, user.phone, user.language, True)
