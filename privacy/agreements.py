"""Terms and policy are accepted by an explicit act of a named version (promises P64, P66).

The form carries number and hash of what it shows; the box beside it is not ticked. A form
of another version is answered with 409 and the present text (privacy/policy.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import clock, policy
from privacy.errors import Broken, DomainError
from privacy.models import Acceptance

Answer = Acceptance.Answer

#: The sentence beside the box, stored as it was shown.
WORDS = gettext_lazy(
    "I accept the terms of use (version %(terms)d) and have read the privacy policy (version"
    " %(policy)d)."
)
WORDS_FOR_ORGANISATION = gettext_lazy(
    "I accept the terms of use (version %(terms)d) for this organisation, which they bind."
)


class TermsNotAccepted(DomainError):
    """The box was not ticked, so nothing was agreed and nothing is made."""

    code = "terms_not_accepted"
    status = 422

    def __init__(self) -> None:
        detail = _("Tick the box if you accept the terms; without that there is no account.")
        super().__init__(detail, broken=[Broken(self.code, detail, "accept")])


@dataclass(frozen=True)
class Shown:
    """What a form showed: number and hash of the terms and, for people, of the policy."""

    terms_version: int
    terms_hash: str
    policy_version: int = 0
    policy_hash: str = ""

    def check(self) -> None:
        """Raise PolicyOutdated unless these are the versions in force."""
        policy.require_current(policy.TERMS, self.terms_version, self.terms_hash)
        if self.policy_version:
            policy.require_current(policy.POLICY, self.policy_version, self.policy_hash)

    def words(self) -> str:
        """The sentence beside the box, in the active language."""
        sentence = WORDS if self.policy_version else WORDS_FOR_ORGANISATION
        return str(sentence) % {"terms": self.terms_version, "policy": self.policy_version}


def shown_now(*, organisation: bool = False) -> Shown:
    """What a form opened now shows."""
    terms = policy.current(policy.TERMS)
    if organisation:
        return Shown(terms.number, terms.hash)
    text = policy.current(policy.POLICY)
    return Shown(terms.number, terms.hash, text.number, text.hash)


def shown_in(form: Mapping[str, Any]) -> Shown | None:
    """What a sent form showed, when its box was ticked; None when it was not.

    Numbers that are none, and missing hashes, fit no version and so are outdated.
    """
    if not form.get("accept"):
        return None
    return Shown(
        _number(form.get("terms_version")),
        str(form.get("terms_hash", "")),
        _number(form.get("policy_version")),
        str(form.get("policy_hash", "")),
    )


def acceptance_record(
    *,
    subject_id: UUID,
    shown: Shown,
    form: str,
    language: str,
    answer: str = Answer.ACCEPTED,
    organisation_id: UUID | None = None,
) -> None:
    """Write down who answered what to which text, in the caller's transaction.

    Raises PolicyOutdated when the form showed another version than the one in force.
    """
    shown.check()
    with translation.override(language):
        words = shown.words()
    documents = [(policy.TERMS, shown.terms_version, shown.terms_hash)]
    if shown.policy_version:
        documents.append((policy.POLICY, shown.policy_version, shown.policy_hash))
    Acceptance.objects.bulk_create(
        Acceptance(
            subject_id=subject_id,
            organisation=organisation_id,
            document=document,
            version=version,
            hash=digest,
            answer=answer,
            language=language,
            words=words,
            form=form,
            at=clock.now(),
        )
        for document, version, digest in documents
    )


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
