"""What this app tells the data map, the third-party tables of signing in included."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Personal, declare, neutral, neutral_json, neutral_model, personal
from privacy.stores import store

#: What a person tells about themselves.
PROFILE = personal(
    "contact",
    ("account", "communication", "booking"),
    "contract",
    ("front_desk", "customer_service", "administrator"),
    retention="account",
    erasure="delete",
)
#: The same, sealed with the person's key (design, decision 7).
ADDRESS = replace(PROFILE, sealed=True)
PREFERENCE = personal("preference", ("account",), "contract", retention="account", erasure="delete")
ACCOUNT = personal(
    "account", ("account",), "contract", ("administrator",), retention="account", erasure="delete"
)
AGREED = personal(
    "consent", ("privacy",), "legal_obligation", retention="account", erasure="delete"
)
CREDENTIAL = personal(
    "credential", ("account", "security"), "contract", retention="account", erasure="delete"
)
SESSION = personal(
    "session", ("account", "security"), "contract", retention="session", erasure="delete"
)
MEMBERSHIP = personal(
    "membership",
    ("account", "booking"),
    "contract",
    ("customer_service", "administrator"),
    retention="account",
    erasure="delete",
)
HISTORY = personal(
    "account",
    ("account", "security"),
    "legitimate_interest",
    ("privacy_officer", "administrator"),
    retention="security",
    erasure="pseudonymise",
)
ATTEMPT = personal(
    "security",
    ("security",),
    "legitimate_interest",
    ("administrator",),
    retention="security",
    erasure="delete",
)


def _all(kind: Personal, *names: str) -> dict[str, Personal]:
    return dict.fromkeys(names, kind)


declare(
    "accounts.User",
    subject="subject",
    fields={
        **neutral("id", "subject", "pending_contact", "previous_contact", "version"),
        **_all(PROFILE, "full_name", "institution"),
        **_all(ADDRESS, "email", "phone"),
        # As the page says where it is uploaded.
        "picture": replace(PROFILE, roles=("front_desk",)),
        **_all(PREFERENCE, "language", "time_zone"),
        **_all(AGREED, "terms_answered", "policy_answered"),
        **_all(ACCOUNT, "email_verified_at", "roles", "is_active", "date_joined"),
        **_all(CREDENTIAL, "password"),
        **_all(SESSION, "last_login"),
    },
)

store(
    "pictures-of-people",
    title=_("Photographs of people"),
    what=_("The picture a person uploaded, made small, without its metadata."),
    keeps=_("Until the person replaces or removes it, or the account ends."),
    holds=("contact",),
    covers=("file:accounts.User.picture",),
)

# The name of a company or institution. A one-person firm may bear its owner's name: then
# the owner changes it, and it goes with the organisation.
neutral_model("accounts.Organisation", "id", "name", "version", "terms_version", "created_at")

declare(
    "accounts.Membership",
    subject="user.subject",
    fields={
        **neutral("id", "user"),
        **_all(MEMBERSHIP, "organisation", "role", "joined_at"),
    },
)

declare(
    "accounts.SupportGrant",
    subject="given_by",
    others=("revoked_by",),
    fields={
        **neutral("id", "organisation", "expires_at"),
        **_all(HISTORY, "given_by", "given_at", "revoked_at", "revoked_by"),
    },
)

declare(
    "accounts.Invitation",
    subject="subject",
    others=("invited_by.subject",),
    fields={
        **neutral("id", "subject", "digest"),
        # Given by somebody else, for this invitation alone (promise P11).
        "email": personal(
            "contact",
            ("account", "communication"),
            "legitimate_interest",
            retention="account",
            erasure="delete",
            sealed=True,
        ),
        **_all(
            MEMBERSHIP,
            "organisation",
            "invited_by",
            "role",
            "created_at",
            "expires_at",
            "accepted_at",
            "revoked_at",
        ),
    },
)

declare(
    "accounts.SessionRecord",
    subject="user.subject",
    fields={
        **neutral("id", "user"),
        **_all(SESSION, "session_key", "device", "created_at", "seen_at"),
    },
)

declare(
    "accounts.ApiToken",
    subject="user.subject",
    fields={
        **neutral("id", "user"),
        **_all(
            CREDENTIAL,
            "name",
            "digest",
            "scopes",
            "created_at",
            "expires_at",
            "used_on",
            "revoked_at",
        ),
    },
)

declare(
    "accounts.IdempotencyKey",
    subject="user.subject",
    fields={
        **neutral("id", "user", "fingerprint", "resource"),
        # The key is chosen by the person's program, so it may hold anything.
        **_all(SESSION, "key", "route", "created_at"),
    },
)

declare(
    "accounts.AccountEvent",
    subject="subject",
    others=("actor",),
    fields={
        **neutral("id", "subject"),
        "data": neutral_json(
            # Identifiers and codes, and the names of the profile fields that were changed.
            "invitation",
            "token",
            "role",
            "grant",
            "full_name",
            "phone",
            "institution",
            "language",
            "time_zone",
        ),
        **_all(HISTORY, "actor", "organisation", "verb", "at"),
    },
)

# --- Signing in: Django's sessions, axes, Google, the second factor ----------------------
declare(
    "sessions.Session",
    finder="accounts.finders.sessions",
    max_age_days=14,
    fields=_all(SESSION, "session_key", "session_data", "expire_date"),
)

ATTEMPT_FIELDS = (
    "user_agent",
    "ip_address",
    "username",
    "http_accept",
    "path_info",
    "attempt_time",
)
declare(
    "axes.AccessAttempt",
    finder="accounts.finders.attempts",
    max_age_days=90,
    fields={
        **neutral("id", "failures_since_start"),
        **_all(ATTEMPT, *ATTEMPT_FIELDS, "get_data", "post_data"),
    },
)
declare(
    "axes.AccessFailureLog",
    finder="accounts.finders.failures",
    max_age_days=90,
    fields={**neutral("id", "locked_out"), **_all(ATTEMPT, *ATTEMPT_FIELDS)},
)
declare(
    "axes.AccessLog",
    finder="accounts.finders.accesses",
    max_age_days=90,
    fields={
        **neutral("id"),
        **_all(ATTEMPT, *ATTEMPT_FIELDS, "logout_time", "session_hash"),
    },
)
neutral_model("axes.AccessAttemptExpiration", "access_attempt", "expires_at")

declare(
    "social_django.UserSocialAuth",
    subject="user.subject",
    fields={
        **neutral("id", "user", "id_key"),
        **_all(CREDENTIAL, "provider", "uid", "extra_data", "created", "modified"),
    },
)
# Used by no step of ours (no mail validation, no @partial); what appeared would be found.
declare(
    "social_django.Code",
    finder="accounts.finders.social_codes",
    max_age_days=1,
    fields={**neutral("id", "verified", "timestamp"), **_all(CREDENTIAL, "email", "code")},
)
declare(
    "social_django.Partial",
    finder="accounts.finders.social_partials",
    max_age_days=1,
    fields={
        **neutral("id", "next_step", "backend", "timestamp"),
        **_all(CREDENTIAL, "token", "data"),
    },
)

OTP_FIELDS = (
    "name",
    "confirmed",
    "throttling_failure_timestamp",
    "throttling_failure_count",
    "created_at",
    "last_used_at",
)
declare(
    "otp_totp.TOTPDevice",
    subject="user.subject",
    fields={
        **neutral("id", "user", "step", "t0", "digits", "tolerance", "drift", "last_t"),
        **_all(CREDENTIAL, *OTP_FIELDS, "key"),
    },
)
declare(
    "otp_static.StaticDevice",
    subject="user.subject",
    fields={**neutral("id", "user"), **_all(CREDENTIAL, *OTP_FIELDS)},
)
declare(
    "otp_static.StaticToken",
    subject="device.user.subject",
    fields={**neutral("id", "device"), **_all(CREDENTIAL, "token")},
)

# What staff did in the back office; object_repr shows identifiers and names of places.
declare(
    "admin.LogEntry",
    subject="user.subject",
    fields={
        **neutral("id", "user", "content_type"),
        **_all(HISTORY, "action_time", "object_id", "object_repr", "action_flag", "change_message"),
    },
)
