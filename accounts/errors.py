"""What can be refused about people and organisations, each with its stable code."""

from collections.abc import Sequence

from privacy.errors import Broken, DomainError


class InputRefused(DomainError):
    """One or more values cannot be used; `broken` names the field of each."""

    code = "malformed"
    status = 400

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__(" ".join(rule.detail for rule in broken), broken=broken)


class AddressUnverified(DomainError):
    """The act needs a proven e-mail address, and this one is not proven yet."""

    code = "address_unverified"


class LinkRefused(DomainError):
    """A link from a message that was altered, or never was ours."""

    code = "link_bad"


class LinkExpired(LinkRefused):
    """A link whose time is over."""

    code = "link_expired"


class LinkUsed(LinkRefused):
    """A link that has done its work, or that a later act has overtaken."""

    code = "link_used"


class WrongPassword(DomainError):
    """The present password, asked for again before a delicate change, does not fit."""

    code = "wrong_password"


class WrongCode(DomainError):
    """The code of the second factor does not fit, or was used already."""

    code = "wrong_code"


class LastOwner(DomainError):
    """An organisation may not be left without an owner."""

    code = "last_owner"


class NoContract(DomainError):
    """No owner has accepted the terms for the organisation, so nothing is done in its name."""

    code = "no_contract"


class AlreadyMember(DomainError):
    """The person invited is a member already."""

    code = "already_member"


class AlreadyInvited(DomainError):
    """An open invitation to this address exists."""

    code = "already_invited"


class TooManyInvitations(DomainError):
    """The organisation has as many open invitations as it may have."""

    code = "too_many_invitations"


class InvitationForAnother(DomainError):
    """The invitation was sent to another address than the one signed in with."""

    code = "invitation_for_another"


class LastWayIn(DomainError):
    """Unlinking the provider would leave the person no way to sign in."""

    code = "last_way_in"


class IdempotencyMismatch(DomainError):
    """The key was used before with another route or another body."""

    code = "idempotency_mismatch"
