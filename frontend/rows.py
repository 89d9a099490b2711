"""The rows of the timeline as HTML, written as strings: a template costs ten times as much.

Everything shown is escaped here once: names and reasons; the rest is ours. What one person
owns or selected is passed in beside the shared answer and never remembered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from frontend import formats
from frontend.answers import Answer, Owned
from frontend.asking import Ask, hhmm
from frontend.grid import DAY, Bar, Span
from reservations.drawing import thumb_of


@dataclass(frozen=True)
class Words:
    """The texts of a grid in one language, looked up once for all rows."""

    day: str
    free: str
    taken: str
    held: str
    shut: str
    early: str
    turnover: str
    chosen: str
    yours: str
    hourly: str
    starts: str
    start_at: str
    floor: str


@dataclass(frozen=True)
class Choice:
    """The period a sheet is open for."""

    space_slug: str
    start: int
    end: int


@dataclass(frozen=True)
class Pen:
    """What every row of one grid needs to be written."""

    ask: Ask
    words: Words
    day: date
    book: str
    space_url: str
    currencies: dict[object, str]


def words_of(day: date) -> Words:
    """The texts in the active language."""
    return Words(
        day=escape(formats.day_long(day)),
        free=escape(_("free")),
        taken=escape(_("taken")),
        held=escape(_("held for somebody")),
        shut=escape(_("Closed")),
        early=escape(_("Not open yet")),
        turnover=escape(_("Turnover")),
        chosen=escape(_("chosen")),
        yours=escape(_("your reservation")),
        hourly=escape(_("per hour")),
        starts=escape(_("Start times")),
        start_at=escape(_("starts")),
        floor=escape(_("L")),
    )


def pen_of(ask: Ask, currencies: dict[object, str]) -> Pen:
    """The pen for the question's day."""
    return Pen(
        ask=ask,
        words=words_of(ask.day),
        day=ask.day,
        book=reverse("frontend:book"),
        space_url=reverse("frontend:space", args=["-"])[:-1],
        currencies=currencies,
    )


def rows_html(answers: Sequence[Answer], pen: Pen) -> list[str]:
    """A string per row, the same for everyone."""
    return [row_html(answer, pen) for answer in answers]


def row_html(
    answer: Answer, pen: Pen, own: Owned | None = None, choice: Choice | None = None
) -> str:
    """One row: name, track and start times."""
    space = answer.strip.space
    name = escape(space.name)
    if choice and choice.space_slug != space.slug:
        choice = None
    track = "".join(_track(answer, pen, name, own or {}, choice))
    return (
        f'<section class="tl-row" role="group" id="row-{space.slug}"'
        f' data-free="{"yes" if answer.free else "no"}" data-space="{space.slug}"'
        f' data-step="{space.granularity_minutes}" data-min="{space.min_minutes}"'
        f' data-max="{space.max_minutes}" aria-label="{name}">'
        f"{_name_cell(answer, pen, name)}"
        f'<ol class="track" role="list">{track}</ol>'
        f"{_starts(answer, pen, name, choice)}</section>"
    )


def _name_cell(answer: Answer, pen: Pen, name: str) -> str:
    space = answer.strip.space
    seats = formats.people(space.capacity)
    floor = f" · {pen.words.floor} {escape(space.floor.name)}" if space.floor else ""
    price = formats.money(space.hour_amount, pen.currencies.get(space.rate_plan_id, "IDR"))
    why = f'<div class="meta meta-why">{escape(answer.again)}</div>' if answer.again else ""
    thumb = thumb_of(space.kind, space.capacity)
    return (
        f'<div class="tl-name"><svg class="thumb" aria-hidden="true"><use href="#{thumb}"/></svg>'
        f'<div class="grow"><a class="line-title" href="{pen.space_url}{space.slug}">{name}</a>'
        f'<div class="meta">{escape(seats)}{floor}<span class="meta-price"> · {price}</span></div>'
        f'{why}</div><div class="price">{price}'
        f'<div class="meta">{pen.words.hourly}</div></div></div>'
    )


def _track(answer: Answer, pen: Pen, name: str, own: Owned, choice: Choice | None) -> Iterator[str]:
    items: list[tuple[int, str]] = [
        (bar.start, _bar(bar, pen, name, own)) for bar in answer.strip.bars
    ]
    for gap in answer.strip.free:
        items += _gap(gap, pen, name, answer, choice)
    if choice:
        items.append((choice.start, _chosen(choice, pen, name)))
    return (html for _start, html in sorted(items))


def _place(start: int, end: int) -> str:
    """The attributes that put a bar on the grid: five minutes, rounded outward."""
    return f'data-s="{hhmm(start // 5 * 5)}" data-e="{hhmm(-(-end // 5) * 5)}"'


