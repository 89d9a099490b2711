"""The way out of offers that every one of them carries (promise P38, RFC 8058).

The token in the link is the subject's identifier under a signature, nothing else, and
never expires: an old letter must still let go. Reading it changes nothing (trap 16).
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from privacy.consent import consent_withdraw
from privacy.errors import DomainError, NotFound
from privacy.outbox import Mail

PURPOSE: Final = "marketing"
#: What RFC 8058 wants in the body of the POST.
ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
_signer = Signer(salt="privacy.unsubscribe")


class BadWayOut(DomainError):
    """A link that was cut or altered, or never was ours."""

    code = "link_bad"
    status = 400


class NoWayOut(Exception):
    """An offer whose words hold no link to stop offers: a mistake of its template."""


def unsubscribe_token(subject_id: UUID) -> str:
    """The token of one person's link, the same in every letter."""
    word = base64.urlsafe_b64encode(subject_id.bytes).decode().rstrip("=")
    return _signer.sign(word)


def unsubscribe_read(token: str) -> UUID:
    """Whose link it is; raises BadWayOut. Says nothing about whether they exist."""
    try:
        word = _signer.unsign(token)
        return UUID(bytes=base64.urlsafe_b64decode(word + "=="))
    except (BadSignature, ValueError, binascii.Error):
        words = _("This link is not complete. Sign in and open Consents to stop our offers.")
        raise BadWayOut(words) from None


def unsubscribe(*, token: str, form: str) -> None:
    """Withdraw the consent to offers; a second time, and after erasure, changes nothing.

    Raises BadWayOut. `form` says how it was done: "one_click" or "unsubscribe_page".
    """
    subject_id = unsubscribe_read(token)
    try:
        consent_withdraw(subject_id=subject_id, purpose=PURPOSE, method="link", form=form)
    except NotFound:
        # Nobody is there any more, so nothing will be sent; the answer is the same.
        return


def page_url(subject_id: UUID) -> str:
    """Where the footer's link leads: a page that asks."""
    return f"{settings.SITE_URL}/unsubscribe/{unsubscribe_token(subject_id)}"


def one_click_url(subject_id: UUID) -> str:
    """Where a mail program posts to."""
    return f"{page_url(subject_id)}/one-click"


def with_way_out(mail: Mail, subject_id: UUID) -> Mail:
    """The offer with the headers of RFC 8058; raises NoWayOut when its footer lacks the link."""
    link = page_url(subject_id)
    if link not in mail.text or link not in mail.html:
        raise NoWayOut("An offer must hold the link to stop offers, in text and HTML.")
    headers: Mapping[str, str] = {
        **mail.headers,
        "List-Unsubscribe": f"<{one_click_url(subject_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return replace(mail, headers=headers)
