"""Reads of announcements, for those who write or approve them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from privacy import clock
from privacy.actors import Actor
from privacy.announcements import APPROVE, TEMPLATES, WRITE, dedupe_prefix
from privacy.audiences import audience_people
from privacy.errors import NotAllowed, NotFound
from privacy.messages import announcement_mail
from privacy.models import Announcement, AnnouncementEvent, OutboxMessage
from privacy.outbox import Address, Mail, Message

#: Nobody: the recipient of a preview, whose way out leads nowhere.
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Progress:
    """How many messages were written, and what became of them; they are listed for a year."""

    total: int
    written: int
    sent: int
    waiting: int
    refused: int
    dead: int


def announcements_of(actor: Actor, *, before: UUID | None = None) -> Sequence[Announcement]:
    """The newest first, 31 at most: one more than a page shows. One statement."""
    _require(actor)
    rows = Announcement.objects.all()
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:31])


def announcement_get(actor: Actor, announcement_id: UUID) -> Announcement:
    """One announcement; NotAllowed, NotFound."""
    _require(actor)
    row = Announcement.objects.filter(id=announcement_id).first()
    if row is None:
        raise NotFound(_("There is no such announcement."))
    return row


def announcement_events(actor: Actor, row: Announcement) -> Sequence[AnnouncementEvent]:
    """Its steps, the first first."""
    _require(actor)
    return list(row.events.order_by("at", "id"))


def announcement_count(actor: Actor, row: Announcement) -> int:
    """How many people would receive it now."""
    _require(actor)
    return audience_people(row.audience, row.audience_ref, row.category).count()


def announcement_progress(actor: Actor, row: Announcement) -> Progress:
    """What became of its messages so far; one statement."""
    _require(actor)
    rows = OutboxMessage.objects.filter(dedupe_key__startswith=f"{dedupe_prefix(row.id)}:")
    found: dict[str, int] = dict(rows.values_list("state").annotate(count=Count("id")))
    return Progress(
        total=max(row.recipient_count, row.queued_count),
        written=row.queued_count,
        sent=found.get("sent", 0),
        waiting=found.get("queued", 0) + found.get("leased", 0),
        refused=found.get("refused", 0),
        dead=found.get("dead", 0),
    )


def announcement_preview(actor: Actor, row: Announcement, language: str) -> Mail:
    """The mail as somebody of this language will see it."""
    _require(actor)
    message = Message(
        id=row.id,
        template=TEMPLATES[Announcement.Category(row.category)],
        recipient_id=NOBODY,
        contact_id=None,
        data={"announcement": str(row.id)},
        created_at=clock.now(),
        address=Address(email="", language=language),
    )
    with translation.override(language):
        return announcement_mail(message, row)


def _require(actor: Actor) -> None:
    if not (actor.may(WRITE) or actor.may(APPROVE)):
        raise NotAllowed(_("Your role does not include this."))
