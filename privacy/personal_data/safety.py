"""Alerts about accounts, and who kept the audit calendar."""

from privacy.datamap import declare, neutral, neutral_model, personal

OFFICERS = ("privacy_officer",)


WATCHED = personal(
    "security",
    ("security",),
    "legitimate_interest",
    OFFICERS,
    retention="security",
    erasure="delete",
)
WORK = personal(
    "work", ("privacy",), "legal_obligation", OFFICERS, retention="audit", erasure="keep"
)

declare(
    "privacy.SecurityAlert",
    subject="subject",
    others=("closed_by",),
    fields={
        **neutral("id", "subject"),
        **dict.fromkeys(
            ("kind", "times", "raised_at", "last_at", "closed_at", "closed_by", "outcome"), WATCHED
        ),
    },
)

neutral_model("privacy.Audit", "id", "code", "title_id", "title_en", "interval_days", "due_on")

declare(
    "privacy.AuditRun",
    subject="recorded_by",
    fields={
        **neutral("id", "audit", "findings"),
        # Which colleague checked what, when; an audit must stay provable (UU 27/2022 art. 39).
        # `report` says where the report lies; a name may slip in.
        **dict.fromkeys(("done_on", "recorded_by", "recorded_at", "report"), WORK),
    },
)
