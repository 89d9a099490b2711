"""Private calendar feeds: a secret address that shows a calendar, until it is revoked.

The secret is shown once and stored as SHA-256, so a copy of the database opens no feed.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.errors import DomainError, NotAllowed, NotFound
from privacy.models import Subject
from privacy.services import subjects_lock
from reservations.ical import Entry, calendar_bytes, entry_of, taken_entry
from reservations.links import reservation_url
from reservations.models import CalendarFeed, Reservation, ReservationEvent, Space
from reservations.services.locks import act

State = Reservation.State
MOST_FEEDS: Final = 20
MOST_ENTRIES: Final = 2000
PAST: Final = timedelta(days=90)
#: A calendar that looks in rarely still learns of a cancellation.
CANCELLED_FOR: Final = timedelta(days=30)
SHOWN: Final = (
    State.PENDING,
    State.CONFIRMED,
    State.CHECKED_IN,
    State.COMPLETED,
    State.NO_SHOW,
)
GONE: Final = (State.CANCELLED, State.DECLINED, State.EXPIRED)


class TooManyFeeds(DomainError):
    """A person keeps too many feeds; revoking one helps."""

    code = "too_many_feeds"
    status = 422


@dataclass(frozen=True)
class NewFeed:
    """A feed just made, with its secret: the only moment at which it is known."""

    feed: CalendarFeed
    secret: str


def feed_create(*, actor: User, space_id: UUID | None = None) -> NewFeed:
    """Make a feed of the actor's own reservations, or (space managers) of a space.

    Raises NotAllowed, NotFound for an unknown space, TooManyFeeds beyond 20.
    """
    with act():
        subjects_lock({actor.subject_id})
        if space_id is not None:
            if not actor.may("reservations.manage_spaces"):
                raise NotAllowed(_("Only space managers make the calendar of a space."))
            if not Space.objects.filter(id=space_id).exists():
                raise NotFound(_("There is no such space."))
        if feeds_of(actor).count() >= MOST_FEEDS:
            raise TooManyFeeds(_("You have 20 calendar links. Revoke one first."))
        secret = secrets.token_urlsafe(32)
        feed = CalendarFeed.objects.create(
            owner_id=actor.subject_id, space_id=space_id, digest=_digest(secret)
        )
    return NewFeed(feed, secret)


def feed_revoke(*, actor: User, feed_id: UUID) -> None:
    """End a feed of the actor's; doing it twice is no error. NotFound for others'."""
    with act():
        mine = CalendarFeed.objects.filter(id=feed_id, owner=actor.subject_id)
        if not mine.exists():
            raise NotFound(_("There is no such calendar link."))
        mine.filter(revoked_at=None).update(revoked_at=clock.now())


def feeds_of(actor: User) -> QuerySet[CalendarFeed]:
    """The actor's feeds that still work, newest first, with their spaces."""
    return (
        CalendarFeed.objects.filter(owner=actor.subject_id, revoked_at=None)
        .select_related("space")
        .order_by("-created_at", "-id")
    )


def feed_calendar(*, secret: str) -> bytes:
    """The calendar behind a secret, in its owner's language.

    NotFound when it is unknown or revoked, or its owner's account is not open. The same
    rows give the same bytes, so that an unchanged calendar costs its reader nothing.
    """
    feed = (
        CalendarFeed.objects.select_related("space__location", "space__floor")
        .filter(digest=_digest(secret), revoked_at=None, owner__state=Subject.State.ACTIVE)
        .first()
    )
    if feed is None:
        raise NotFound(_("There is no such calendar."))
    owner = User.objects.filter(subject=feed.owner_id, is_active=True).first()
    if owner is None:
        raise NotFound(_("There is no such calendar."))
    with translation.override(owner.language):
        if feed.space is None:
            return calendar_bytes(_own_entries(owner), name=_("My reservations"))
        return calendar_bytes(_space_entries(feed.space, owner), name=feed.space.name)


def _own_entries(owner: User) -> list[Entry]:
    rows = _rows(Q(holder=owner.subject_id))
    return [entry_of(row, stamp=stamp, url=reservation_url(row.id)) for row, stamp in rows]


def _space_entries(space: Space, owner: User) -> list[Entry]:
    """Everything that takes the space: its own reservations, its whole's and its parts'."""
    related = Q(space=space) | Q(space__whole=space)
    if space.whole_id:
        related |= Q(space=space.whole_id)
    show = entry_of if owner.may("reservations.see_desk") else taken_entry
    return [show(row, stamp=stamp) for row, stamp in _rows(related)]


def _rows(which: Q) -> list[tuple[Reservation, datetime]]:
    """What a feed shows of these reservations, each with the instant of its last change."""
    now = clock.now()
    last: QuerySet[ReservationEvent, Any] = ReservationEvent.objects.filter(
        reservation=OuterRef("pk")
    ).order_by("-at", "-id")
    lately = Q(state__in=GONE, changed_at__gte=now - CANCELLED_FOR) & ~Q(was=State.HELD)
    rows = (
        Reservation.objects.filter(which, ends_at__gte=now - PAST)
        .annotate(
            changed_at=Subquery(last.values("at")[:1]),
            was=Subquery(last.values("from_state")[:1]),
        )
        .filter(Q(state__in=SHOWN) | lately)
        .select_related("space__location", "space__floor")
        .order_by("-starts_at", "id")[:MOST_ENTRIES]
    )
    return [(row, row.changed_at or row.created_at) for row in rows]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
