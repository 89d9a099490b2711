"""The second factor of staff: a code from an app (TOTP), and recovery codes."""

import hashlib
import secrets
import time
from base64 import b32encode
from typing import Final
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.errors import WrongCode
from accounts.models import User
from accounts.services.common import act, event_add, user_lock
from privacy.errors import NotAllowed, NotFound

RECOVERY_CODES: Final = 10
#: The name of the device that demo data makes; its codes may be shown in development.
DEMO_DEVICE: Final = "demo"


def totp_enrolment(*, actor: User) -> TOTPDevice:
    """The device being enrolled, made on first asking; raises NotAllowed when one is confirmed."""
    with act():
        user_lock(actor.id)
        device = TOTPDevice.objects.filter(user=actor).first()
        if device is not None and device.confirmed:
            raise NotAllowed(_("Your account has a second factor already."))
        if device is None:
            device = TOTPDevice.objects.create(user=actor, name="app", confirmed=False)
    return device


def totp_confirm(*, actor: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """Confirm enrolment by a first code. Returns the device and fresh recovery codes.

    Raises WrongCode, also after too many tries (the device counts them and pauses).
    """
    device = _verify(actor, code, confirmed=False)
    with act():
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _recovery_write(actor)
        event_add("second_factor_enrolled", subject_id=actor.subject_id, actor=actor)
    return device, codes


def second_factor_verify(*, actor: User, code: str) -> TOTPDevice | StaticDevice:
    """The device that accepts the code: six digits of the app, or a recovery code.

    A code works once. Raises WrongCode.
    """
    plain = "".join(code.split()).replace("-", "").lower()
    if plain.isascii() and plain.isdigit() and len(plain) == 6:
        return _verify(actor, plain, confirmed=True)
    with act():
        device = StaticDevice.objects.select_for_update().filter(user=actor).first()
        fits = device is not None and device.verify_token(recovery_digest(plain))
        if fits:
            event_add("recovery_code_used", subject_id=actor.subject_id, actor=actor)
    if not fits or device is None:
        raise WrongCode(_("This code does not fit, or was used already."))
    return device


def recovery_codes_renew(*, actor: User) -> list[str]:
    """Ten new recovery codes, shown once; the former ones stop working."""
    with act():
        user_lock(actor.id)
        if not TOTPDevice.objects.filter(user=actor, confirmed=True).exists():
            raise NotFound(_("Set up the second factor first."))
        codes = _recovery_write(actor)
        event_add("recovery_codes_renewed", subject_id=actor.subject_id, actor=actor)
    return codes


def second_factor_delete(*, actor: User, user_id: UUID) -> None:
    """An administrator frees a colleague who lost phone and codes; they enrol anew."""
    if not actor.may("accounts.manage_roles"):
        raise NotAllowed(_("Only an administrator may do this."))
    with act():
        user = user_lock(user_id)
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        event_add("second_factor_reset", subject_id=user.subject_id, actor=actor)


def totp_uri(device: TOTPDevice, user: User) -> str:
    """What the QR code says: otpauth://totp/… with issuer Ruang and the account's address."""
    fields = {"secret": totp_secret(device), "issuer": "Ruang", "digits": 6, "period": 30}
    return f"otpauth://totp/{quote(f'Ruang:{user.email}')}?{urlencode(fields)}"


def totp_secret(device: TOTPDevice) -> str:
    """The secret as apps want it typed: base32 without padding."""
    return b32encode(device.bin_key).decode().rstrip("=")


def demo_code(user: User) -> str:
    """In development, a code of the demo device that will be accepted now; else an empty text."""
    if not settings.DEVELOPMENT:
        return ""
    device = TOTPDevice.objects.filter(user=user, name=DEMO_DEVICE, confirmed=True).first()
    return totp_next_code(device) if device else ""


def totp_next_code(device: TOTPDevice) -> str:
    """The code of the present step, or of the next one when the present was used."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    if device.last_t >= totp.t():
        totp.time += device.step
    return f"{totp.token():06d}"


def recovery_digest(code: str) -> str:
    """What is stored of a recovery code: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def _verify(actor: User, code: str, *, confirmed: bool) -> TOTPDevice:
    with act():
        device = (
            TOTPDevice.objects.select_for_update().filter(user=actor, confirmed=confirmed).first()
        )
        fits = device is not None and code.isascii() and device.verify_token(code)
    # Raised after the commit: the count of failures has to stay.
    if not fits or device is None:
        raise WrongCode(_("This code does not fit, or was used already."))
    return device


def _recovery_write(user: User) -> list[str]:
    device, _made = StaticDevice.objects.get_or_create(user=user, name="recovery")
    device.token_set.all().delete()
    codes = [secrets.token_hex(5) for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=recovery_digest(code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]
