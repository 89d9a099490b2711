"""Announcements: written by one, let go by another, sent in batches that survive a kill.

    draft -> submitted -> sending -> sent
      ^---------+            |
      +------ cancelled <----+   (from every state before sent)

Nobody approves what they wrote or changed (promise P36; the database refuses the author
too). A batch writes the outbox rows of the next people and moves the cursor in one
transaction; dedupe keys besides make a repetition add nobody.
"""

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from privacy.actors import Actor, require
from privacy.audiences import UnknownAudience, audience_named, audience_people
from privacy.errors import Broken, DomainError, NotAllowed, NotFound, Stale
from privacy.models import Announcement, AnnouncementEvent, Subject
from privacy.outbox import outbox_put_many

State = Announcement.State
Verb = AnnouncementEvent.Verb
WRITE: Final = "privacy.announce"
APPROVE: Final = "privacy.approve_announcements"
TEMPLATES: Final = {
    Announcement.Category.SERVICE: "announcement_service",
    Announcement.Category.MARKETING: "announcement_offer",
}
#: People per transaction, and how long one task goes on, in seconds.
BATCH: Final = 200
SECONDS: Final = 40.0


class AnnouncementRefused(DomainError):
    """The announcement cannot be saved or sent like this; `broken` names the fields."""

    code = "announcement_refused"


class AnnouncementMoved(DomainError):
    """The announcement is in a state that does not allow the act any more."""

    code = "announcement_moved"
    status = 409


class SecondPersonNeeded(NotAllowed):
    """Whoever wrote or changed a text does not let it go."""

    code = "second_person_needed"


@dataclass(frozen=True)
class AnnouncementFacts:
    """What is written: to whom, and the words in both languages."""

    category: str
    audience: str
    audience_ref: UUID | None
    title_id: str
    title_en: str
    body_id: str
    body_en: str


def announcement_write(*, actor: Actor, facts: AnnouncementFacts) -> Announcement:
    """Keep a new draft. Raises NotAllowed, AnnouncementRefused."""
    require(actor, WRITE)
    _check(facts)
    with transaction.atomic():
        made = Announcement.objects.create(**vars(facts), author_id=actor.subject_id)
        _note(made, Verb.WRITTEN, actor)
    return made


def announcement_change(
    *, actor: Actor, announcement_id: UUID, version: int, facts: AnnouncementFacts
) -> Announcement:
    """Rewrite a draft. Raises NotAllowed, NotFound, Stale, AnnouncementMoved/Refused."""
    require(actor, WRITE)
    _check(facts)
    with transaction.atomic():
        row = _locked(announcement_id, version, State.DRAFT)
        for name, value in vars(facts).items():
            setattr(row, name, value)
        _move(row, State.DRAFT, Verb.CHANGED, actor)
    return row


def announcement_submit(*, actor: Actor, announcement_id: UUID, version: int) -> Announcement:
    """Hand a draft to a second person. Raises as above; refused when it would reach nobody."""
    require(actor, WRITE)
    with transaction.atomic():
        row = _locked(announcement_id, version, State.DRAFT)
        if not audience_people(row.audience, row.audience_ref, row.category).exists():
            raise AnnouncementRefused(_("Nobody would receive this; choose another audience."))
        _move(row, State.SUBMITTED, Verb.SUBMITTED, actor)
    return row


def announcement_return(*, actor: Actor, announcement_id: UUID, version: int) -> Announcement:
    """Hand a text back to be rewritten. Raises NotAllowed, NotFound, Stale, AnnouncementMoved."""
    require(actor, APPROVE)
    with transaction.atomic():
        row = _locked(announcement_id, version, State.SUBMITTED)
        _move(row, State.DRAFT, Verb.RETURNED, actor)
    return row


def announcement_approve(
    *, actor: Actor, announcement_id: UUID, version: int, confirmed: bool
) -> Announcement:
    """Let a text go; the worker begins within seconds.

    `confirmed`: the actor says to have read both texts and that a service announcement
    promotes nothing. Raises SecondPersonNeeded for whoever wrote it, AnnouncementRefused
    without the confirmation or when it would reach nobody, and as above.
    """
    require(actor, APPROVE)
    if not confirmed:
        words = _("Say that you have read both texts; a list of words cannot decide this.")
        raise AnnouncementRefused(words, broken=[Broken("unconfirmed", words, "confirmed")])
    with transaction.atomic():
        row = _locked(announcement_id, version, State.SUBMITTED)
        if _has_written(actor, row):
            raise SecondPersonNeeded(_("Somebody else must approve what you wrote."))
        row.recipient_count = audience_people(row.audience, row.audience_ref, row.category).count()
        if not row.recipient_count:
            raise AnnouncementRefused(_("Nobody would receive this; choose another audience."))
        row.approver_id = actor.subject_id
        _move(row, State.SENDING, Verb.APPROVED, actor)
    return row


