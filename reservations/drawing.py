"""Measured plans of spaces: walls, door, windows, furniture and dimension lines as SVG.

A plan follows from kind, capacity and parts, varied by a seed (the slug), so the same space
is always drawn alike. Lengths are metres until they meet the paper; proportions are true.
Inline, the classes take their colours from the page's theme; `standalone` writes colours in.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reservations.models import Space

Kind = Space.Kind

DOOR: Final = 0.95
WALL: Final = 6.0  # on paper, whatever the scale
MARGIN: Final = (24.0, 20.0, 24.0, 22.0)  # left, top, right, bottom: room for dimensions
CHAIR: Final = 0.44
MOST_CHAIRS: Final = 400

COLOURS: Final = {
    "wall": 'fill="#43525a"',
    "floor": 'fill="#ffffff"',
    "glass": 'fill="#e4f1f0" stroke="#0b5f66" stroke-width=".75"',
    "swing": 'fill="#e4f1f0" stroke="#0b5f66"',
    "wood": 'fill="#f4ead9" stroke="#a18a63"',
    "fur": 'fill="#ffffff" stroke="#6a777d"',
    "green": 'fill="#e2f2e6" stroke="#2e6b41" stroke-width=".75"',
    "thin": 'fill="none" stroke="#8a979d"',
    "gap": 'fill="#f5f3ef"',
    "dim": 'fill="#6a777d" font-family="sans-serif" font-size="8" text-anchor="middle"',
}


@dataclass(frozen=True)
class Subject:
    """What is drawn: a space's kind, seats and seed, and into how many parts it divides."""

    kind: str
    capacity: int
    seed: str
    parts: int = 1


@dataclass(frozen=True)
class Item:
    """A rectangle of the furnishing, in metres from the room's north-west corner."""

    kind: str
    x: float
    y: float
    width: float
    depth: float


@dataclass(frozen=True)
class Room:
    """The inner measures in metres, and what stands in it."""

    width: float
    depth: float
    items: tuple[Item, ...]

    @property
    def area(self) -> int:
        """Square metres, rounded."""
        return round(self.width * self.depth)


def subject_of(space: Space, parts: int = 1) -> Subject:
    """What to draw for a space; `parts` is how many it divides into."""
    return Subject(space.kind, space.capacity, space.slug, max(parts, 1))


def room_of(subject: Subject) -> Room:
    """The room of a subject: its measures follow from what has to stand in it."""
    if subject.kind == Kind.EVENT_HALL or (
        subject.kind == Kind.MEETING_ROOM and subject.capacity > 24
    ):
        return _hall(subject)
    if subject.kind == Kind.PRIVATE_OFFICE:
        return _office(subject.capacity)
    if subject.kind == Kind.HOT_DESK:
        return _desks(subject.capacity)
    return _meeting(subject.capacity)


def thumb_of(kind: str, capacity: int) -> str:
    """The small symbol that stands for such a room in a list."""
    if kind == Kind.EVENT_HALL or capacity > 24:
        return "th-hall"
    if kind == Kind.PRIVATE_OFFICE:
        return "th-office"
    if kind == Kind.HOT_DESK:
        return "th-desk"
    return "th-4" if capacity <= 5 else "th-8"


