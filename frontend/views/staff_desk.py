"""Today at one location: who comes, what waits for a decision, what is free."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from frontend import formats
from frontend.bookings import Shown, differences
from frontend.sight import contact_name, desk_shown, look_note, person_name
from frontend.views.staff_guard import staff_page
from privacy import clock
from privacy.errors import DomainError, NotFound, Stale
from reservations.models import ClosurePeriod, Guest, Location, Reservation
from reservations.selectors import desk as desk_reads
from reservations.selectors.desk import Free, Waiting
from reservations.selectors.reservations import reservation_get
from reservations.services import (
    reservation_approve,
    reservation_cancel,
    reservation_check_in,
    reservation_decline,
    reservation_end_early,
)

State = Reservation.State
REMEMBERED = "desk"


@dataclass(frozen=True)
class Arrival:
    """A booking as the desk shows it: who, with whom, where, when, in what state."""

    shown: Shown

    @property
    def row(self) -> Reservation:
        """The booking."""
        return self.shown.row

    @property
    def who(self) -> str:
        """The holder's name, else what is known of a visitor."""
        user = getattr(self.row.holder, "user", None)
        if user is not None:
            return person_name(self.shown, user)
        contact = self.row.contact
        if contact is None:
            return _("Name no longer kept")
        return contact_name(self.shown, contact, ("name", "email", "phone"))

    @property
    def guests(self) -> list[str]:
        """Who comes along."""
        return [contact_name(self.shown, g.contact, ("name", "email")) for g in invited(self.row)]

    @property
    def group(self) -> str:
        """now, next (within two hours), later or done."""
        row, now = self.row, self.shown.now
        if not self.shown.open:
            return "done"
        if row.starts_at <= now:
            return "now"
        return "next" if (row.starts_at - now).total_seconds() <= 7200 else "later"

    @property
    def ends(self) -> bool:
        """Whether ending early is possible."""
        return self.shown.running and self.row.state in {State.CONFIRMED, State.CHECKED_IN}

    @property
    def cancels(self) -> bool:
        """Whether cancelling is: not once it has begun."""
        return (
            self.shown.open
            and self.row.state in {State.PENDING, State.CONFIRMED}
            and self.row.starts_at > self.shown.now
        )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("reservations.see_desk")
def desk_choose(request: HttpRequest, actor: User) -> HttpResponse:
    """Choose the location; the browser's session remembers it."""
    places = desk_reads.desk_locations(actor=actor)
    if request.method == "POST":
        place = desk_reads.desk_location(actor=actor, slug=request.POST.get("location", "")[:80])
        request.session[REMEMBERED] = place.slug
        return HttpResponseRedirect(reverse("frontend:desk-day", args=[place.slug]))
    slugs = [place.slug for place in places]
    last = request.session.get(REMEMBERED) or (slugs[0] if len(slugs) == 1 else "")
    if last in slugs and "choose" not in request.GET:
        return HttpResponseRedirect(reverse("frontend:desk-day", args=[last]))
    return render(request, "frontend/staff/choose.html", {"places": places})


@require_safe
@staff_page("reservations.see_desk")
def desk(request: HttpRequest, actor: User, slug: str) -> HttpResponse:
    """The day, or for the poll only the part that changes."""
    return desk_page(request, actor, desk_reads.desk_location(actor=actor, slug=slug))


