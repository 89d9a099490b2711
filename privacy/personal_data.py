"""What this app tells the data map."""

from privacy.datamap import neutral_model

neutral_model(
    "privacy.Subject",
    "id",
    "state",
    "created_at",
)

neutral_model(
    "privacy.Contact",
    "id",
    "subject",
    "given_by",
    "name",
    "email",
    "phone",
    "language",
    "created_at",
)

neutral_model(
    "privacy.OutboxMessage",
    "id",
    "category",
    "template",
    "channel",
    "recipient",
    "contact",
    "data",
    "dedupe_key",
    "state",
    "due_at",
    "attempts",
    "lease_token",
    "leased_until",
    "sent_at",
    "outcome",
    "created_at",
)

neutral_model(
    "admin.LogEntry",
    "id",
    "action_time",
    "user",
    "content_type",
    "object_id",
    "object_repr",
    "action_flag",
    "change_message",
)

neutral_model(
    "auth.Permission",
    "id",
    "name",
    "content_type",
    "codename",
)

neutral_model(
    "auth.Group_permissions",
    "id",
    "group",
    "permission",
)

neutral_model(
    "auth.Group",
    "id",
    "name",
)

neutral_model(
    "contenttypes.ContentType",
    "id",
    "app_label",
    "model",
)

neutral_model(
    "sessions.Session",
    "session_key",
    "session_data",
    "expire_date",
)

neutral_model(
    "social_django.UserSocialAuth",
    "id",
    "user",
    "provider",
    "id_key",
    "uid",
    "extra_data",
    "created",
    "modified",
)

neutral_model(
    "social_django.Nonce",
    "id",
    "server_url",
    "timestamp",
    "salt",
)

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

neutral_model(
    "social_django.Code",
    "id",
    "email",
    "code",
    "verified",
    "timestamp",
)

neutral_model(
    "social_django.Partial",
    "id",
    "token",
    "next_step",
    "backend",
    "data",
    "timestamp",
)

neutral_model(
    "axes.AccessFailureLog",
    "id",
    "user_agent",
    "ip_address",
    "username",
    "http_accept",
    "path_info",
    "attempt_time",
    "locked_out",
)

neutral_model(
    "axes.AccessAttempt",
    "id",
    "user_agent",
    "ip_address",
    "username",
    "http_accept",
    "path_info",
    "attempt_time",
    "get_data",
    "post_data",
    "failures_since_start",
)

neutral_model(
    "axes.AccessAttemptExpiration",
    "access_attempt",
    "expires_at",
)

neutral_model(
    "axes.AccessLog",
    "id",
    "user_agent",
    "ip_address",
    "username",
    "http_accept",
    "path_info",
    "attempt_time",
    "logout_time",
    "session_hash",
)

neutral_model(
    "otp_totp.TOTPDevice",
    "id",
    "user",
    "name",
    "confirmed",
    "throttling_failure_timestamp",
    "throttling_failure_count",
    "created_at",
    "last_used_at",
    "key",
    "step",
    "t0",
    "digits",
    "tolerance",
    "drift",
    "last_t",
)

neutral_model(
    "otp_static.StaticDevice",
    "id",
    "user",
    "name",
    "confirmed",
    "throttling_failure_timestamp",
    "throttling_failure_count",
    "created_at",
    "last_used_at",
)

neutral_model(
    "otp_static.StaticToken",
    "id",
    "device",
    "token",
)