def _bar(bar: Bar, pen: Pen, name: str, own: Owned) -> str:
    place, words = _place(bar.start, bar.end), pen.words
    mine = own.get(bar.reservation_id) if bar.reservation_id else None
    if mine and bar.state != "buffer":
        url = reverse("frontend:reservation", args=[mine.reservation_id])
        said = f"{name}, {words.day}, {_range(bar.start, bar.end)}, {words.yours}"
        return (
            f'<li class="slot" data-state="mine" {place}><span>{escape(mine.title or words.yours)}'
            f'<br>{_range(bar.start, bar.end)}</span><a href="{url}" aria-label="{said}"></a></li>'
        )
    if bar.state == "taken":
        said = f"{name}, {words.day}, {_range(bar.start, bar.end)}, {words.taken}"
        return (
            f'<li class="slot" data-state="taken" {place}><button type="button"'
            f' popovertarget="why" aria-label="{said}"></button></li>'
        )
    if bar.state == "closure":
        reason = escape(bar.reason[0] if formats.language() == "id" else bar.reason[1])
        return f'<li class="slot" data-state="closure" {place}><span>{reason}</span></li>'
    text = {
        "held": f"{_range(bar.start, bar.end)}, {words.held}",
        "buffer": words.turnover,
        "shut": words.early if bar.start == 0 and bar.end < DAY else words.shut,
    }[bar.state]
    return f'<li class="slot" data-state="{bar.state}" {place}><span class="vh">{text}</span></li>'


def _gap(
    gap: Span, pen: Pen, name: str, answer: Answer, choice: Choice | None
) -> Iterator[tuple[int, str]]:
    """The gap, or what the choice leaves of it on both sides."""
    pieces = [gap]
    if choice and gap[0] <= choice.start < gap[1]:
        pieces = [(gap[0], choice.start), (choice.end, gap[1])]
    for start, end in pieces:
        if end > start:
            yield start, _free(start, end, pen, name, answer)


def _free(start: int, end: int, pen: Pen, name: str, answer: Answer) -> str:
    space, ask = answer.strip.space, pen.ask
    place = _place(start, end)
    # A gap of less than half the asked length is no offer.
    if (end - start) * 2 < ask.minutes or end - start < space.min_minutes:
        return f'<li class="slot" data-state="free" {place}></li>'
    inside = start <= ask.start and ask.start + ask.minutes <= end
    first = ask.start if inside else start
    last = min(first + min(ask.minutes, space.max_minutes), end)
    said = f"{name}, {pen.words.day}, {_range(start, end)}, {pen.words.free}"
    return (
        f'<li class="slot" data-state="free" {place}>'
        f'<a href="{book_url(pen, space.slug, first, last)}" aria-label="{said}"></a></li>'
    )


def _chosen(choice: Choice, pen: Pen, name: str) -> str:
    span = _range(choice.start, choice.end)
    said = f"{name}, {pen.words.day}, {span}, {pen.words.chosen}"
    url = book_url(pen, choice.space_slug, choice.start, choice.end)
    return (
        f'<li class="slot" data-state="selected" {_place(choice.start, choice.end)}>'
        f'<span>{span}</span><a href="{url}" aria-current="true" aria-label="{said}"></a></li>'
    )


def _starts(answer: Answer, pen: Pen, name: str, choice: Choice | None) -> str:
    """The start times that act on a phone and in the list."""
    words, space = pen.words, answer.strip.space
    why = f'<li class="quiet">{escape(answer.why)}</li>' if answer.why else ""
    chips = "".join(
        f'<li><a class="chip" href="{book_url(pen, space.slug, start, start + pen.ask.minutes)}"'
        f"{' data-asked' if start == pen.ask.start else ''}"
        f"{_current(choice, start)}"
        f' aria-label="{name}, {words.start_at} {formats.clock_minute(start)}">'
        f"{formats.clock_minute(start)}</a></li>"
        for start in answer.starts
    )
    if not (why or chips):
        return ""
    return f'<ol class="starts" role="list" aria-label="{words.starts}">{why}{chips}</ol>'


def _current(choice: Choice | None, start: int) -> str:
    return ' aria-current="true"' if choice and choice.start == start else ""


def book_url(pen: Pen, slug: str, start: int, end: int) -> str:
    """The sheet of a period, in local wall time; escaped for an attribute."""
    day = pen.day.isoformat()
    people = f"&amp;people={pen.ask.people}" if pen.ask.people else ""
    period = f"start={day}T{hhmm(start)}&amp;end={day}T{hhmm(end)}"
    return f"{pen.book}?space={slug}&amp;{period}{people}"


def _range(start: int, end: int) -> str:
    return f"{formats.clock_minute(start)}–{formats.clock_minute(end)}"
