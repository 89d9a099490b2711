"""The log of staff reads."""

from privacy.datamap import declare, neutral, personal

declare(
    "privacy.AccessEntry",
    subject="subject",
    others=("actor",),
    fields={
        **neutral("id", "subject", "hour"),
        **{
            name: personal(
                "access",
                ("privacy", "security"),
                "legal_obligation",
                ("privacy_officer",),
                retention="access",
                erasure="delete",
            )
            for name in ("actor", "role", "model", "fields", "purpose", "at")
        },
    },
)
