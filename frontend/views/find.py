"""Find a room: a line of questions, and the day as the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from frontend import formats
from frontend.asking import ANYWHERE, Ask, ask_read, default_start
from frontend.board import Board, Ground, board_of, grounds_of
from frontend.habits import suggested
from frontend.memory import Memory
from frontend.people import actor_of
from frontend.questions import Questions
from frontend.reference import Reference, reference
from frontend.rows import Choice
from privacy import clock

POLL_SECONDS = 20


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The page."""
    known = reference()
    if not known.locations:
        return render(request, "frontend/find_empty.html")
    now, actor = clock.now(), actor_of(request)
    # A question that was asked is answered as it stands; only a blank one is filled in.
    usual = None if request.GET else suggested(actor)
    ask = ask_read(usual or request.GET, known.locations, known.amenity_names(), now)
    context = find_context(ask, known, actor, now)
    return render(request, "frontend/find.html", {**context, "usual": usual})


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """The answer alone, for the page that refreshes itself; 304 while nothing changed."""
    known = reference()
    if not known.locations:
        return HttpResponse(status=204)
    now, actor = clock.now(), actor_of(request)
    ask = ask_read(request.GET, known.locations, known.amenity_names(), now)
    choice = choice_read(request.GET.get("chosen", ""))
    grounds = grounds_of(ask, actor, now)
    etag = tag_of(ask, grounds, actor, now, choice)
    # Compression on the way out makes the tag a weak one.
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        response = HttpResponse(status=304)
    else:
        board = board_of(ask, actor=actor, now=now, choice=choice, grounds=grounds)
        answer = answer_html(ask, board, actor, now)
        response = HttpResponse(f'{answer.head}<div id="board">{answer.board}</div>')
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def tag_of(
    ask: Ask, grounds: tuple[Ground, ...], actor: User | None, now: datetime, choice: Choice | None
) -> str:
    """The ETag of an answer, from all that it is made of and before any of it is made."""
    zone = actor.time_zone if actor else ""
    walls = [formats.wall(now, ground.place.time_zone) for ground in grounds]
    # Today the line of the present moves, and what has passed is no offer any more.
    moment = [
        (wall.date(), (wall.hour, wall.minute) if wall.date() == ask.day else None)
        for wall in walls
    ]
    parts = (formats.language(), ask.key, [g.key for g in grounds], zone, moment, choice)
    return f'"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def choice_read(text: str) -> Choice | None:
    """The period a sheet is open for, "slug,870,960"; None when there is none."""
    slug, _sep, span = text.partition(",")
    first, _sep, last = span.partition(",")
    if not (slug and first.isdigit() and last.isdigit() and len(span) < 12):
        return None
    start, end = int(first), int(last)
    return Choice(slug, start, end) if 0 <= start < end <= 24 * 60 else None


def find_context(
    ask: Ask, known: Reference, actor: User | None, now: datetime, choice: Choice | None = None
) -> dict[str, Any]:
    """What the page and its refreshed part show."""
    board = board_of(ask, actor=actor, now=now, choice=choice)
    return {
        "ask": ask,
        "board": board,
        "answer": answer_html(ask, board, actor, now),
        "questions": Questions(ask, known, now),
        "chosen": f"{choice.space_slug},{choice.start},{choice.end}" if choice else "",
        "poll_seconds": POLL_SECONDS,
        "needs": [
            (amenity, known.amenity_names()[amenity.code], amenity.code in ask.needs)
            for amenity in known.amenities
        ],
        "views": [
            ("timeline", _("Timeline"), "chart-gantt", ask.query(view="timeline")),
            ("list", _("List"), "rows-3", ask.query(view="list")),
        ],
    }


@dataclass(frozen=True)
class AnswerHtml:
    """The two parts of the answer, written."""

    head: SafeString
    board: SafeString


_written: "Memory[AnswerHtml]" = Memory(size=128, seconds=20.0)


def answer_html(ask: Ask, board: Board, actor: User | None, now: datetime) -> AnswerHtml:
    """The answer as HTML, from memory where it holds nothing personal."""
    today = formats.wall(now, ask.places[0].time_zone).date()
    context = {
        "ask": ask,
        "board": board,
        "heading": heading(board),
        "period": period(ask, actor),
        "days": Days.around(ask, today),
    }

    def write() -> AnswerHtml:
        everywhere = ask.query(where=ANYWHERE) if ask.where != ANYWHERE else ""
        fewer = ask.query(people=None, needs=(), kind="")
        parts = {**context, "wider": {"fewer": fewer, "everywhere": everywhere}}
        return AnswerHtml(
            head=render_to_string("frontend/find_head.html", parts),
            board=render_to_string("frontend/find_board.html", parts),
        )

    if board.key is None:
        return write()
    key = (formats.language(), ask.key, board.key, context["period"], context["days"])
    return _written.get(key, write)


def heading(board: Board) -> str:
    """The answer in a sentence."""
    if not board.total:
        return _("No room is like this")
    if not board.free:
        return _("No room is free then")
    text = ngettext(
        "%(free)s of %(total)s room is free", "%(free)s of %(total)s rooms are free", board.total
    )
    return text % {"free": board.free, "total": board.total}


def period(ask: Ask, actor: User | None) -> str:
    """The asked period in the buildings' zone, and in the person's where that differs."""
    day = formats.day_long(ask.day)
    span = f"{formats.clock_minute(ask.start)}–{formats.clock_minute(ask.end)}"
    place = ask.places[0]
    if len({location.time_zone for location in ask.places}) > 1:
        return _("%(day)s, %(span)s local time of each building.") % {"day": day, "span": span}
    starts = formats.local_instant(ask.day, ask.start, place.time_zone)
    zone = formats.zone_name(place.time_zone, starts)
    here = _("%(day)s, %(span)s %(zone)s.") % {"day": day, "span": span, "zone": zone}
    theirs = elsewhere(starts, ask.end - ask.start, place.time_zone, actor)
    return f"{here} {theirs}".strip()


def elsewhere(starts: datetime, minutes: int, zone: str, actor: User | None) -> str:
    """The same period on the person's own clock; empty when that shows the same time."""
    if actor is None:
        return ""
    theirs = formats.wall(starts, actor.time_zone)
    if theirs.utcoffset() == formats.wall(starts, zone).utcoffset():
        return ""
    span = formats.clock_range(starts, starts + timedelta(minutes=minutes), actor.time_zone)
    if theirs.date() != formats.wall(starts, zone).date():
        span = f"{formats.day_short(theirs.date())}, {span}"
    name = formats.zone_name(actor.time_zone, starts)
    return _("Where you are, %(span)s %(zone)s.") % {"span": span, "zone": name}


@dataclass(frozen=True)
class Days:
    """The links to the days around."""

    before: str
    before_name: str
    after: str
    after_name: str
    today: str

    @classmethod
    def around(cls, ask: Ask, today: Any) -> "Days":
        """Yesterday, tomorrow and today as the same question."""
        before, after = ask.day - timedelta(days=1), ask.day + timedelta(days=1)
        fixed = ask.start if not ask.now else default_start(ask.places[0], clock.now())[1]
        return cls(
            before=ask.query(day=before, now=False, start=fixed),
            before_name=formats.day_long(before),
            after=ask.query(day=after, now=False, start=fixed),
            after_name=formats.day_long(after),
            today="" if ask.day == today else ask.query(day=today, now=False, start=fixed),
        )
