"""The processor register and its history."""

from privacy.datamap import declare, neutral, neutral_json, neutral_model, personal

neutral_model(
    "privacy.Processor",
    "id",
    "name",
    "service",
    "contract_from",
    "contract_until",
    "region",
    "mechanism",
    # A company's address for privacy matters; the form asks for no person's.
    "contact",
    "categories",
    "state",
    "version",
    "created_at",
)

declare(
    "privacy.ProcessorEvent",
    subject="actor",
    fields={
        **neutral("id", "processor", "verb", "at"),
        "data": neutral_json("contract_from", "contract_until", "region", "mechanism"),
        # Which member of staff did it.
        "actor": personal(
            "work",
            ("privacy",),
            "legal_obligation",
            ("privacy_officer",),
            retention="account",
            erasure="pseudonymise",
        ),
    },
)
