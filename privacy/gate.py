"""Whether a message may leave, decided when it is sent (design, decision 4).

Default deny (promise P10): a message leaves only when every question below has a good
answer. A refusal is final and recorded; a message whose channel has no processor under
contract waits at the door instead, so that renewing the contract loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from privacy.channels import UnknownChannel, channel_named
from privacy.consent import purpose_refusal
from privacy.models import OutboxMessage, Subject
from privacy.outbox import Address
from privacy.processors import service_trouble

Category = OutboxMessage.Category
State = Subject.State

#: What still reaches a person whose account is deactivated (promises P35, P52): word of
#: their account's safety and of their privacy requests, nothing else.
WHILE_DEACTIVATED: Final = frozenset({Category.SECURITY, Category.PRIVACY})

#: What a restricted person's data may still be used for (UU 27/2022 art. 41).
WHILE_RESTRICTED: Final = frozenset(
    {
        Category.SECURITY,
        Category.PRIVACY,
        Category.INVOICE,
        Category.RESERVATION,
        Category.SUPPORT,  # an answer to what the person asked
    }
)

#: Needs the person's consent to this purpose (promise P38). All other categories cannot be
#: refused while the account is active (P35, P36).
CONSENT: Final[dict[str, str]] = {Category.MARKETING: "marketing"}


@dataclass(frozen=True)
class Verdict:
    """The address as it is now, and why nothing goes there ("" when it may).

    `waits`: the reason may pass without anybody writing the message again.
    """

    address: Address | None
    code: str
    waits: bool = False


Preference = Callable[[OutboxMessage], frozenset[str] | None]
_preferences: dict[str, Preference] = {}


def register_preference(category: str, allowed: Preference) -> None:
    """Tell which channels a person wants messages of the category by (promise P37).

    `allowed(message)` returns the names of channels, or None when there is no wish.
    """
    if category not in Category.values or _preferences.get(category, allowed) != allowed:
        raise ValueError(f"The preference for {category!r} is registered twice, or for nothing.")
    _preferences[category] = allowed


def gate_judge(message_id: UUID) -> Verdict:
    """The decision on one message, from facts as they are at this moment."""
    message = OutboxMessage.objects.select_related("recipient", "contact").get(id=message_id)
    try:
        channel = channel_named(message.channel)
    except UnknownChannel:
        return Verdict(None, "channel_off")
    refused = (
        _category_refusal(message)
        or (channel.purpose and purpose_refusal(message.recipient_id, channel.purpose))
        or _choice_refusal(message)
    )
    if refused:
        return Verdict(None, refused)
    address = channel.address(message)
    if address is None:
        return Verdict(None, "no_address")
    trouble = service_trouble(channel.service)
    return Verdict(address, trouble, waits=bool(trouble))


def state_refusal(category: str, subject_state: str) -> str:
    """Why a person in this state gets nothing of the category, or "". Pure."""
    if category not in Category.values or subject_state not in State.values:
        return "unknown_category"
    if subject_state in {State.ERASING, State.ERASED}:
        return "subject_erased"
    if subject_state == State.DEACTIVATED and category not in WHILE_DEACTIVATED:
        return "subject_deactivated"
    if subject_state == State.RESTRICTED and category not in WHILE_RESTRICTED:
        return "subject_restricted"
    return ""


def _category_refusal(message: OutboxMessage) -> str:
    refused = state_refusal(message.category, message.recipient.state)
    purpose = CONSENT.get(message.category)
    if refused or purpose is None:
        return refused
    # Contacts that others gave were given for that reason alone (promise P11).
    if message.to_contact:
        return "given_for_another_reason"
    return purpose_refusal(message.recipient_id, purpose)


def _choice_refusal(message: OutboxMessage) -> str:
    wanted = _preferences.get(message.category)
    allowed = wanted(message) if wanted else None
    if allowed is not None and message.channel not in allowed:
        return "channel_not_chosen"
    return ""
