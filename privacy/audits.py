"""The audit calendar: which checks of the house are due, and the alarm when one is late (P46)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from privacy import clock
from privacy.cards import card_numbers, card_sentence
from privacy.errors import Broken, DomainError, NotFound
from privacy.models import Audit, AuditRun
from privacy.staff import staff_tell

SOON_DAYS: Final = 14
OFFICER: Final = "privacy_officer"


class AuditRefused(DomainError):
    """What was recorded of an audit cannot be true, or must not be stored."""

    code = "malformed"
    status = 400


@dataclass(frozen=True)
class Standing:
    """An audit as the calendar shows it. `state` is overdue, soon or later."""

    audit: Audit
    state: str
    days: int
    last: AuditRun | None

    @property
    def title(self) -> str:
        """Its name in the active language."""
        return title_of(self.audit)


def title_of(audit: Audit) -> str:
    """The audit's name in the active language."""
    return audit.title_en if (get_language() or "id").startswith("en") else audit.title_id


def audit_done(
    *, officer_id: UUID, audit_id: UUID, done_on: date, findings: int, report: str
) -> Audit:
    """Record an audit; the next one is due its interval later. Raises AuditRefused, NotFound.

    `report` says where the report is kept ("safe, shelf 3"); its contents do not belong here.
    """
    words = " ".join(report.split())
    _check(done_on, findings, words)
    with transaction.atomic(durable=True):
        audit = Audit.objects.select_for_update().filter(id=audit_id).first()
        if audit is None:
            raise NotFound(_("There is no such audit."))
        AuditRun.objects.create(
            audit=audit, done_on=done_on, recorded_by_id=officer_id, findings=findings, report=words
        )
        due = done_on + timedelta(days=audit.interval_days)
        # Recording an old audit late never moves the next one back.
        audit.due_on = max(due, audit.due_on)
        audit.save(update_fields=["due_on"])
    return audit


def calendar() -> Sequence[Standing]:
    """Every audit with how it stands, most urgent first; two statements."""
    today = clock.now().date()
    audits = list(Audit.objects.order_by("due_on", "code"))
    newest = AuditRun.objects.order_by("audit", "-done_on", "-id").distinct("audit")
    last = {run.audit_id: run for run in newest}
    return [_standing(audit, today, last.get(audit.id)) for audit in audits]


def overdue() -> Sequence[Standing]:
    """The audits whose day has passed."""
    return [standing for standing in calendar() if standing.state == "overdue"]


def overdue_tell() -> int:
    """Tell the privacy officers of each late audit, once a week; returns how many are late."""
    late = overdue()
    year, week, _day = clock.now().isocalendar()
    with transaction.atomic():
        for standing in late:
            staff_tell(
                OFFICER,
                template="audit_overdue",
                data={"audit": standing.audit.id},
                dedupe_key=f"audit:{standing.audit.id}:{year}-{week}",
            )
    return len(late)


def _standing(audit: Audit, today: date, last: AuditRun | None) -> Standing:
    days = (audit.due_on - today).days
    state = "overdue" if days < 0 else "soon" if days <= SOON_DAYS else "later"
    return Standing(audit, state, days, last)


def _check(done_on: date, findings: int, report: str) -> None:
    broken = []
    if not date(2020, 1, 1) <= done_on <= clock.now().date():
        broken.append(Broken("done_on", _("An audit was done today or earlier."), "done_on"))
    if not 0 <= findings <= 9999:
        broken.append(Broken("findings", _("Between 0 and 9,999."), "findings"))
    if not report or len(report) > 200:
        broken.append(Broken("report", _("Say in up to 200 characters where it lies."), "report"))
    if card_numbers(report):
        broken.append(Broken("card_number", card_sentence(), "report"))
    if broken:
        raise AuditRefused(" ".join(rule.detail for rule in broken), broken=broken)
