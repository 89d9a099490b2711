"""Answers to terms and policy, for oneself and for an organisation (promises P64, P66)."""

from uuid import UUID

from django.utils.translation import get_language

from accounts.models import Organisation, User
from accounts.services.common import act, event_add, user_change, user_lock
from privacy.agreements import Answer, Shown, TermsNotAccepted, acceptance_record


def terms_answer(*, actor: User, shown: Shown, accepts: bool) -> None:
    """Record the person's yes or no to the versions in force. Raises PolicyOutdated."""
    with act():
        user = user_lock(actor.id)
        acceptance_record(
            subject_id=user.subject_id,
            shown=shown,
            form="accept",
            language=get_language() or user.language,
            answer=Answer.ACCEPTED if accepts else Answer.DECLINED,
        )
        user_change(user, terms_answered=shown.terms_version, policy_answered=shown.policy_version)
        event_add(
            "terms_accepted" if accepts else "terms_declined",
            subject_id=user.subject_id,
            actor=actor,
        )


def organisation_terms_accept(*, actor: User, organisation_id: UUID, shown: Shown | None) -> None:
    """Bind the organisation to the terms; owners only. Raises PolicyOutdated."""
    # Organisations are locked by the module that makes them, which needs this one.
    from accounts.services.organisations import organisation_lock  # noqa: PLC0415

    if shown is None:
        raise TermsNotAccepted
    with act():
        organisation = organisation_lock(actor, organisation_id)
        organisation_bind(actor, organisation, shown, form="organisation")


def organisation_bind(actor: User, organisation: Organisation, shown: Shown, *, form: str) -> None:
    """Write the organisation's contract, in the caller's transaction."""
    acceptance_record(
        subject_id=actor.subject_id,
        organisation_id=organisation.id,
        # The terms alone: a policy is no contract.
        shown=Shown(shown.terms_version, shown.terms_hash),
        form=form,
        language=get_language() or actor.language,
    )
    organisation.terms_version = shown.terms_version
    organisation.save(update_fields=["terms_version"])
    event_add(
        "organisation_bound",
        subject_id=actor.subject_id,
        actor=actor,
        organisation=organisation,
    )
