"""Whether a message may leave, decided when it is sent (design, decision 4). Pure."""

from typing import Final

from privacy.models import OutboxMessage, Subject

Category = OutboxMessage.Category
State = Subject.State

#: What still reaches a person whose account is deactivated (promises P35, P52): word of
#: their account's safety and of their privacy requests, nothing else.
WHILE_DEACTIVATED: Final = frozenset({Category.SECURITY, Category.PRIVACY})

#: What a restricted person's data may still be used for (UU 27/2022 art. 41).
WHILE_RESTRICTED: Final = frozenset(
    {Category.SECURITY, Category.PRIVACY, Category.INVOICE, Category.RESERVATION}
)

#: Needs a receipt of consent (promise P38); none can be given yet, so nothing leaves.
NEEDS_CONSENT: Final = frozenset({Category.MARKETING})


def refusal(category: str, subject_state: str, *, has_address: bool) -> str:
    """Why the message may not leave, as a stable code, or "" when it may."""
    if category not in Category.values:
        return "unknown_category"
    if subject_state in {State.ERASING, State.ERASED}:
        return "subject_erased"
    if category in NEEDS_CONSENT:
        return "no_consent"
    if subject_state == State.DEACTIVATED and category not in WHILE_DEACTIVATED:
        return "subject_deactivated"
    if subject_state == State.RESTRICTED and category not in WHILE_RESTRICTED:
        return "subject_restricted"
    return "" if has_address else "no_address"
