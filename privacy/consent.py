"""The guard of every use of personal data, and what people say about purposes.

`purpose_require` stands before each use: an undeclared purpose raises UnknownPurpose, one
without its ground raises PurposeRefused. It reads the ledger each time, so a withdrawal or
an objection takes effect at the next check, everywhere (promises P13, P50).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from privacy import clock, policy, receipts
from privacy.errors import DomainError, NotFound
from privacy.ids import uuid7
from privacy.models import Acceptance, ConsentRecord, Subject
from privacy.purposes import PURPOSES, Purpose, UnknownPurpose, purpose_named

Act = ConsentRecord.Act
Method = ConsentRecord.Method
State = Subject.State

__all__ = [
    "PurposeRefused",
    "UnknownPurpose",
    "consent_give",
    "consent_refuse",
    "consent_withdraw",
    "objection_end",
    "objection_raise",
    "purpose_allowed",
    "purpose_refusal",
    "purpose_require",
    "purposes_allowed",
    "standings",
    "words_digest",
]


class PurposeRefused(DomainError):
    """The purpose has no ground for this person; `extra["reason"]` is a stable code."""

    code = "purpose_refused"
    status = 403


class NotByConsent(DomainError):
    """The purpose has another ground than consent, so there is nothing to give or withdraw."""

    code = "not_by_consent"
    status = 422


class NoObjection(DomainError):
    """The purpose is one that a person cannot object to."""

    code = "no_objection"
    status = 422


def purpose_require(subject_id: UUID, purpose: str) -> None:
    """Raise unless this person's data may serve the purpose now.

    Raises UnknownPurpose for a purpose that is not registered, PurposeRefused for one
    without its ground. One statement.
    """
    reason = purpose_refusal(subject_id, purpose)
    if reason:
        raise PurposeRefused(str(refused_words(reason)), extra={"reason": reason})


def purpose_allowed(subject_id: UUID, purpose: str) -> bool:
    """Whether this person's data may serve the purpose now. Raises UnknownPurpose."""
    return not purpose_refusal(subject_id, purpose)


def purpose_refusal(subject_id: UUID, purpose: str) -> str:
    """Why the purpose has no ground, as a stable code, or "". Raises UnknownPurpose."""
    return _refusals([subject_id], purpose_named(purpose))[subject_id]


def purposes_allowed(subject_ids: Iterable[UUID], purpose: str) -> set[UUID]:
    """Those of the people whose data may serve the purpose now; one statement for all."""
    refusals = _refusals(subject_ids, purpose_named(purpose))
    return {subject_id for subject_id, reason in refusals.items() if not reason}


def consent_give(
    *,
    subject_id: UUID,
    purpose: str,
    policy_version: int,
    policy_hash: str,
    language: str,
    method: str = Method.PAGE,
    form: str,
    words: str | None = None,
    record_id: UUID | None = None,
) -> ConsentRecord:
    """Record that the person agrees, and with which words, under the policy in force.

    `words` is the digest of the sentence the form showed (words_digest), where it showed one.
    Raises PolicyOutdated when policy or sentence are others by now, NotByConsent for a purpose
    with another ground, PurposeRefused for somebody whose account is not open.
    """
    wanted = _by_consent(purpose)
    policy.require_current(policy.POLICY, policy_version, policy_hash)
    if words is not None and words != words_digest(wanted, language):
        raise policy.outdated(policy.current())
    return _record(subject_id, wanted, Act.GIVEN, language, method, form, record_id)


def words_digest(purpose: Purpose, language: str) -> str:
    """SHA-256 of the sentence as a form in this language shows it, in hexadecimal."""
    with translation.override(language):
        return hashlib.sha256(str(purpose.words).encode("utf-8")).hexdigest()


def consent_refuse(
    *, subject_id: UUID, purpose: str, language: str, method: str = Method.PAGE, form: str
) -> ConsentRecord:
    """Record that the person was asked and said no; silence means the same."""
    return _record(subject_id, _by_consent(purpose), Act.REFUSED, language, method, form)


