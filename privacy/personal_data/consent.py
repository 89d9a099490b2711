"""The consent ledger."""

from privacy.datamap import declare, neutral, personal

declare(
    "privacy.ConsentRecord",
    subject="subject",
    fields={
        **neutral("id", "subject"),
        **{
            name: personal(
                "consent",
                ("privacy",),
                "legal_obligation",
                ("privacy_officer",),
                retention="account",
                erasure="delete",
            )
            for name in (
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
            )
        },
    },
)
