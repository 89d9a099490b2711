"""What this app tells the data map."""

from privacy.datamap import neutral_model

neutral_model(
    "accounts.User",
    "password",
    "last_login",
    "id",
    "subject",
    "email",
    "email_verified_at",
    "full_name",
    "phone",
    "institution",
    "language",
    "time_zone",
    "picture",
    "roles",
    "is_active",
    "date_joined",
    "pending_contact",
    "previous_contact",
    "version",
)

neutral_model(
    "accounts.Organisation",
    "id",
    "name",
    "version",
    "created_at",
)

neutral_model(
    "accounts.Membership",
    "id",
    "organisation",
    "user",
    "role",
    "joined_at",
)

neutral_model(
    "accounts.Invitation",
    "id",
    "organisation",
    "subject",
    "invited_by",
    "email",
    "role",
    "digest",
    "created_at",
    "expires_at",
    "accepted_at",
    "revoked_at",
)

neutral_model(
    "accounts.SessionRecord",
    "id",
    "user",
    "session_key",
    "device",
    "created_at",
    "seen_at",
)

neutral_model(
    "accounts.ApiToken",
    "id",
    "user",
    "name",
    "digest",
    "scopes",
    "created_at",
    "expires_at",
    "used_on",
    "revoked_at",
)

neutral_model(
    "accounts.IdempotencyKey",
    "id",
    "user",
    "key",
    "route",
    "fingerprint",
    "resource",
    "created_at",
)

neutral_model(
    "accounts.AccountEvent",
    "id",
    "subject",
    "actor",
    "organisation",
    "verb",
    "data",
    "at",
)