def consent_withdraw(
    *, subject_id: UUID, purpose: str, language: str = "", method: str = Method.PAGE, form: str
) -> ConsentRecord:
    """Take a consent back; as easy as giving it, whatever version the form was of.

    Also for somebody whose account is closed (a link in an old letter). The second time
    changes nothing and answers with the first.
    """
    wanted = _by_consent(purpose)
    return _record(subject_id, wanted, Act.WITHDRAWN, language, method, form)


def objection_raise(
    *, subject_id: UUID, purpose: str, language: str = "", method: str = Method.PAGE, form: str
) -> ConsentRecord:
    """Object to one purpose (promise P50); it is refused from now on. Raises NoObjection."""
    wanted = _objectable(purpose)
    return _record(subject_id, wanted, Act.OBJECTED, language, method, form)


def objection_end(
    *, subject_id: UUID, purpose: str, language: str = "", method: str = Method.PAGE, form: str
) -> ConsentRecord:
    """Take an objection back. A purpose by consent then still needs a consent."""
    wanted = _objectable(purpose)
    return _record(subject_id, wanted, Act.OBJECTION_ENDED, language, method, form)


#: What each answer leaves as it is when it is given a second time.
REPEATS: Final = frozenset({Act.WITHDRAWN, Act.REFUSED, Act.OBJECTED, Act.OBJECTION_ENDED})


def _record(
    subject_id: UUID,
    purpose: Purpose,
    act: str,
    language: str,
    method: str,
    form: str,
    record_id: UUID | None = None,
) -> ConsentRecord:
    with transaction.atomic():
        subject = _subject_lock(subject_id)
        if act == Act.GIVEN and subject.state != State.ACTIVE:
            raise PurposeRefused(
                str(refused_words(subject.state)), extra={"reason": f"subject_{subject.state}"}
            )
        last = _newest(subject_id, purpose.code)
        if last is not None and last.act == act and act in REPEATS:
            return last
        version = policy.current()
        record = ConsentRecord(
            id=record_id or uuid7(),
            subject=subject,
            purpose=purpose.code,
            act=act,
            policy_version=version.number,
            policy_hash=version.hash,
            language=language or translation.get_language() or "id",
            method=method,
            form=form,
            at=clock.now(),
        )
        with translation.override(record.language):
            record.words = str(purpose.words)
        record.signature = receipts.signature_of(record)
        record.save(force_insert=True)
    return record


def _subject_lock(subject_id: UUID) -> Subject:
    """The person's row, locked first in the one lock order, so that answers follow each other."""
    rows = Subject.objects.select_for_update(no_key=True).filter(id=subject_id)
    subject = rows.exclude(state__in=[State.ERASING, State.ERASED]).first()
    if subject is None:
        raise NotFound(_("This account does not exist any more."))
    return subject


def _newest(subject_id: UUID, purpose: str) -> ConsentRecord | None:
    """The person's last answer about the purpose."""
    rows = ConsentRecord.objects.filter(subject=subject_id, purpose=purpose)
    return rows.order_by("-at", "-id").first()


def _by_consent(code: str) -> Purpose:
    purpose = purpose_named(code)
    if not purpose.by_consent:
        raise NotByConsent(_("This purpose does not rest on consent; see whether you can object."))
    return purpose


def _objectable(code: str) -> Purpose:
    purpose = purpose_named(code)
    if not purpose.can_object:
        raise NoObjection(_("This purpose is needed as long as you have an account or a booking."))
    return purpose


@dataclass(frozen=True)
class Standing:
    """Where one person stands on one purpose: the newest answer, and why it is refused ("")."""

    purpose: Purpose
    last: ConsentRecord | None
    refusal: str


