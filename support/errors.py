"""What can be refused about conversations, each with its stable code."""

from privacy.errors import DomainError


class ChannelNotChosen(DomainError):
    """The person asked to be answered another way (promise P37)."""

    code = "channel_not_chosen"


class ChannelUnavailable(DomainError):
    """The person cannot be reached that way: no address, no consent, or it is switched off."""

    code = "channel_unavailable"


class SealedConversation(DomainError):
    """The contents are open to the assigned person alone (promise P25)."""

    code = "sealed"
    status = 403


class NotYours(DomainError):
    """The act belongs to the person the conversation is assigned to."""

    code = "not_assigned"
    status = 409


class AlreadyTaken(DomainError):
    """Somebody else has the conversation."""

    code = "already_taken"
    status = 409


class ConversationEnded(DomainError):
    """The conversation is closed; it can be reopened."""

    code = "conversation_ended"
    status = 409


class TooMany(DomainError):
    """More conversations or messages at once than one person writes."""

    code = "too_many"
    status = 429


class OpeningDecided(DomainError):
    """The request for an opening was decided, withdrawn, or its time is over."""

    code = "opening_decided"
    status = 409


class SamePerson(DomainError):
    """Break-glass needs two people, neither of whom is the one who wrote."""

    code = "same_person"
    status = 403


class LinkExpired(DomainError):
    """A link from a mail whose time is over; a new one can be sent."""

    code = "link_expired"
    status = 410


class BadSignature(DomainError):
    """A webhook that the provider did not sign."""

    code = "bad_signature"
    status = 403


class BadEvent(DomainError):
    """A webhook whose content is not what the provider documents."""

    code = "malformed"
    status = 400


class StaleEvent(DomainError):
    """A webhook from outside the time window: a replay, or a clock gone wrong."""

    code = "stale"
    status = 400
