"""Subjects, contacts and the outbox."""

from privacy.datamap import SELF, declare, neutral, neutral_json, personal

CONTACT_ROLES = ("front_desk", "customer_service")

declare(
    "privacy.Subject",
    subject=SELF,
    fields={
        **neutral("id"),
        # Whether somebody is restricted or being erased says something about them.
        "state": personal(
            "account",
            ("privacy",),
            "legal_obligation",
            ("privacy_officer",),
            retention="account",
            erasure="keep",
        ),
        "created_at": personal(
            "account", ("account",), "contract", retention="account", erasure="keep"
        ),
    },
)

declare(
    "privacy.Contact",
    subject="subject",
    others=("given_by",),
    fields={
        **neutral("id", "subject"),
        "given_by": personal(
            "provenance",
            ("booking",),
            "legitimate_interest",
            ("front_desk",),
            retention="booking",
            erasure="blank",
        ),
        **{
            name: personal(
                "contact",
                ("booking", "communication"),
                "legitimate_interest",
                CONTACT_ROLES,
                retention="booking",
                erasure="blank",
                sealed=name != "name",
            )
            for name in ("name", "email", "phone")
        },
        "language": personal(
            "preference",
            ("communication",),
            "legitimate_interest",
            CONTACT_ROLES,
            retention="booking",
            erasure="blank",
        ),
        "created_at": personal(
            "provenance",
            ("booking",),
            "legitimate_interest",
            retention="booking",
            erasure="keep",
        ),
    },
)

declare(
    "privacy.OutboxMessage",
    subject="recipient",
    fields={
        **neutral(
            "id",
            "channel",
            "recipient",
            "contact",
            "to_contact",
            "dedupe_key",
            "due_at",
            "attempts",
            "lease_token",
            "leased_until",
            "outcome",
        ),
        "data": neutral_json(
            "reservation",
            "version",
            "guest",
            "notice",
            "session",
            "invitation",
            "contact",
            "processor",
            "until",
            "announcement",
            "alert",
            "audit",
            "organisation",
            "conversation",
            "message",
            "opening",
            "what",
            "by",
        ),
        # Which messages somebody got, and when.
        **{
            name: personal(
                "message",
                ("communication",),
                "contract",
                ("customer_service", "privacy_officer"),
                retention="message",
                erasure="delete",
            )
            for name in ("category", "template", "state", "sent_at", "created_at")
        },
    },
)
