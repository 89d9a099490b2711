"""Notices of a new version: announced, sent to everybody it concerns, and only then in force.

`policy_announce` writes a notice for each person with an open account into the outbox, in
batches, so that a killed run goes on where it stopped. `notices_settle` sees when the last
one has left or come to an end; from then NOTICE runs (privacy/policy.py). People who left
or deactivated are not written to, also when they leave in between (promise P59). The mails
are of the category `privacy`, which carries nothing else and cannot be refused (P60).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from privacy import clock, policy
from privacy.errors import DomainError
from privacy.mail import render
from privacy.models import OutboxMessage, PolicyNotice, Subject
from privacy.outbox import Mail, Message, Template, outbox_put_many
from privacy.outbox import register as register_template
from privacy.purposes import PURPOSES

TEMPLATE: Final = "policy_notice"
BATCH: Final = 500
State = OutboxMessage.State
#: The account states of people who have neither left nor deactivated.
PRESENT: Final = (Subject.State.ACTIVE, Subject.State.RESTRICTED)

Holders = Callable[[], QuerySet[Subject]]
_holders: list[Holders] = []


class AnnouncementRefused(DomainError):
    """The version cannot be announced: it is the first, or its day is too near, or it was."""

    code = "announcement_refused"
    status = 422


@dataclass(frozen=True)
class Delivery:
    """What became of the notices of a version (promise P62): how many in each state."""

    notice: PolicyNotice
    waiting: int
    sent: int
    refused: int
    failed: int


def register() -> None:
    """Tell the outbox how to build a notice."""
    title = gettext_lazy("Policy or terms change")
    register_template(Template(TEMPLATE, OutboxMessage.Category.PRIVACY, _build, title))


def register_holders(source: Holders) -> None:
    """Tell who has an account that is open (filled in by `accounts`)."""
    if source not in _holders:
        _holders.append(source)


def concerned() -> Iterator[UUID]:
    """The people to be told, in key order: open accounts, neither left nor deactivated."""
    for source in _holders:
        people = source().filter(state__in=PRESENT).order_by("id")
        yield from people.values_list("id", flat=True).iterator(chunk_size=BATCH)


def policy_announce(
    *, document: str, number: int, announced_by: UUID | None = None
) -> PolicyNotice:
    """Put the notices of a version into the outbox; a repeated call goes on or does nothing.

    A version that is not material is announced on the site alone. Raises NotFound, or
    AnnouncementRefused for the first version and for a day less than NOTICE away.
    """
    version = policy.version_get(document, number)
    notice = _notice(version, announced_by)
    if notice.put_at is None:
        people = concerned() if version.material else iter(())
        while batch := list(islice(people, BATCH)):
            with transaction.atomic():
                outbox_put_many(
                    template=TEMPLATE,
                    recipients=batch,
                    data={"notice": notice.id},
                    dedupe_key=f"policy:{notice.id}",
                )
        PolicyNotice.objects.filter(id=notice.id, put_at=None).update(put_at=clock.now())
    notices_settle()
    notice.refresh_from_db()
    return notice


def _notice(version: policy.Version, announced_by: UUID | None) -> PolicyNotice:
    """The version's row, made when its announcement begins."""
    known = PolicyNotice.objects.filter(document=version.document, version=version.number).first()
    if known is not None:
        if known.hash != version.hash:
            raise AnnouncementRefused(
                _("The text was changed after its announcement. Write it as a new version.")
            )
        return known
    if version.number == 1:
        raise AnnouncementRefused(_("The first version needs no announcement."))
    if version.effective_at < clock.now() + policy.NOTICE:
        raise AnnouncementRefused(
            _("Between the announcement and the day it takes effect lie at least 14 days.")
        )
    made, _new = PolicyNotice.objects.get_or_create(
        document=version.document,
        version=version.number,
        defaults={
            "hash": version.hash,
            "announced_by_id": announced_by,
            "announced_at": clock.now(),
        },
    )
    return made


def notices_settle() -> int:
    """Note which announcements are finished: every notice has left or come to an end."""
    done = 0
    for notice in PolicyNotice.objects.filter(finished_at=None).exclude(put_at=None):
        waiting = _messages(notice).filter(state__in=[State.QUEUED, State.LEASED])
        if not waiting.exists():
            open_row = PolicyNotice.objects.filter(id=notice.id, finished_at=None)
            done += open_row.update(finished_at=clock.now())
    return done


def deliveries() -> list[Delivery]:
    """Every announcement with what became of its notices, the newest first."""
    return [_delivery(notice) for notice in PolicyNotice.objects.order_by("-announced_at")]


def _delivery(notice: PolicyNotice) -> Delivery:
    counts = _messages(notice).aggregate(
        waiting=Count("id", filter=Q(state__in=[State.QUEUED, State.LEASED])),
        sent=Count("id", filter=Q(state=State.SENT)),
        refused=Count("id", filter=Q(state=State.REFUSED)),
        failed=Count("id", filter=Q(state=State.DEAD)),
    )
    return Delivery(notice, **counts)


def _messages(notice: PolicyNotice) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(template=TEMPLATE, data__notice=str(notice.id))


def _build(message: Message) -> Mail | None:
    """The notice, unless the person has left or deactivated since it was written."""
    notice = PolicyNotice.objects.filter(id=str(message.data["notice"])).first()
    person = Subject.objects.filter(id=message.recipient_id, state__in=PRESENT).first()
    if notice is None or person is None:
        return None
    version = policy.version_get(notice.document, notice.version)
    language = get_language() or "id"
    earliest = max(version.effective_at, message.created_at + policy.NOTICE)
    context = {
        "title": version.titles[language],
        "number": version.number,
        "summary": version.summaries[language],
        "day": format_date(earliest, "d MMMM y", locale=language),
        "uses": ", ".join(str(PURPOSES[code].title) for code in version.asks_again),
        "url": f"{settings.SITE_URL}/privacy/{version.document}/compare?to={version.number}",
    }
    return render(message, context)
