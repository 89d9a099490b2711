"""A switch between yes and no for one purpose, as the pages of that purpose offer it."""

from uuid import UUID

from privacy.consent import consent_give, consent_refuse, consent_withdraw, purpose_allowed


def answer_record(
    *,
    subject_id: UUID,
    purpose: str,
    on: bool,
    policy_version: int,
    policy_hash: str,
    language: str,
    form: str,
) -> None:
    """Write the answer into the ledger; one that is in force already is not written again.

    Raises PolicyOutdated for a yes under another policy than the one in force.
    """
    allowed = purpose_allowed(subject_id, purpose)
    if on and not allowed:
        consent_give(
            subject_id=subject_id,
            purpose=purpose,
            policy_version=policy_version,
            policy_hash=policy_hash,
            language=language,
            form=form,
        )
    elif not on:
        say = consent_withdraw if allowed else consent_refuse
        say(subject_id=subject_id, purpose=purpose, language=language, form=form)
