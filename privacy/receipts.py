"""Receipts of consent: what ISO/IEC TS 27560 asks a record to say, in W3C DPV terms.

A receipt is JSON-LD that its holder keeps. It carries an HMAC over its own content under a
key that only this installation has, so that a forged or altered one is recognised.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from privacy.models import ConsentRecord

SALT: Final = "privacy.receipt"


def content_of(record: ConsentRecord) -> dict[str, Any]:
    """What is signed: every member of the row but the signature."""
    return {
        "id": str(record.id),
        "subject": str(record.subject_id),
        "purpose": record.purpose,
        "act": str(record.act),
        "policy_version": record.policy_version,
        "policy_hash": record.policy_hash,
        "language": record.language,
        "words": record.words,
        "method": str(record.method),
        "form": record.form,
        "at": record.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def signature_of(record: ConsentRecord) -> str:
    """HMAC-SHA256 of the row's content, in hexadecimal."""
    return _hmac(content_of(record), settings.SECRET_KEY)


def is_genuine(content: Mapping[str, Any], signature: str) -> bool:
    """Whether this installation signed this content, with its present key or an earlier one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(_hmac(content, key), signature) for key in keys)


def _hmac(content: Mapping[str, Any], secret: str) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    return salted_hmac(SALT, digest, secret=secret, algorithm="sha256").hexdigest()
