"""A person's consent given through the API, once for each Idempotency-Key."""

from accounts.idempotency import Repeat, idempotency_begin
from accounts.models import User
from accounts.services.common import act
from privacy.consent import Method, consent_give
from privacy.ids import uuid7
from privacy.models import ConsentRecord


def consent_answer(
    *,
    actor: User,
    purpose: str,
    policy_version: int,
    policy_hash: str,
    language: str,
    repeat: Repeat | None = None,
) -> ConsentRecord:
    """Record the consent; a repeated request is answered with the first one's record.

    Raises what privacy.consent.consent_give raises.
    """
    new_id = uuid7()
    with act():
        earlier = idempotency_begin(actor=actor, repeat=repeat, resource=new_id)
        if earlier is not None:
            return ConsentRecord.objects.get(id=earlier, subject=actor.subject_id)
        return consent_give(
            subject_id=actor.subject_id,
            purpose=purpose,
            policy_version=policy_version,
            policy_hash=policy_hash,
            language=language,
            method=Method.API,
            form="api",
            record_id=new_id,
        )
