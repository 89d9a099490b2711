"""The consent ledger, and who accepted which version of terms and policy."""

from privacy.datamap import declare, neutral, personal

PROOF = personal(
    "consent",
    ("privacy",),
    "legal_obligation",
    ("privacy_officer",),
    retention="account",
    erasure="delete",
)

declare(
    "privacy.ConsentRecord",
    subject="subject",
    fields={
        **neutral("id", "subject"),
        **dict.fromkeys(
            (
                "purpose",
                "act",
                "policy_version",
                "policy_hash",
                "language",
                "words",
                "method",
                "form",
                "at",
                "signature",
            ),
            PROOF,
        ),
    },
)

declare(
    "privacy.Acceptance",
    subject="subject",
    fields={
        **neutral("id", "subject"),
        **dict.fromkeys(
            (
                "organisation",
                "document",
                "version",
                "hash",
                "answer",
                "language",
                "words",
                "form",
                "at",
            ),
            PROOF,
        ),
    },
)

declare(
    "privacy.PolicyNotice",
    subject="announced_by",
    fields={
        **neutral("id", "document", "version", "hash", "announced_at", "put_at", "finished_at"),
        "announced_by": personal(
            "account",
            ("privacy",),
            "legal_obligation",
            ("privacy_officer",),
            retention="account",
            erasure="blank",
        ),
    },
)
