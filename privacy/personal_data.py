"""What this app tells the data map, and what third-party tables hold."""

from privacy.datamap import SELF, declare, neutral, neutral_json, neutral_model, personal

CONTACT_ROLES = ("front_desk", "customer_service")

declare(
    "privacy.Subject",
    subject=SELF,
    fields={
        **neutral("id"),
        # Whether somebody is restricted or being erased says something about them.
        "state": personal(
            "account",
            ("account",),
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
        "data": neutral_json("reservation", "version", "guest", "session", "invitation", "contact"),
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

neutral_model("auth.Permission", "id", "name", "content_type", "codename")
neutral_model("auth.Group_permissions", "id", "group", "permission")
neutral_model("auth.Group", "id", "name")
neutral_model("contenttypes.ContentType", "id", "app_label", "model")

# OpenID 1 and 2 only: shared secrets of providers, of nobody in particular. Ruang uses neither.
neutral_model("social_django.Nonce", "id", "server_url", "timestamp", "salt")
neutral_model(
    "social_django.Association",
    "id",
    "server_url",
    "handle",
    "secret",
    "issued",
    "lifetime",
    "assoc_type",
)