def desk_page(
    request: HttpRequest,
    actor: User,
    place: Location,
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The day of a location, with what stood in the way of an act in `extra`."""
    polled = request.headers.get("HX-Target") == "desk-board"
    context = {**board(actor, place, clock.now()), **(extra or {})}
    name = "frontend/staff/desk_board.html" if polled else "frontend/staff/desk.html"
    return render(request, name, context, status=status)


def board(actor: User, place: Location, now: datetime) -> dict[str, Any]:
    """What the page shows; the same number of statements for one arrival and for thirty."""
    zone = place.time_zone
    today = formats.wall(now, zone).date()
    rows = desk_reads.arrivals(actor=actor, location=place, day=today)
    coming = [Arrival(desk_shown(row, actor, now)) for row in rows]
    waiting = desk_reads.approvals(actor=actor, location=place, now=now)
    _note(actor, coming, [desk_shown(item.row, actor, now) for item in waiting])
    free = desk_reads.free_now(actor=actor, location=place, now=now)
    shut = desk_reads.closures_ahead(actor=actor, location=place, since=now, days=8)
    labels = {"now": _("Now"), "next": _("Next two hours"), "later": _("Later"), "done": _("Over")}
    groups = [(key, label, [a for a in coming if a.group == key]) for key, label in labels.items()]
    return {
        "place": place,
        "now": now,
        "groups": [group for group in groups if group[2]],
        "expected": sum(a.row.state == State.CONFIRMED and a.shown.open for a in coming),
        "inside": sum(a.row.state == State.CHECKED_IN and a.shown.open for a in coming),
        "missed": sum(a.row.state == State.NO_SHOW for a in coming),
        "all": len(coming),
        "free": [_free_words(item, zone) for item in free],
        "waiting": [_waiting_words(item, actor, now) for item in waiting],
        "closures": [closure_words(period, zone) for period in shut],
        "may": {
            "check_in": actor.may("reservations.check_in_others")
            or actor.may("reservations.change_others"),
            "change": actor.may("reservations.change_others"),
            "approve": actor.may("reservations.approve"),
            "walk_in": actor.may("reservations.book_for_others"),
            "close": actor.may("reservations.manage_closures"),
        },
    }


def invited(row: Reservation) -> list[Guest]:
    """The guests that the desk's selector loaded with the row."""
    return list(row.invited)  # type: ignore[attr-defined]


def _note(actor: User, coming: list[Arrival], waiting: list[Shown]) -> None:
    """Who was shown to this desk, arrivals and what waits alike."""
    shown = [arrival.shown for arrival in coming]
    guests = [guest for item in (*shown, *waiting) for guest in invited(item.row)]
    look_note(actor, "arrivals", [*shown, *waiting], guests=guests, names=True)


def closure_words(period: ClosurePeriod, zone: str) -> dict[str, Any]:
    """One occurrence of a closure: what is shut, when, why."""
    closure = period.closure
    starts, ends = period.period.lower, period.period.upper
    where = period.space or period.floor
    indonesian = formats.language() == "id"
    return {
        "closure": closure,
        "where": str(where.name) if where else _("The whole location"),
        "is_floor": period.space is None and period.floor is not None,
        "day": formats.day_short(formats.wall(starts, zone).date()),
        "span": formats.clock_range(starts, ends, zone),
        "reason": closure.reason_id if indonesian else closure.reason_en,
        "starts": starts,
        "ends": ends,
    }


def until_words(instant: datetime, zone: str) -> str:
    """A clock time at which something ends: midnight is 24.00, not the next day's 00.00."""
    text = formats.clock(instant, zone)
    return "24.00" if text == "00.00" else text


def _free_words(item: Free, zone: str) -> dict[str, Any]:
    return {"space": item.space, "until": until_words(item.until, zone)}


def _waiting_words(item: Waiting, actor: User, now: datetime) -> dict[str, Any]:
    indonesian = formats.language() == "id"
    zone = item.row.space.location.time_zone
    minutes = 0
    if item.row.expires_at is not None:
        minutes = int((item.row.expires_at - now).total_seconds()) // 60
    return {
        "arrival": Arrival(desk_shown(item.row, actor, now)),
        "left": formats.duration(minutes if minutes < 60 else minutes // 60 * 60),
        "conflicts": [
            (shut.reason_id if indonesian else shut.reason_en)
            + ", "
            + formats.clock_range(shut.starts, shut.ends, zone)
            for shut in item.conflicts
        ],
    }


@require_POST
@staff_page("reservations.see_desk")
def desk_act(
    request: HttpRequest, actor: User, slug: str, reservation_id: UUID, verb: str
) -> HttpResponse:
    """Check in, end, cancel, approve, decline; then back to the day."""
    place = desk_reads.desk_location(actor=actor, slug=slug)
    if verb not in ACTS:
        raise Http404
    row = reservation_get(actor=actor, reservation_id=reservation_id)
    if row.space.location_id != place.id:
        raise NotFound(_("There is no such reservation."))
    act, said = ACTS[verb]
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    try:
        act(actor=actor, reservation_id=row.id, expected_version=version)
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        extra: dict[str, Any] = {"refused": error.detail, "refused_row": row}
        if isinstance(error, Stale):
            extra["difference"] = differences(error.extra["difference"], place.time_zone)
        return desk_page(request, actor, place, status=error.status, extra=extra)
    messages.success(request, said() % {"room": row.space.name})
    return HttpResponseRedirect(reverse("frontend:desk-day", args=[place.slug]))


ACTS: dict[str, tuple[Callable[..., Reservation], Callable[[], str]]] = {
    "check-in": (reservation_check_in, lambda: _("Checked in: %(room)s.")),
    "end": (reservation_end_early, lambda: _("Ended: %(room)s. The rest is free again.")),
    "cancel": (reservation_cancel, lambda: _("Cancelled: %(room)s. Everybody concerned is told.")),
    "approve": (reservation_approve, lambda: _("Approved: %(room)s. The confirmation leaves now.")),
    "decline": (reservation_decline, lambda: _("Declined: %(room)s. The time is free again.")),
}