def _half_metres(value: float) -> float:
    return -(-value // 0.5) * 0.5


def _meeting(capacity: int) -> Room:
    """A table in the middle; heads at both ends from four people on."""
    heads = 2 if capacity >= 4 else 0
    north = -(-(capacity - heads) // 2)
    south = capacity - heads - north
    table = max(1.0, north * 0.72 + 0.2)
    broad = 1.2 if capacity > 4 else 0.9
    width, depth = _half_metres(table + 3.2), _half_metres(broad + 2.7)
    x, y = (width - table) / 2 + 0.25, (depth - broad) / 2
    items = [Item("wood", x, y, table, broad)]
    for count, line in ((north, y - 0.12 - CHAIR), (south, y + broad + 0.12)):
        pitch = table / max(count, 1)
        items += [
            Item("chair", x + pitch * (n + 0.5) - CHAIR / 2, line, CHAIR, CHAIR)
            for n in range(count)
        ]
    if heads:
        middle = y + (broad - CHAIR) / 2
        items += [
            Item("chair", x - 0.12 - CHAIR, middle, CHAIR, CHAIR),
            Item("chair", x + table + 0.12, middle, CHAIR, CHAIR),
        ]
    screen = min(1.6, depth * 0.5)
    items.append(Item("fur", width - 0.14, (depth - screen) / 2, 0.08, screen))
    return Room(width, depth, tuple(items))


def _office(capacity: int) -> Room:
    """Desks in pairs that face each other, in as many columns as needed."""
    pairs = -(-capacity // 2)
    columns = max(1, round((pairs * 1.3) ** 0.5))
    rows = -(-pairs // columns)
    width, depth = _half_metres(columns * 2.0 + 1.6), _half_metres(rows * 2.7 + 1.2)
    items: list[Item] = []
    for number in range(capacity):
        pair, lower = divmod(number, 2)
        row, column = divmod(pair, columns)
        items += _desk(0.9 + column * 2.0, 0.6 + CHAIR + row * 2.7, bool(lower))
    items.append(Item("fur", width - 0.5, 1.1, 0.45, 1.2))
    return Room(width, depth, tuple(items))


def _desk(x: float, y: float, lower: bool) -> Iterator[Item]:
    """A desk of 1,4 by 0,7 with its chair, the upper or the lower of a facing pair."""
    yield Item("wood", x, y + (0.7 if lower else 0), 1.4, 0.7)
    yield Item("chair", x + 0.48, y + 1.45 if lower else y - CHAIR - 0.05, CHAIR, CHAIR)


def _desks(capacity: int) -> Room:
    """Shared desks side by side along the window."""
    columns = min(capacity, 6)
    rows = -(-capacity // columns)
    width, depth = _half_metres(columns * 1.6 + 1.4), _half_metres(rows * 1.9 + 1.3)
    items: list[Item] = []
    for number in range(capacity):
        row, column = divmod(number, columns)
        x, y = 0.9 + column * 1.6, 0.35 + row * 1.9
        items.append(Item("wood", x, y, 1.4, 0.7))
        items.append(Item("chair", x + 0.48, y + 0.78, CHAIR, CHAIR))
    return Room(width, depth, tuple(items))


def _hall(subject: Subject) -> Room:
    """Rows of chairs before a stage; movable walls where the hall divides."""
    seats = min(subject.capacity, MOST_CHAIRS)
    per_row = max(5, round((seats * 1.9) ** 0.5))
    rows = -(-seats // per_row)
    width = _half_metres(per_row * 0.6 + 2.4)
    depth = _half_metres(rows * 0.95 + 4.2)
    items = [Item("wood", width * 0.25, 0.35, width * 0.5, 1.3)]
    left = (width - per_row * 0.6) / 2
    for number in range(seats):
        row, column = divmod(number, per_row)
        items.append(Item("chair", left + column * 0.6 + 0.08, 2.3 + row * 0.95, CHAIR, CHAIR))
    items += [
        Item("divider", width * n / subject.parts, 0, 0, depth) for n in range(1, subject.parts)
    ]
    return Room(width, depth, tuple(items))


class Paper:
    """Turns metres into SVG; mirrored east to west where the seed says so."""

    def __init__(self, room: Room, box: tuple[int, int], mirrored: bool) -> None:
        left, top, right, bottom = MARGIN
        self.box, self.room, self.mirrored = box, room, mirrored
        wide = box[0] - left - right - 2 * WALL
        high = box[1] - top - bottom - 2 * WALL
        self.scale = min(wide / room.width, high / room.depth)
        self.width, self.depth = room.width * self.scale, room.depth * self.scale
        self.x = left + WALL + (wide - self.width) / 2
        self.y = top + WALL + (high - self.depth) / 2
        self.out: list[str] = []

    def east(self, x: float, width: float = 0.0) -> float:
        """The paper's x of something `width` metres wide that begins at x."""
        return self.x + self.scale * (self.room.width - x - width if self.mirrored else x)

    def rect(self, style: str, item: Item, rounded: float = 0.0) -> None:
        """A rectangle given in metres."""
        self.plain(
            style,
            self.east(item.x, item.width),
            self.y + item.y * self.scale,
            item.width * self.scale,
            item.depth * self.scale,
            rounded,
        )

    def plain(
        self, style: str, x: float, y: float, width: float, height: float, rounded: float = 0.0
    ) -> None:
        """A rectangle given on paper."""
        radius = f' rx="{_n(rounded)}"' if rounded else ""
        self.out.append(
            f'<rect class="{style}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}"'
            f' height="{_n(height)}"{radius}/>'
        )

    def path(self, style: str, data: str) -> None:
        """A path given on paper."""
        self.out.append(f'<path class="{style}" d="{data}"/>')


def plan_inner(room: Room, seed: str, box: tuple[int, int], decimal: str = ",") -> str:
    """What stands inside the <svg class="plan" viewBox="0 0 box">: safe, ours alone."""
    chance = hashlib.sha256(seed.encode()).digest()
    paper = Paper(room, box, mirrored=bool(chance[0] & 1))
    paper.plain(
        "wall", paper.x - WALL, paper.y - WALL, paper.width + 2 * WALL, paper.depth + 2 * WALL
    )
    paper.plain("floor", paper.x, paper.y, paper.width, paper.depth)
    _windows(paper, 1 + chance[1] % 3)
    _door(paper)
    for item in room.items:
        _furnish(paper, item)
    _plants(paper, chance[2] % 3)
    _dimensions(paper, decimal)
    return "".join(paper.out)


def _windows(paper: Paper, count: int) -> None:
    bay = paper.width * 0.86 / count
    for number in range(count):
        x = paper.x + paper.width * 0.07 + number * bay
        paper.plain("glass", x + 4, paper.y - WALL, bay - 8, WALL)


def _door(paper: Paper) -> None:
    size, south = DOOR * paper.scale, paper.y + paper.depth
    x = paper.east(0.35, DOOR)
    paper.plain("floor", x, south - 1, size, WALL + 2)
    hinge, sweep, edge = (x, 1, x + size) if paper.mirrored else (x + size, 0, x)
    paper.path(
        "swing",
        f"M{_n(hinge)} {_n(south)}V{_n(south - size)}"
        f"A{_n(size)} {_n(size)} 0 0 {sweep} {_n(edge)} {_n(south)}Z",
    )


def _furnish(paper: Paper, item: Item) -> None:
    if item.kind == "chair":
        paper.rect("fur", item, min(3.0, paper.scale * 0.12))
    elif item.kind == "divider":
        x = _n(paper.east(item.x))
        paper.path("thin", f"M{x} {_n(paper.y)}V{_n(paper.y + paper.depth)}")
        paper.plain("wall", paper.east(item.x) - 1.5, paper.y, 3, 10)
        paper.plain("wall", paper.east(item.x) - 1.5, paper.y + paper.depth - 10, 3, 10)
    else:
        paper.rect(item.kind, item, 3.0 if item.kind == "wood" else 0.0)


def _plants(paper: Paper, count: int) -> None:
    """Green in corners that the door leaves free."""
    radius = min(7.0, paper.scale * 0.24)
    inset = radius + 3
    corners = [(True, False), (False, False)]
    for east, south in corners[:count]:
        x = paper.x + (paper.width - inset if east != paper.mirrored else inset)
        y = paper.y + (paper.depth - inset if south else inset)
        paper.out.append(f'<circle class="green" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"/>')
        arm = radius * 0.7
        paper.path(
            "thin",
            f"M{_n(x - arm)} {_n(y)}h{_n(2 * arm)}M{_n(x)} {_n(y - arm)}v{_n(2 * arm)}",
        )


def _dimensions(paper: Paper, decimal: str) -> None:
    """Lengths carry dimension lines: the width below, the depth at the east."""
    left, right = paper.x - WALL, paper.x + paper.width + WALL
    top, bottom = paper.y - WALL, paper.y + paper.depth + WALL
    below, beside = bottom + 11, right + 13
    paper.path(
        "thin",
        f"M{_n(left)} {_n(below)}H{_n(right)}M{_n(left)} {_n(below - 4)}v8"
        f"M{_n(right)} {_n(below - 4)}v8M{_n(beside)} {_n(top)}V{_n(bottom)}"
        f"M{_n(beside - 4)} {_n(top)}h8M{_n(beside - 4)} {_n(bottom)}h8",
    )
    middle, height = (left + right) / 2, (top + bottom) / 2
    paper.plain("gap", middle - 19, below - 6, 38, 12)
    paper.out.append(
        f'<text class="dim" x="{_n(middle)}" y="{_n(below + 3)}">'
        f"{_metres(paper.room.width, decimal)}</text>"
    )
    paper.plain("gap", beside - 6, height - 19, 12, 38)
    paper.out.append(
        f'<text class="dim" transform="translate({_n(beside + 3)} {_n(height)}) rotate(-90)">'
        f"{_metres(paper.room.depth, decimal)}</text>"
    )


def _metres(value: float, decimal: str) -> str:
    return f"{value:.1f}".replace(".", decimal) + " m"


def _n(value: float) -> str:
    """A number as short as SVG allows."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def standalone(inner: str, box: tuple[int, int], title: str) -> str:
    """A whole SVG document with its colours written in; `title` is already escaped."""
    for name, attributes in COLOURS.items():
        inner = inner.replace(f'class="{name}"', attributes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box[0]} {box[1]}" role="img">'
        f"<title>{title}</title>"
        f'<rect width="{box[0]}" height="{box[1]}" fill="#f5f3ef"/>{inner}</svg>'
    )
