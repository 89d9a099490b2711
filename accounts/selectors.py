"""Reads about people and organisations: what the actor may see, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from social_django.models import UserSocialAuth

from accounts.errors import LinkExpired, LinkRefused, LinkUsed
from accounts.links import Purpose, digest_of, link_check, link_read
from accounts.models import (
    AccountEvent,
    ApiToken,
    Invitation,
    Membership,
    Organisation,
    SessionRecord,
    User,
)
from privacy import clock
from privacy.errors import NotAllowed, NotFound
from privacy.fields import is_erased
from privacy.masking import may_see
from privacy.models import Subject
from privacy.outbox import Address
from privacy.rows import Columns

#: An export within this time of a sign-in from a new browser is looked at (promise P46).
NEW_BROWSER: Final = timedelta(hours=24)


def subject_address(subject_id: UUID) -> Address | None:
    """Where mail to a person with an account goes, or None for people without one."""
    user = User.objects.filter(subject=subject_id, is_active=True).first()
    if user is None or is_erased(user.email):
        return None
    return Address(
        email=user.email, name=user.full_name, language=user.language, time_zone=user.time_zone
    )


def staff_subjects(role: str) -> list[UUID]:
    """The subjects of the open accounts that hold a staff role."""
    held = User.objects.filter(roles__contains=[role], is_active=True)
    return list(held.values_list("subject_id", flat=True))


def account_holders() -> QuerySet[Subject]:
    """The subjects of the accounts that may be signed in to, active or restricted."""
    return Subject.objects.filter(id__in=User.objects.filter(is_active=True).values("subject"))


def browser_is_new(subject_id: UUID) -> bool:
    """Whether the person signed in from a browser not seen before within NEW_BROWSER."""
    since = clock.now() - NEW_BROWSER
    return AccountEvent.objects.filter(
        subject=subject_id, verb="new_device", at__gte=since
    ).exists()


def organisations_of(actor: User) -> Sequence[Membership]:
    """The actor's memberships with their organisations, by name; one statement."""
    return list(
        Membership.objects.filter(user=actor)
        .select_related("organisation")
        .order_by("organisation__name", "organisation_id")
    )


def organisation_get(actor: User, organisation_id: UUID) -> Organisation:
    """An organisation of the actor; NotFound for everybody else's."""
    return membership_get(actor, organisation_id).organisation


def membership_get(actor: User, organisation_id: UUID) -> Membership:
    """The actor's place in an organisation, with it; NotFound for everybody else's."""
    membership = (
        Membership.objects.select_related("organisation")
        .filter(user=actor, organisation=organisation_id)
        .first()
    )
    if membership is None:
        raise NotFound(_("There is no such organisation."))
    membership.user = actor
    return membership


def members_of(actor: User, organisation_id: UUID) -> Sequence[Membership]:
    """The members of the actor's organisation, owners first; NotFound from outside."""
    found = list(
        Membership.objects.filter(organisation=organisation_id)
        .select_related("user")
        .order_by("-role", "joined_at", "id")
    )
    if not any(membership.user_id == actor.id for membership in found):
        raise NotFound(_("There is no such organisation."))
    return found


def invitations_of(actor: User, organisation_id: UUID) -> Sequence[Invitation]:
    """The open invitations of the actor's organisation, newest first, expired ones included.

    NotFound from outside, NotAllowed for plain members: the addresses are not theirs.
    """
    if membership_get(actor, organisation_id).role != Membership.Role.OWNER:
        raise NotAllowed(_("Only an owner of the organisation may do this."))
    return list(
        Invitation.objects.filter(organisation=organisation_id, accepted_at=None, revoked_at=None)
        .select_related("invited_by")
        .order_by("-created_at", "-id")
    )


def invitation_by_token(token: str) -> Invitation:
    """The open invitation of a link, with organisation and inviter.

    Raises LinkRefused, LinkUsed (accepted or withdrawn) or LinkExpired.
    """
    invitation = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(digest=digest_of(token))
        .first()
    )
    if invitation is None:
        raise LinkRefused(_("This link is not complete, or not one of ours."))
    if invitation.accepted_at is not None:
        raise LinkUsed(_("This invitation was accepted already."))
    if invitation.revoked_at is not None:
        raise LinkUsed(_("This invitation was withdrawn."))
    if invitation.expires_at <= clock.now():
        raise LinkExpired(_("This invitation is no longer valid: its time is over."))
    return invitation


def sessions_of(actor: User) -> Sequence[SessionRecord]:
    """The actor's signed-in browsers, the most recently used first."""
    return list(SessionRecord.objects.filter(user=actor).order_by("-seen_at", "-id"))


def tokens_of(actor: User) -> Sequence[ApiToken]:
    """The actor's keys that are not revoked, newest first."""
    return list(ApiToken.objects.filter(user=actor, revoked_at=None).order_by("-created_at"))


_TOKEN, _USER = Columns(ApiToken, "token"), Columns(User, "person")
_SUBJECT = Columns(Subject, "subject")


def token_by_digest(digest: bytes) -> ApiToken | None:
    """The key with this digest, whatever its state, with its person and subject."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_TOKEN.sql}, {_USER.sql}, {_SUBJECT.sql} FROM accounts_apitoken token"  # noqa: S608
            " JOIN accounts_user person ON person.id = token.user_id"
            " JOIN privacy_subject subject ON subject.id = person.subject_id"
            " WHERE token.digest = %s",
            [digest],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    token, rest = _TOKEN.split(row)
    token.user, rest = _USER.split(rest)
    token.user.subject = _SUBJECT.read(rest)
    return token


def google_links_of(actor: User) -> Sequence[UserSocialAuth]:
    """The actor's links to Google; at most a few."""
    return list(UserSocialAuth.objects.filter(user=actor).order_by("id"))


def has_second_factor(actor: User) -> bool:
    """Whether the person has a confirmed second factor."""
    return bool(TOTPDevice.objects.filter(user=actor, confirmed=True).exists())


def link_person(purpose: Purpose, token: str) -> User:
    """Whose link from a mail this is, while it still works; changes nothing.

    Raises LinkExpired, LinkUsed, LinkRefused, or NotFound once the account is gone.
    """
    user = (
        User.objects.select_related("subject", "pending_contact")
        .filter(id=link_read(purpose, token))
        .first()
    )
    if user is None:
        raise NotFound(_("This account does not exist any more."))
    link_check(purpose, token, user)
    return user


def picture_person(actor: User, user_id: UUID) -> User:
    """The person whose picture the actor may look at; NotFound otherwise.

    One's own, that of people in a common organisation, and for the front desk everybody's.
    """
    people = User.objects.exclude(picture="").filter(id=user_id, is_active=True)
    if not may_see(actor.working_roles, "accounts.User", "picture"):
        mine = Membership.objects.filter(user=actor).values("organisation")
        people = people.filter(Q(id=actor.id) | Q(memberships__organisation__in=mine))
    person = people.first()
    if person is None:
        raise NotFound(_("There is no such picture."))
    return person