def standings(subject_id: UUID) -> list[Standing]:
    """Where a person stands on every purpose, in the registry's order."""
    times = policy.timeline()
    now = times.at(clock.now())
    subject = Subject.objects.filter(id=subject_id).first()
    newest = ConsentRecord.objects.filter(subject=subject_id).order_by("purpose", "-at", "-id")
    last = {record.purpose: record for record in newest.distinct("purpose")}
    accepted = _accepted().filter(subject=subject_id).values_list("version", flat=True).first()
    found = []
    for purpose in PURPOSES.values():
        record = last.get(purpose.code)
        reason = "no_subject"
        if subject is not None:
            stand = _Stand(
                subject.state,
                subject.created_at,
                record.act if record else None,
                record.policy_version if record else None,
                accepted,
            )
            reason = _refusal(stand, purpose, times, now)
        found.append(Standing(purpose, record, reason))
    return found


def _accepted() -> QuerySet[Acceptance]:
    """Acceptances of the policy by people for themselves, the newest version first."""
    return Acceptance.objects.filter(
        document=policy.POLICY, answer="accepted", organisation=None
    ).order_by("-version")


@dataclass(frozen=True)
class _Stand:
    """Where a person stands: the account's state and age, and the newest answer on a purpose.

    `version` is that answer's policy, `accepted` the newest policy the person accepted.
    """

    state: str
    created_at: datetime
    act: str | None
    version: int | None
    accepted: int | None = None


def _refusals(subject_ids: Iterable[UUID], purpose: Purpose) -> dict[UUID, str]:
    wanted = list(subject_ids)
    newest = ConsentRecord.objects.filter(subject=OuterRef("pk"), purpose=purpose.code)
    newest = newest.order_by("-at", "-id")
    rows = Subject.objects.filter(id__in=wanted).annotate(
        act=Subquery(newest.values("act")[:1]),
        version=Subquery(newest.values("policy_version")[:1]),
    )
    names = ["id", "state", "created_at", "act", "version"]
    times = policy.timeline()
    now = times.at(clock.now())
    if now.number > 1 and not purpose.by_consent:
        accepted = _accepted().filter(subject=OuterRef("pk"))
        rows = rows.annotate(accepted=Subquery(accepted.values("version")[:1]))
        names.append("accepted")
    found = {
        key: _refusal(_Stand(*rest), purpose, times, now) for key, *rest in rows.values_list(*names)
    }
    return {subject_id: found.get(subject_id, "no_subject") for subject_id in wanted}


def _refusal(stand: _Stand, purpose: Purpose, times: policy.Timeline, now: policy.Version) -> str:
    goes_on = {
        State.ACTIVE: True,
        State.RESTRICTED: purpose.while_restricted,
        State.DEACTIVATED: purpose.while_deactivated,
        State.ERASING: purpose.code == "privacy",
    }
    if not goes_on.get(State(stand.state), False):
        return f"subject_{stand.state}"
    if stand.act == Act.OBJECTED:
        return "objected"
    if purpose.by_consent:
        return _consent_refusal(stand, purpose, now)
    # Data follows the policy it was collected under: the newest the person accepted, else
    # that of the day they came (promise P58).
    accepted = stand.accepted and policy.version_get(policy.POLICY, stand.accepted)
    under = accepted or times.at(stand.created_at)
    return "" if policy.stands(purpose.code, under, now) else "other_version"


def _consent_refusal(stand: _Stand, purpose: Purpose, now: policy.Version) -> str:
    if stand.act == Act.WITHDRAWN:
        return "withdrawn"
    if stand.act != Act.GIVEN or stand.version is None:
        return "no_consent"
    under = policy.version_get(policy.POLICY, stand.version)
    return "" if policy.stands(purpose.code, under, now) else "other_version"


def refused_words(reason: str) -> str:
    """The reason in the person's language."""
    words = {
        "objected": _("You objected to this use, so your data is not used for it."),
        "withdrawn": _("You withdrew your consent to this use."),
        "no_consent": _("This use needs your consent, and you have not given it."),
        "other_version": _("You agreed under an earlier policy, which does not cover this use."),
    }
    return words.get(reason, _("This account is closed or restricted; its data is not used."))
