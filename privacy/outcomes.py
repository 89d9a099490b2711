"""What became of a message, in words for the person it was for."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.models import OutboxMessage
from privacy.processors import REASONS

State = OutboxMessage.State

#: Where a message stands, as the person sees it; a lease is nothing to them.
STATES: Final[dict[str, Promise]] = {
    State.QUEUED: _("Waiting"),
    State.LEASED: _("Waiting"),
    State.SENT: _("Sent"),
    State.REFUSED: _("Not sent"),
    State.DEAD: _("Could not be delivered"),
}

#: The gate's and the delivery's codes. A code with a detail ("smtp_550 5.1.1") is found by
#: the part before its first digit or space.
WORDS: Final[dict[str, Promise]] = {
    "unknown_category": _("It was of no kind we may send."),
    "channel_off": _("This way of sending is switched off."),
    "subject_erased": _("The account was erased."),
    "subject_erasing": _("The account was being erased."),
    "subject_deactivated": _("The account was deactivated."),
    "subject_restricted": _("Your data was restricted."),
    "no_subject": _("The account was erased."),
    "no_consent": _("You did not agree to such messages."),
    "withdrawn": _("You withdrew your consent to such messages."),
    "objected": _("You objected to such messages."),
    "other_version": _("You agreed under an earlier policy that does not cover it."),
    "given_for_another_reason": _("The address was given for another reason."),
    "channel_not_chosen": _("You asked to be answered another way."),
    "no_address": _("There was no address to send it to."),
    "no_longer_true": _("What it would have said was no longer true."),
    "no_words": _("It could not be written for this way of sending."),
    "too_many_attempts": _("It was tried for two days."),
    "smtp_": _("Your mail provider did not take it."),
    "no_server": _("Our mail server could not be reached; we try again."),
    "fault ": _("Something failed on our side; we try again."),
    **{code: _("Our contract for this way of sending is being renewed.") for code in REASONS},
}
_ELSE: Final = _("It could not be handed over; we try again.")
_GIVEN_UP: Final = _("It could not be handed over.")


def state_words(message: OutboxMessage) -> str:
    """Where it stands: Sent, Waiting, Not sent, Could not be delivered."""
    return str(STATES[State(message.state)])


def reason_code(message: OutboxMessage) -> str:
    """The stable code of why it was not sent or still waits; "" for one that was sent."""
    if message.state == State.SENT:
        return ""
    return message.outcome.split(",")[0].split(" ")[0]


def reason_words(message: OutboxMessage) -> str:
    """Why it was not sent or still waits; "" when there is nothing to explain."""
    outcome = message.outcome
    if message.state == State.SENT or not outcome:
        return ""
    for code, words in WORDS.items():
        if outcome.startswith(code):
            return str(words)
    return str(_GIVEN_UP if message.state == State.DEAD else _ELSE)
