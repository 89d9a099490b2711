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
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from privacy.errors import DomainError
from privacy.models import ConsentRecord
from privacy.purposes import PURPOSES

SALT: Final = "privacy.receipt"
CONTEXT: Final = {
    "dpv": "https://w3id.org/dpv#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "proof": {"@id": "https://w3id.org/security#proof", "@type": "@json"},
}
LEGAL_BASIS: Final = {
    "consent": "dpv:Consent",
    "contract": "dpv:Contract",
    "legal_obligation": "dpv:LegalObligation",
    "legitimate_interest": "dpv:LegitimateInterest",
    "vital_interest": "dpv:VitalInterest",
}
#: Acts in DPV's terms; an objection is the exercise of a right, not a state of consent.
STATUS: Final = {
    "given": "dpv:ConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
    "objected": "dpv:RightExerciseActivity",
    "unobjected": "dpv:RightExerciseActivity",
}


class ReceiptForged(DomainError):
    """A receipt that this installation did not make, or that was altered since."""

    code = "receipt_forged"
    status = 422


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


def number_of(record: ConsentRecord) -> str:
    """How the receipt is called on pages: R- and the last twelve digits of its id."""
    tail = record.id.hex[-12:].upper()
    return f"R-{tail[:4]}-{tail[4:8]}-{tail[8:]}"


def receipt_of(record: ConsentRecord) -> dict[str, Any]:
    """The receipt as JSON-LD (ISO/IEC TS 27560:2023 as the DPV guide writes it)."""
    content = content_of(record)
    purpose = PURPOSES.get(record.purpose)
    with translation.override(record.language):
        title = str(purpose.title) if purpose else record.purpose
    basis = purpose.basis if purpose else "consent"
    controller = {
        "@id": settings.SITE_URL,
        "@type": "dpv:DataController",
        "dct:title": "Ruang",
        "dpv:hasContact": settings.PRIVACY_EMAIL,
    }
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{record.id}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": content["id"],
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt",
        "dct:created": content["at"],
        "dct:publisher": controller,
        "dpv:hasRecordOfActivity": {
            "@type": "dpv:ConsentRecord",
            "dct:identifier": content["id"],
            "dpv:hasDataSubject": f"urn:uuid:{record.subject_id}",
            "dpv:hasDataController": {"@id": settings.SITE_URL},
            "dpv:hasJurisdiction": "loc:ID",
            "dpv:hasLegalBasis": LEGAL_BASIS[basis],
            "dpv:hasProcess": {
                "@type": "dpv:Process",
                "dpv:hasPurpose": {"dct:identifier": record.purpose, "dct:title": title},
            },
            "dpv:hasNotice": {
                "@type": "dpv:ConsentNotice",
                "@id": f"{settings.SITE_URL}/privacy/policy/{record.policy_version}",
                "dct:language": record.language,
                "dct:description": record.words,
                "dct:hasVersion": str(record.policy_version),
                "dpv:hasHash": f"sha256:{record.policy_hash}",
            },
            "dpv:hasConsentStatus": {
                "@type": STATUS[str(record.act)],
                "dpv:isIndicatedBy": "dpv:DataSubject",
                "dpv:isIndicatedAtTime": content["at"],
                "dpv:hasIndicationMethod": f"{record.method}:{record.form}",
            },
        },
        "proof": {"type": "HMAC-SHA256", "content": content, "value": record.signature},
    }


def receipt_check(text: str) -> ConsentRecord:
    """The row that a receipt is of. Raises ReceiptForged for one that is not ours or altered.

    What counts is the whole receipt: changing any of its members makes it a forgery.
    """
    refused = ReceiptForged(
        _("This is not a receipt of ours, or it was altered. Nothing was changed.")
    )
    try:
        given = json.loads(text)
        proof = given["proof"]
        content, signature = dict(proof["content"]), str(proof["value"])
        genuine = is_genuine(content, signature)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise refused from None
    record = genuine and ConsentRecord.objects.filter(id=content["id"]).first()
    if not record or record.signature != signature or receipt_of(record) != given:
        raise refused
    return record


def is_genuine(content: Mapping[str, Any], signature: str) -> bool:
    """Whether this installation signed this content, with its present key or an earlier one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(_hmac(content, key), signature) for key in keys)


def _hmac(content: Mapping[str, Any], secret: str) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    return salted_hmac(SALT, digest, secret=secret, algorithm="sha256").hexdigest()
