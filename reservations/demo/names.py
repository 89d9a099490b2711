"""The demo's spaces: named after woods of the archipelago, as the people there know them."""

from dataclasses import dataclass
from typing import Final

from reservations.models import Space

MEETING, OFFICE = Space.Kind.MEETING_ROOM, Space.Kind.PRIVATE_OFFICE
DESK, HALL = Space.Kind.HOT_DESK, Space.Kind.EVENT_HALL


@dataclass(frozen=True)
class Room:
    """One line of the tables below; `whole` names the hall it is a part of."""

    name: str
    kind: str
    level: int
    capacity: int
    whole: str = ""
    approval: bool = False
    access: str = Space.Access.EVERYONE


def _rooms(kind: str, level: int, **capacities: int) -> list[Room]:
    return [Room(name.replace("_", " "), kind, level, n) for name, n in capacities.items()]


def _desks(wood: str, level: int, count: int) -> list[Room]:
    return [Room(f"Meja {wood} {n}", DESK, level, 1) for n in range(1, count + 1)]


def _hall(name: str, level: int, sides: tuple[str, str], capacity: int) -> list[Room]:
    parts = [
        Room(f"{name} {side}", HALL, level, capacity // 2, whole=name, approval=True)
        for side in sides
    ]
    return [Room(name, HALL, level, capacity, approval=True), *parts]


MEMBERS, NAMED = Space.Access.MEMBERS, Space.Access.ORGANISATIONS

KEBON_SIRIH: Final = [
    *_rooms(MEETING, 5, Meranti=8, Damar=8, Kenari=4, Jati=6, Ketapang=4),
    Room("Sonokeling", MEETING, 5, 10, approval=True),
    *_rooms(MEETING, 6, Cendana=8, Ulin=12, Eboni=14, Waru=6, Trembesi=16, Pinus=4),
    *_desks("Sengon", 6, 8),
    *_rooms(OFFICE, 7, Mahoni=4, Sungkai=6, Bangkirai=8, Kamper=2),
    Room("Rasamala", OFFICE, 7, 10, access=MEMBERS),
    Room("Lontar", OFFICE, 7, 12, access=NAMED),
    *_hall("Beringin", 8, ("Barat", "Timur"), 120),
]
KUNINGAN: Final = [
    *_rooms(MEETING, 15, Merbau=8, Tembesu=6, Gaharu=10, Pulai=4, Mindi=4),
    *_rooms(MEETING, 16, Suren=12, Bungur=6),
    Room("Nyatoh", MEETING, 16, 20, approval=True),
    *_rooms(OFFICE, 15, Keruing=4, Kapur=6, Akasia=2),
    Room("Balau", OFFICE, 16, 8, access=MEMBERS),
    *_desks("Cemara", 16, 6),
]
RENON: Final = [
    *_rooms(MEETING, 1, Majegau=8, Cempaka=6, Kamboja=4, Pule=10),
    *_rooms(MEETING, 2, Intaran=12, Kwanitan=6),
    *_rooms(OFFICE, 2, Bentawas=4, Sawo=6),
    Room("Panggal Buaya", OFFICE, 2, 8, access=MEMBERS),
    *_desks("Kelapa", 1, 5),
    *_hall("Wantilan", 1, ("Kaja", "Kelod"), 100),
]
DOK_II: Final = [
    *_rooms(MEETING, 1, Matoa=8, Masohi=6, Lawang=4, Sagu=10),
    *_rooms(MEETING, 2, Nibung=12),
    *_rooms(OFFICE, 2, Agatis=4, Bintangur=6, Gofasa=2),
    *_desks("Pandan", 2, 4),
    *_hall("Humboldt", 1, ("Darat", "Laut"), 80),
]

#: kind: (Indonesian, English), each with one place for what suits the number of people.
DESCRIPTIONS: Final[dict[str, tuple[str, str]]] = {
    MEETING: (
        "Ruang rapat untuk {n} orang di sekeliling satu meja, dengan layar di dinding dan"
        " cahaya siang dari jendela.",
        "A meeting room for {n} around one table, with a screen on the wall and daylight"
        " from the window.",
    ),
    OFFICE: (
        "Kantor tertutup dengan {n} meja kerja, lemari yang dapat dikunci, dan pintu yang"
        " meredam suara.",
        "A closed office with {n} desks, a cupboard that locks, and a door that keeps sound out.",
    ),
    DESK: (
        "Meja kerja di ruang bersama yang tenang, dengan stopkontak dan lampu meja sendiri.",
        "A desk in a quiet shared room, with a socket and a lamp of its own.",
    ),
    HALL: (
        "Aula untuk {n} orang dengan panggung dan pengeras suara; kursi disusun menurut"
        " permintaan.",
        "A hall for {n} with a stage and loudspeakers; chairs are set out as you ask.",
    ),
}
WHOLE: Final = (
    " Dinding geser membaginya menjadi dua bagian.",
    " A movable wall divides it in two.",
)
