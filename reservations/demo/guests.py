"""Who books in the demo: its tenants, and people the front desk wrote down."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts.models import Membership, User
from privacy.models import Contact, Subject

TENANTS: Final = ("alice@ruang.test", "bob@ruang.test", "charlie@ruang.test")
TITLES: Final = (
    "Rapat mingguan",
    "Wawancara",
    "Tinjauan anggaran",
    "Presentasi klien",
    "Lokakarya",
    "Rapat koordinasi",
)
#: People without an account and without an address: nothing can ever be sent to them.
WALK_INS: Final = (
    "Sari Wulandari",
    "Putu Ardana",
    "Yohana Wenda",
    "Rahmat Hidayat",
    "Ni Made Ayuni",
    "Andreas Siahaan",
    "Fitri Handayani",
    "Markus Rumbiak",
    "Lestari Widodo",
    "Teuku Iskandar",
    "Maria Kaize",
    "Bambang Setiawan",
    "Kadek Suartini",
    "Nurul Aini",
    "Agus Prasetyo",
    "Elisabeth Mandowen",
    "Rina Marlina",
    "I Wayan Sudiarta",
    "Dian Kusuma",
    "Hendrik Tabuni",
    "Ratna Sari",
    "Joko Susilo",
    "Melati Anggraini",
    "Samuel Ohee",
    "Citra Lestari",
    "Ridwan Saleh",
    "Wulan Purnama",
)


@dataclass(frozen=True)
class Booker:
    """Whose reservation it is, for whom, and what its title may be."""

    subject_id: UUID
    contact_id: UUID | None = None
    organisation_id: UUID | None = None
    titles: tuple[str, ...] = ()

    @property
    def is_user(self) -> bool:
        """Whether the person has an account and booked alone."""
        return self.contact_id is None


def bookers_load() -> list[Booker]:
    """The tenants, and the walk-ins, whom this writes."""
    tenants = [_tenant(User.objects.get(email=address)) for address in TENANTS]
    desk = User.objects.get(email="dewi@ruang.test").subject
    return [*tenants, *(_walk_in(name, desk) for name in WALK_INS)]


def _tenant(user: User) -> Booker:
    membership = Membership.objects.filter(user=user).first()
    return Booker(
        user.subject_id,
        organisation_id=membership.organisation_id if membership else None,
        titles=TITLES,
    )


def _walk_in(name: str, desk: Subject) -> Booker:
    contact = Contact.objects.create(subject=Subject.objects.create(), given_by=desk, name=name)
    return Booker(contact.subject_id, contact_id=contact.id)
