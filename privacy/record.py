"""The record of processing, generated from the data map (promise L1: PDP 31, GDPR 30).

One entry a purpose: on what ground, whose and which kinds of data, who sees them, how long
they are kept, what erasure does, with the places they lie in. As rows for a page and CSV,
and as JSON-LD in terms of the W3C Data Privacy Vocabulary 2 (https://w3id.org/dpv).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from privacy import datamap
from privacy.categories import CATEGORIES
from privacy.datamap import Entry, Personal
from privacy.held import personal_fields
from privacy.purposes import PURPOSES, Basis
from privacy.stores import stores
from privacy.words import (
    ERASURES,
    GROUNDS,
    PEOPLE,
    category_words,
    purpose_words,
    retention_words,
    role_words,
)

#: Purposes of the registry in DPV's terms; one that is not here is a plain dpv:Purpose.
PURPOSE_TERMS: Final = {
    "account": "dpv:AccountManagement",
    "booking": "dpv:RequestedServiceProvision",
    "communication": "dpv:CommunicationManagement",
    "support": "dpv:CommunicationForCustomerCare",
    "billing": "dpv:PaymentManagement",
    "privacy": "dpv:RightsFulfilment",
    "security": "dpv:EnforceSecurity",
    "marketing": "dpv:DirectMarketing",
    "insight": "dpv:ServiceUsageAnalytics",
    "preferences": "dpv:ProvidePersonalisedRecommendations",
    "whatsapp": "dpv:CommunicationManagement",
}
GROUND_TERMS: Final = {
    "consent": "dpv:Consent",
    "contract": "dpv:Contract",
    "legal_obligation": "dpv:LegalObligation",
    "legitimate_interest": "dpv:LegitimateInterest",
    "vital_interest": "dpv:VitalInterest",
}
#: Values of these properties are terms, not texts.
REFERENCES: Final = ("hasLegalBasis", "hasPersonalData", "hasTechnicalOrganisationalMeasure")
CONTEXT: Final = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{f"dpv:{name}": {"@type": "@id"} for name in REFERENCES},
}


@dataclass(frozen=True)
class Part:
    """What one purpose does with one category: of whom, where it lies, how it ends."""

    category: str
    people: tuple[str, ...]
    tables: tuple[str, ...]
    grounds: tuple[Basis, ...]
    roles: tuple[str, ...]
    retentions: tuple[str, ...]
    erasures: tuple[str, ...]
    sealed: bool


@dataclass(frozen=True)
class Activity:
    """One purpose and all it touches, by codes."""

    purpose: str
    parts: tuple[Part, ...]

    @property
    def grounds(self) -> tuple[str, ...]:
        """The grounds of its data, in the registry's order, without repetition."""
        found = {ground for part in self.parts for ground in part.grounds}
        return tuple(ground for ground in GROUNDS if ground in found)


def people_of(entry: Entry) -> str:
    """Whose data a table holds: "user", "contact" (no account), or "anyone"."""
    steps = [] if entry.subject in {"", datamap.SELF} else entry.subject.split(".")
    if entry.finder or "user" in steps or entry.model == "accounts.User":
        return "user"
    if "contact" in steps or entry.model in {"privacy.Contact", "accounts.Invitation"}:
        return "contact"
    return "anyone"


def activities() -> list[Activity]:
    """Every registered purpose for which anything is held, in the registry's order."""
    found: dict[str, dict[str, list[tuple[Entry, Personal]]]] = {}
    for entry, _name, field in personal_fields():
        for purpose in field.purposes:
            found.setdefault(purpose, {}).setdefault(field.category, []).append((entry, field))
    return [
        Activity(
            purpose,
            tuple(
                _part(code, found[purpose][code]) for code in CATEGORIES if code in found[purpose]
            ),
        )
        for purpose in PURPOSES
        if purpose in found
    ]


def _part(category: str, held: list[tuple[Entry, Personal]]) -> Part:
    fields = [field for _entry, field in held]
    return Part(
        category=category,
        people=_unique(people_of(entry) for entry, _field in held),
        tables=_unique(entry.model for entry, _field in held),
        grounds=_unique(field.basis for field in fields),  # type: ignore[arg-type]
        roles=_unique(role for field in fields for role in field.roles),
        retentions=_unique(field.retention for field in fields),
        erasures=_unique(field.erasure for field in fields),
        sealed=any(field.sealed for field in fields),
    )


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


