"""The demo people of a development installation: nine who can sign in at once."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from accounts.services import user_create_verified
from accounts.services.agreements import organisation_bind
from accounts.services.second_factor import DEMO_DEVICE
from privacy.agreements import acceptance_record, shown_now

PASSWORD: Final = "ruang-demo-2026"  # noqa: S105 - meant to be known, for development alone
#: 20 bytes, hexadecimal: the secret of every demo second factor (base32 in `TOTP_SECRET`).
TOTP_KEY: Final = "52756164" + "64656d6f" * 4


@dataclass(frozen=True)
class DemoPerson:
    """One of the cast: organisation and place there for tenants, role for staff."""

    email: str
    name: str
    does: str
    organisation: str = ""
    place: str = ""
    role: str = ""
    phone: str = ""


LONTAR: Final = "PT Lontar Digital"
MERAPI: Final = "Koperasi Merapi Sejahtera"
PEOPLE: Final = (
    DemoPerson(
        "alice@ruang.test",
        "Alice Wulandari",
        "organisation owner",
        LONTAR,
        Membership.Role.OWNER,
        phone="+6281234567801",
    ),
    DemoPerson("bob@ruang.test", "Bob Nugroho", "member", LONTAR, Membership.Role.MEMBER),
    DemoPerson(
        "charlie@ruang.test",
        "Charlie Hartono",
        "another organisation",
        MERAPI,
        Membership.Role.OWNER,
    ),
    DemoPerson("dewi@ruang.test", "Dewi Ratnasari", "front desk", role=Role.FRONT_DESK),
    DemoPerson("eka@ruang.test", "Eka Prasetya", "space manager", role=Role.SPACE_MANAGER),
    DemoPerson("farid@ruang.test", "Farid Siregar", "billing", role=Role.BILLING_CLERK),
    DemoPerson("gita@ruang.test", "Gita Maharani", "customer service", role=Role.CUSTOMER_SERVICE),
    DemoPerson("hadi@ruang.test", "Hadi Santoso", "privacy officer", role=Role.PRIVACY_OFFICER),
    DemoPerson("root@ruang.test", "Rutmini Utama", "administrator", role=Role.ADMINISTRATOR),
)


def load_people() -> dict[str, User]:
    """The demo people by first part of their address, made where they are missing."""
    with transaction.atomic():
        return {person.email.partition("@")[0]: _load(person) for person in PEOPLE}


def _load(person: DemoPerson) -> User:
    user = User.objects.by_email(person.email).select_related("subject").first()
    if user is None:
        user = _make(person)
    elif not user.terms_answered:
        _accept(user)
    if person.organisation:
        organisation, _made = Organisation.objects.get_or_create(name=person.organisation)
        Membership.objects.get_or_create(
            organisation=organisation, user=user, defaults={"role": person.place}
        )
        if person.place == Membership.Role.OWNER and not organisation.terms_version:
            organisation_bind(user, organisation, shown_now(organisation=True), form="demo")
    if person.role:
        TOTPDevice.objects.get_or_create(
            user=user, name=DEMO_DEVICE, defaults={"key": TOTP_KEY, "confirmed": True}
        )
    return user


def _accept(user: User) -> None:
    """Demo people made before there were terms have accepted them, too."""
    shown = shown_now()
    acceptance_record(subject_id=user.subject_id, shown=shown, form="demo", language=user.language)
    user.terms_answered, user.policy_answered = shown.terms_version, shown.policy_version
    user.save(update_fields=["terms_answered", "policy_answered"])


def _make(person: DemoPerson) -> User:
    user = user_create_verified(
        email=person.email,
        full_name=person.name,
        password=PASSWORD,
        shown=shown_now(),
        form="demo",
    )
    user.phone = person.phone
    user.roles = [person.role] if person.role else []
    user.save(update_fields=["phone", "roles"])
    return user
