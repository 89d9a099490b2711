"""People who agree, for tests."""

from typing import Any

from accounts.models import User
from privacy import policy
from privacy.consent import consent_give
from privacy.models import ConsentRecord


def agree(person: User, purpose: str = "marketing") -> ConsentRecord:
    """The person's consent under the policy in force."""
    version = policy.current()
    return consent_give(
        subject_id=person.subject_id,
        purpose=purpose,
        policy_version=version.number,
        policy_hash=version.hash,
        language="en",
        form="consents",
    )


def accepting(**changes: Any) -> dict[str, str]:
    """What a form sends when its box is ticked, the first versions being in force."""
    terms, text = (policy.versions()[document][0] for document in (policy.TERMS, policy.POLICY))
    sent = {
        "accept": "yes",
        "terms_version": terms.number,
        "terms_hash": terms.hash,
        "policy_version": text.number,
        "policy_hash": text.hash,
        **changes,
    }
    return {name: str(value) for name, value in sent.items()}