#: Columns of the CSV, in this order; the words are in the active language.
COLUMNS: Final = (
    "purpose", "why", "category", "what", "people", "ground", "roles", "retention", "erasure",
    "sealed", "tables",
)  # fmt: skip


def record_rows() -> list[dict[str, str]]:
    """The record as flat rows in words of the active language, one a purpose and category."""
    return [_words(activity, part) for activity in activities() for part in activity.parts]


def activity_rows() -> list[dict[str, Any]]:
    """For a page: {code, title, words, rows}, one a purpose, in words of the active language."""
    return [
        {
            "code": activity.purpose,
            "title": purpose_words(activity.purpose),
            "words": str(PURPOSES[activity.purpose].words),
            "rows": [_words(activity, part) for part in activity.parts],
        }
        for activity in activities()
    ]


def _words(activity: Activity, part: Part) -> dict[str, str]:
    return {
        "purpose": activity.purpose,
        "why": purpose_words(activity.purpose),
        "category": category_words(part.category),
        "what": str(CATEGORIES[part.category].what),
        "people": ", ".join(str(PEOPLE[kind]) for kind in part.people),
        "ground": ", ".join(str(GROUNDS[ground]) for ground in part.grounds),
        "roles": ", ".join(role_words(role) for role in part.roles),
        "retention": ", ".join(retention_words(code) for code in part.retentions),
        "erasure": ", ".join(str(ERASURES[code]) for code in part.erasures),
        "sealed": "yes" if part.sealed else "no",
        "tables": ", ".join(part.tables),
    }


def record_jsonld() -> dict[str, Any]:
    """The record in DPV terms; words in the active language."""
    return {
        "@context": CONTEXT,
        "@id": f"{settings.SITE_URL}/staff/record#record",
        "@type": "dpv:RecordsOfActivities",
        "dct:title": "Ruang",
        "dpv:hasDataController": {"@id": settings.SITE_URL, "@type": "dpv:DataController"},
        "dpv:hasProcess": [_process(activity) for activity in activities()],
        "dpv:hasStorageCondition": [
            {
                "@id": f"_:store-{store.code}",
                "@type": "dpv:StorageCondition",
                "dct:title": str(store.title),
                "dct:description": f"{store.what} {store.keeps}",
                "dpv:hasPersonalData": [CATEGORIES[code].term for code in store.holds],
                **_duration(store.days),
            }
            for store in stores().values()
        ],
    }


def _process(activity: Activity) -> dict[str, Any]:
    return {
        "@id": f"_:process-{activity.purpose}",
        "@type": "dpv:Process",
        "dct:title": purpose_words(activity.purpose),
        "dpv:hasPurpose": {
            "@id": f"_:purpose-{activity.purpose}",
            "@type": PURPOSE_TERMS.get(activity.purpose, "dpv:Purpose"),
            "dct:description": str(PURPOSES[activity.purpose].words),
        },
        "dpv:hasLegalBasis": [GROUND_TERMS[ground] for ground in activity.grounds],
        "dpv:hasPersonalData": [_personal_data(activity, part) for part in activity.parts],
        "dpv:hasTechnicalOrganisationalMeasure": [
            "dpv:AccessControlMethod",
            *(["dpv:Encryption"] if any(part.sealed for part in activity.parts) else []),
        ],
    }


def _personal_data(activity: Activity, part: Part) -> dict[str, Any]:
    return {
        "@id": f"_:data-{activity.purpose}-{part.category}",
        "@type": CATEGORIES[part.category].term,
        "dct:title": category_words(part.category),
        "dct:description": str(CATEGORIES[part.category].what),
        "dpv:hasDataSubject": [
            {"@id": f"_:people-{kind}", "@type": "dpv:DataSubject", "dct:title": str(PEOPLE[kind])}
            for kind in part.people
        ],
        "dpv:hasRecipient": [
            {"@id": f"_:role-{role}", "@type": "dpv:Recipient", "dct:title": role_words(role)}
            for role in part.roles
        ],
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageDuration",
                "dct:description": retention_words(code),
                **_duration(datamap.RETENTIONS[code][1]),
            }
            for code in part.retentions
        ],
    }


def _duration(days: int | None) -> dict[str, Any]:
    if days is None:
        return {}
    return {
        "dpv:hasDuration": {
            "@type": "dpv:TemporalDuration",
            "dct:extent": {"@value": f"P{days}D", "@type": "xsd:duration"},
        }
    }
