"""People who agree, for tests."""

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
