"""What people do with a reservation of theirs: one form each, refused with a reason."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from frontend import formats
from frontend.asking import hhmm
from frontend.bookings import differences
from frontend.drafts import FIELDS
from frontend.people import signed_in
from frontend.views.reservations import reservation_page
from privacy.errors import Broken, DomainError, Stale
from reservations.errors import RulesBroken, SlotTaken
from reservations.models import Reservation
from reservations.selectors.alternatives import Alternative
from reservations.selectors.reservations import reservation_get
from reservations.selectors.spaces import space_get
from reservations.services import (
    GuestWish,
    guest_invite,
    guest_remove,
    reservation_cancel,
    reservation_check_in,
    reservation_confirm,
    reservation_end_early,
    reservation_extend,
    reservation_move,
)

Act = Callable[[HttpRequest, User, Reservation, int | None], str]


@require_POST
@login_required
def act(request: HttpRequest, reservation_id: UUID, verb: str) -> HttpResponse:
    """Do it and go back to the page; or show the page with what stands in the way."""
    if verb not in ACTS:
        raise Http404
    actor = signed_in(request)
    row = reservation_get(actor=actor, reservation_id=reservation_id)
    try:
        said = ACTS[verb](request, actor, row, _version(request))
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        return _refused(request, reservation_id, actor, verb, error)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("frontend:reservation", args=[reservation_id]))


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _refused(
    request: HttpRequest, reservation_id: UUID, actor: User, verb: str, error: DomainError
) -> HttpResponse:
    row = reservation_get(actor=actor, reservation_id=reservation_id)
    zone = row.space.location.time_zone
    extra: dict[str, Any] = {"refused": error.detail, "verb": verb, "errors": {}}
    if isinstance(error, RulesBroken):
        extra["errors"] = _by_field(error.broken)
        extra["refused"] = _("This was not done. Nothing was changed.")
    if isinstance(error, SlotTaken):
        extra["alternatives"] = [_way_out(way) for way in error.alternatives]
    if isinstance(error, Stale):
        extra["difference"] = differences(error.extra["difference"], zone)
    typed = {key: request.POST.get(key, "")[:2000] for key in ("day", "from", "to", "guests")}
    if verb in {"move", "invite"}:
        extra["typed"] = typed
    return reservation_page(request, row, actor, status=error.status, extra=extra)


def _by_field(broken: tuple[Broken, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in broken:
        found.setdefault(FIELDS.get(rule.field, "other"), []).append(rule.detail)
    return found


def _way_out(way: Alternative) -> dict[str, str]:
    zone = way.space.location.time_zone
    starts, ends = formats.wall(way.starts_at, zone), formats.wall(way.ends_at, zone)
    return {
        "space": way.space.slug,
        "day": starts.date().isoformat(),
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
        "name": f"{way.space.name}, {formats.clock_range(way.starts_at, way.ends_at, zone)}",
        "price": formats.money(way.quote.total, way.quote.currency),
    }


def _check_in(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    reservation_check_in(actor=actor, reservation_id=row.id, expected_version=version)
    return _("Checked in. The room is yours.")


def _cancel(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    free = row.state != Reservation.State.CONFIRMED
    done = reservation_cancel(actor=actor, reservation_id=row.id, expected_version=version)
    event = done.events.order_by("-at", "-id").first()
    late = bool(event and event.changes.get("late"))
    if late and not free:
        price = formats.money(done.price_amount, done.price_currency)
        return _("Cancelled. The price of %(price)s stays due.") % {"price": price}
    return _("Cancelled. Nothing is due.")


def _end(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    done = reservation_end_early(actor=actor, reservation_id=row.id, expected_version=version)
    zone = row.space.location.time_zone
    return _("Ended at %(time)s.") % {"time": formats.clock(done.ends_at, zone)}


def _extend(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    text = request.POST.get("minutes", "")
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    done = reservation_extend(
        actor=actor,
        reservation_id=row.id,
        ends_at=row.ends_at + timedelta(minutes=minutes),
        expected_version=version,
    )
    zone = row.space.location.time_zone
    return _("Now until %(time)s, %(price)s in all.") % {
        "time": formats.clock(done.ends_at, zone),
        "price": formats.money(done.price_amount, done.price_currency),
    }


def _move(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    slug = request.POST.get("space", "")[:100]
    space = space_get(actor=actor, slug=slug) if slug else row.space
    zone = space.location.time_zone
    starts, ends = _period(request, zone)
    done = reservation_move(
        actor=actor,
        reservation_id=row.id,
        starts_at=starts,
        ends_at=ends,
        space_id=space.id,
        expected_version=version,
    )
    return _("Moved to %(place)s, %(day)s, %(span)s. The price is %(price)s.") % {
        "place": space.name,
        "day": formats.day_long(formats.wall(starts, zone).date()),
        "span": formats.clock_range(starts, ends, zone),
        "price": formats.money(done.price_amount, done.price_currency),
    }


def _period(request: HttpRequest, zone: str) -> tuple[datetime, datetime]:
    """The form's day and clock times as instants; an end before the start is the next day's."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        minutes = [_minute(request.POST.get(key, "")) for key in ("from", "to")]
    except ValueError:
        detail = _("Write a day and two times of day.")
        raise RulesBroken([Broken("malformed", detail, "starts_at")]) from None
    if not 2000 <= day.year <= 9000:
        detail = _("This date is outside any calendar we keep.")
        raise RulesBroken([Broken("malformed", detail, "starts_at")])
    if minutes[1] <= minutes[0]:
        detail = _("The end must come after the start.")
        raise RulesBroken([Broken("malformed", detail, "ends_at")])
    first, last = (formats.local_instant(day, minute, zone) for minute in minutes)
    return first, last


def _minute(text: str) -> int:
    hours, _sep, minutes = text.replace(".", ":").partition(":")
    found = int(hours) * 60 + int(minutes[:2])
    if hhmm(found)[:5] != f"{int(hours):02d}:{int(minutes[:2]):02d}" or not 0 <= found <= 24 * 60:
        raise ValueError(text)
    return found


def _confirm(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    done = reservation_confirm(actor=actor, reservation_id=row.id)
    if done.state == Reservation.State.PENDING:
        return _("Sent for approval. We will write to you as soon as it is decided.")
    return _("Booked. The confirmation is on its way to your mailbox.")


def _invite(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    parts = request.POST.get("guests", "").replace(",", " ").replace(";", " ").split()
    if not parts:
        detail = _("Write at least one e-mail address.")
        raise RulesBroken([Broken("bad_address", detail, "guests")])
    guest_invite(actor=actor, reservation_id=row.id, guests=[GuestWish(part) for part in parts])
    return _("Invited. The mail is on its way.")


def _uninvite(request: HttpRequest, actor: User, row: Reservation, version: int | None) -> str:
    try:
        guest_id = UUID(request.POST.get("guest", ""))
    except ValueError:
        raise Http404 from None
    guest_remove(actor=actor, reservation_id=row.id, guest_id=guest_id)
    return _("Removed. The guest gets a mail.")


ACTS: dict[str, Act] = {
    "check-in": _check_in,
    "cancel": _cancel,
    "end": _end,
    "extend": _extend,
    "move": _move,
    "confirm": _confirm,
    "invite": _invite,
    "remove-guest": _uninvite,
}