def announcement_cancel(*, actor: Actor, announcement_id: UUID, version: int) -> Announcement:
    """Stop it: nothing more is written, and what waits in the outbox is not sent any more.

    Raises NotAllowed, NotFound, Stale, AnnouncementMoved once it is sent.
    """
    if not actor.may(APPROVE):
        require(actor, WRITE)
    with transaction.atomic():
        row = _locked(announcement_id, version, State.DRAFT, State.SUBMITTED, State.SENDING)
        _move(row, State.CANCELLED, Verb.CANCELLED, actor)
    return row


def announcements_send(*, seconds: float = SECONDS) -> int:
    """Write the messages of whatever is being sent, until done or out of time; how many."""
    end, written = time.monotonic() + seconds, 0
    for row_id in Announcement.objects.filter(state=State.SENDING).values_list("id", flat=True):
        while time.monotonic() < end:
            count = announcement_batch(announcement_id=row_id)
            written += count
            if not count:
                break
    return written


def announcement_batch(*, announcement_id: UUID, size: int = BATCH) -> int:
    """The messages of the next people and the moved cursor, in one transaction; how many.

    0 when there is nothing left to do, or when another worker was faster. The people are
    locked first, as everywhere (design, decision 2); the announcement's row is won by a
    conditional update.
    """
    with transaction.atomic():
        row = Announcement.objects.filter(id=announcement_id, state=State.SENDING).first()
        if row is None:
            return 0
        people = audience_people(row.audience, row.audience_ref, row.category)
        if row.cursor is not None:
            people = people.filter(id__gt=row.cursor)
        ids = _share(list(people.values_list("id", flat=True)[:size]))
        if not ids:
            return _finish(row)
        ours = Announcement.objects.filter(
            id=row.id, state=State.SENDING, cursor=row.cursor
        ).update(cursor=ids[-1], queued_count=F("queued_count") + len(ids))
        if not ours:
            return 0
        outbox_put_many(
            template=TEMPLATES[Announcement.Category(row.category)],
            recipients=ids,
            data={"announcement": row.id},
            dedupe_key=dedupe_prefix(row.id),
        )
    return len(ids)


def dedupe_prefix(announcement_id: UUID) -> str:
    """What the dedupe keys of an announcement's messages begin with, before a colon."""
    return f"announcement:{announcement_id}"


def _share(ids: list[UUID]) -> list[UUID]:
    """The people locked FOR SHARE, in key order; those erased meanwhile are gone."""
    rows = Subject.objects.raw(
        "SELECT id FROM privacy_subject WHERE id = ANY(%s) ORDER BY id FOR SHARE", [ids]
    )
    return [row.id for row in rows]


def _finish(row: Announcement) -> int:
    done = Announcement.objects.filter(id=row.id, state=State.SENDING, cursor=row.cursor)
    if done.update(state=State.SENT, version=F("version") + 1):
        AnnouncementEvent.objects.create(announcement=row, verb=Verb.FINISHED)
    return 0


def _check(facts: AnnouncementFacts) -> None:
    broken: list[Broken] = []
    if facts.category not in Announcement.Category.values:
        broken.append(Broken("unknown_category", _("Choose what kind it is."), "category"))
    try:
        choices = audience_named(facts.audience).choices
    except UnknownAudience:
        broken.append(Broken("unknown_audience", _("Choose who receives it."), "audience"))
    else:
        known = {key for key, _name in choices()} if choices else {None}
        if facts.audience_ref not in known:
            words = _("Choose which one.") if choices else _("This audience needs no choice.")
            broken.append(Broken("unknown_target", words, "audience"))
    broken += [
        Broken("required", _("Both languages are needed."), name)
        for name in ("title_id", "title_en", "body_id", "body_en")
        if not getattr(facts, name).strip()
    ]
    if broken:
        raise AnnouncementRefused(" ".join(each.detail for each in broken), broken=broken)


def _locked(announcement_id: UUID, version: int, *states: str) -> Announcement:
    row = Announcement.objects.select_for_update(no_key=True).filter(id=announcement_id).first()
    if row is None:
        raise NotFound(_("There is no such announcement."))
    if row.version != version:
        words = _("Somebody changed this announcement in the meantime. Look at it, then go on.")
        raise Stale(words, extra={"difference": {"version": row.version, "state": row.state}})
    if row.state not in states:
        words = _("This is not possible any more: %(state)s.")
        raise AnnouncementMoved(words % {"state": row.get_state_display()})
    return row


def _has_written(actor: Actor, row: Announcement) -> bool:
    hands = (Verb.WRITTEN, Verb.CHANGED, Verb.SUBMITTED)
    wrote = row.events.filter(verb__in=hands, actor=actor.subject_id).exists()
    return wrote or row.author_id == actor.subject_id


def _move(row: Announcement, state: str, verb: str, actor: Actor) -> None:
    row.state, row.version = state, row.version + 1
    row.save()
    _note(row, verb, actor)


def _note(row: Announcement, verb: str, actor: Actor) -> None:
    AnnouncementEvent.objects.create(announcement=row, verb=verb, actor_id=actor.subject_id)
