"""How times, days, lengths and numbers are written, in Indonesian and in English.

Clock times are wall times of a zone, 24 hours, with a dot ("14.00"). The language is the
active one. Everything here is plain string work, fast enough for a timeline of 200 rows.
It lies on the ground floor since the mails of every floor write times; amounts of money
are written one floor up (billing/formats.py).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

DAYS: Final = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Final = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
#: Indonesian law names three zones; Python's abbreviation for them is right, others vary.
NAMED_ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


def language() -> str:
    """The language to write in: "id", or "en" for every other."""
    return "id" if (get_language() or "id").startswith("id") else "en"


@lru_cache(maxsize=256)
def zone_info(name: str) -> ZoneInfo:
    """The zone, from memory."""
    return ZoneInfo(name)


def wall(instant: datetime, zone: str) -> datetime:
    """The instant as the wall clock of the zone shows it."""
    return instant.astimezone(zone_info(zone))


def clock(instant: datetime, zone: str) -> str:
    """14.00"""
    return wall(instant, zone).strftime("%H.%M")


def clock_minute(minute: int) -> str:
    """870 minutes after midnight -> 14.30."""
    return f"{minute // 60:02d}.{minute % 60:02d}"


def local_instant(day: date, minute: int, zone: str) -> datetime:
    """The instant at which the zone's wall clock shows `minute` of the day (1440: its end)."""
    midnight = datetime.combine(day, time())
    return (midnight + timedelta(minutes=minute)).replace(tzinfo=zone_info(zone)).astimezone(UTC)


def clock_range(starts: datetime, ends: datetime, zone: str) -> str:
    """14.00–15.30; with the day when it ends on another: 22.00–Kam 26 Nov 02.00."""
    first, last = wall(starts, zone), wall(ends, zone)
    if (
        last.date() == first.date()
        or last - first <= timedelta(days=1)
        and last.hour == 0 == last.minute
    ):
        return f"{first:%H.%M}–{'24.00' if last.date() != first.date() else f'{last:%H.%M}'}"
    return f"{first:%H.%M}–{day_short(last.date())} {last:%H.%M}"


def zone_name(zone: str, instant: datetime) -> str:
    """WIB, WITA, WIT; elsewhere the abbreviation in use at that instant, e.g. CET or UTC+5."""
    named = NAMED_ZONES.get(zone)
    if named:
        return named
    name = wall(instant, zone).tzname() or zone
    return f"UTC{name}" if name[:1] in "+-" else name


def day_long(day: date) -> str:
    """Rabu, 25 November / Wednesday, 25 November; with the year when it is not this one's."""
    tongue = language()
    return f"{DAYS[tongue][day.weekday()]}, {day.day} {MONTHS[tongue][day.month - 1]}"


def day_full(day: date) -> str:
    """Rabu, 25 November 2026."""
    return f"{day_long(day)} {day.year}"


def day_short(day: date) -> str:
    """Rab 25 Nov / Wed 25 Nov."""
    tongue = language()
    return f"{DAYS[tongue][day.weekday()][:3]} {day.day} {MONTHS[tongue][day.month - 1][:3]}"


def month_name(day: date) -> str:
    """Desember 2026."""
    return f"{MONTHS[language()][day.month - 1]} {day.year}"


def month_short(day: date) -> str:
    """Des."""
    return MONTHS[language()][day.month - 1][:3]


def number(value: float) -> str:
    """1,5 / 1.5, without needless decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language() == "id" else text


def duration(minutes: int) -> str:
    """45 menit, 1,5 jam, 3 hari / 45 minutes, 1.5 hours, 3 days."""
    if minutes >= 1440 and minutes % 1440 == 0:
        days = minutes // 1440
        return _("1 day") if days == 1 else _("%(count)s days") % {"count": number(days)}
    if minutes < 60 or minutes % 15:
        return _minutes(minutes)
    if minutes == 60:
        return _("1 hour")
    return _("%(count)s hours") % {"count": number(minutes / 60)}


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    short = _("1 minute") if rest == 1 else _("%(count)s minutes") % {"count": rest}
    if not hours:
        return short
    return f"{duration(hours * 60)} {short}"


def duration_short(minutes: int) -> str:
    """30 m, 1,5 j / 30 m, 1.5 h: for narrow buttons; the long form is said beside it."""
    if minutes < 60:
        return _("%(count)s m") % {"count": minutes}
    return _("%(count)s h") % {"count": number(minutes / 60)}


def people(count: int) -> str:
    """8 orang / 8 people."""
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
