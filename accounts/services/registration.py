"""How an account begins, and how its address is proved."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import InputRefused
from accounts.links import Purpose, link_check, link_read
from accounts.models import User
from accounts.services.common import act, event_add, user_change, user_lock
from privacy import clock
from privacy.agreements import Shown, TermsNotAccepted, acceptance_record
from privacy.errors import Broken
from privacy.models import Subject
from privacy.outbox import outbox_put


def user_register(
    *,
    email: str,
    password: str,
    full_name: str,
    shown: Shown | None,
    phone: str = "",
    language: str = "id",
    time_zone: str = "Asia/Jakarta",
) -> None:
    """Open an account and send the link that proves its address.

    `shown` is what the form showed beside the ticked box, None when it was not ticked:
    then TermsNotAccepted is raised, and PolicyOutdated when it showed another version.

    Says nothing about whether the address has an account already: then that person is
    told by mail instead, and the caller cannot tell the difference (the password is hashed
    either way, so that time does not tell either). Raises InputRefused with every value
    that cannot be used.
    """
    user = _checked(email, full_name, phone, password, shown)
    user.language, user.time_zone = rules.language_clean(language), rules.zone_clean(time_zone)
    user.password = make_password(password)
    try:
        with act():
            _create(user, verb="registered", shown=shown, form="register")
            outbox_put(template="verify_address", recipient=user.subject_id, data={})
    except IntegrityError:
        _tell_owner(user.email)


def user_create_verified(
    *,
    email: str,
    shown: Shown,
    form: str,
    full_name: str = "",
    language: str = "id",
    password: str | None = None,
) -> User:
    """A new account whose address somebody we trust has verified (Google, the demo data).

    `shown` is what the person accepted, on which form. Runs in the caller's transaction;
    without a password the account has none.
    """
    user = User(
        email=rules.email_clean(email),
        full_name=rules.line_clean(full_name, field="full_name"),
        language=language,
        password=make_password(password),
        email_verified_at=clock.now(),
    )
    _create(user, verb="created", shown=shown, form=form)
    return user


def address_verify(*, token: str) -> User:
    """Take the address as proved. Raises LinkExpired, LinkUsed or LinkRefused."""
    user_id = link_read(Purpose.VERIFY, token)
    with act():
        user = user_lock(user_id)
        link_check(Purpose.VERIFY, token, user)
        user_change(user, email_verified_at=clock.now())
        event_add("address_verified", subject_id=user.subject_id, actor=user)
    return user


def address_verify_again(*, actor: User) -> None:
    """Send the link once more, at most one in five minutes; nothing for a proved address."""
    if actor.is_verified_address:
        return
    with act():
        outbox_put(
            template="verify_address",
            recipient=actor.subject_id,
            data={},
            dedupe_key=_every_minutes("verify", actor.id, 5),
        )


def password_check(password: str, user: User, *, field: str = "password") -> list[Broken]:
    """What is wrong with a new password, as broken rules."""
    if "\x00" in password:
        return [Broken("unprintable", _("Contains a character that cannot be shown."), field)]
    if len(password) > 1000:
        return [Broken("too_long", _("At most 1,000 characters."), field)]
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Broken(str(fault.code), fault.messages[0], field) for fault in error.error_list]
    return []


def _checked(email: str, full_name: str, phone: str, password: str, shown: Shown | None) -> User:
    """An unsaved user of these values; raises InputRefused with all that is wrong at once.

    The box counts among them; a form of an outdated version is refused before all else.
    """
    if shown is not None:
        shown.check()
    broken: list[Broken] = []
    user = User()
    cleaners: dict[str, Callable[[], str]] = {
        "full_name": lambda: rules.line_clean(full_name, field="full_name", required=True),
        "email": lambda: rules.email_clean(email),
        "phone": lambda: rules.phone_clean(phone),
    }
    for name, clean in cleaners.items():
        try:
            setattr(user, name, clean())
        except InputRefused as error:
            broken += error.broken
    broken += password_check(password, user)
    if shown is None:
        broken += TermsNotAccepted().broken
    if broken:
        raise InputRefused(broken)
    return user


def _create(user: User, *, verb: str, shown: Shown | None, form: str) -> None:
    if shown is None:
        raise TermsNotAccepted
    user.subject = Subject.objects.create()
    user.terms_answered, user.policy_answered = shown.terms_version, shown.policy_version
    user.save(force_insert=True)
    event_add(verb, subject_id=user.subject_id, actor=user)
    acceptance_record(subject_id=user.subject_id, shown=shown, form=form, language=user.language)


def _tell_owner(email: str) -> None:
    """Somebody tried to register an address that has an account: only its owner learns it."""
    with act():
        owner = User.objects.by_email(email).get()
        outbox_put(
            template="account_exists",
            recipient=owner.subject_id,
            data={},
            dedupe_key=_every_minutes("exists", owner.id, 60),
        )


def _every_minutes(kind: str, user_id: UUID, minutes: int) -> str:
    return f"{kind}:{user_id}:{int(clock.now().timestamp()) // (60 * minutes)}"
