"""Reservations as iCalendar objects (RFC 5545), for feeds and for the files in mails.

A reservation keeps one UID for ever; SEQUENCE grows with each change that moves or
cancels it, so a calendar that gets a file twice or late shows the right one. Nobody's
address but the receiver's own stands in a file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from reservations.models import Reservation, Space

State = Reservation.State
PRODUCT: Final = "-//Ruang//Reservations//EN"
STATUS: Final = {
    State.HELD: "TENTATIVE",
    State.PENDING: "TENTATIVE",
    State.CONFIRMED: "CONFIRMED",
    State.CHECKED_IN: "CONFIRMED",
    State.COMPLETED: "CONFIRMED",
    State.NO_SHOW: "CONFIRMED",
    State.CANCELLED: "CANCELLED",
    State.DECLINED: "CANCELLED",
    State.EXPIRED: "CANCELLED",
}
#: How far around its events a zone's changes of summer time are written down.
MARGIN: Final = timedelta(days=370)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event. Instants are aware; `zone` is the location's; `stamp` its last change."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    place: str = ""
    status: str = "CONFIRMED"
    url: str = ""


def entry_of(reservation: Reservation, *, stamp: datetime, url: str = "") -> Entry:
    """What the people of a reservation see. Needs space, its location and floor loaded."""
    space = reservation.space
    return Entry(
        uid=f"{reservation.id}@ruang",
        sequence=reservation.calendar_sequence,
        stamp=stamp,
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        zone=space.location.time_zone,
        summary=reservation.title or space.name,
        place=place_of(space),
        status=STATUS[State(reservation.state)],
        url=url,
    )


def taken_entry(reservation: Reservation, *, stamp: datetime) -> Entry:
    """The same period for somebody who may only know that the space is taken."""
    full = entry_of(reservation, stamp=stamp)
    return replace(full, summary=_("Taken"))


def place_of(space: Space) -> str:
    """Where to go: space, floor, address in one line."""
    location = space.location
    floor = _("Floor %(name)s") % {"name": space.floor.name} if space.floor else ""
    address = " ".join(location.address.split()) or location.name
    city = "" if location.city in address else location.city
    return ", ".join(part for part in (space.name, floor, address, city) if part)


def calendar_bytes(
    entries: Iterable[Entry], *, method: str = "", name: str = "", receiver: str = ""
) -> bytes:
    """A VCALENDAR. `method` (REQUEST, CANCEL) makes it an invitation to `receiver` alone."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    listed = list(entries)
    for zone in _zones(listed):
        calendar.add_component(zone)
    for entry in listed:
        calendar.add_component(_event(entry, method, receiver))
    return bytes(calendar.to_ical())


def _zones(entries: list[Entry]) -> list[Timezone]:
    spans: dict[str, tuple[datetime, datetime]] = {}
    for entry in entries:
        first, last = spans.get(entry.zone, (entry.starts_at, entry.ends_at))
        spans[entry.zone] = (min(first, entry.starts_at), max(last, entry.ends_at))
    return [
        Timezone.from_tzid(
            zone, first_date=(first - MARGIN).date(), last_date=(last + MARGIN).date()
        )
        for zone, (first, last) in sorted(spans.items())
    ]


def _event(entry: Entry, method: str, receiver: str) -> Event:
    event = Event()
    zone = ZoneInfo(entry.zone)
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if method == "CANCEL" else entry.status)
    event.add("transp", "OPAQUE")
    if entry.place:
        event.add("location", entry.place)
    if entry.url:
        event.add("url", entry.url)
    if method:
        # RFC 5546: an invitation has an organiser; ours is the platform, never a person.
        event.add("organizer", _organizer())
        event.add("attendee", _attendee(receiver))
    return event


def _organizer() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(name or "Ruang")
    return organizer


def _attendee(receiver: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{receiver}")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
