"""The activity record and the suggestions: for the person alone, no role sees them."""

from dataclasses import replace

from privacy.datamap import declare, neutral, neutral_model, personal

RECORD = personal("activity", ("insight",), "consent", retention="activity", erasure="delete")
HABIT = personal("preference", ("preferences",), "consent", retention="account", erasure="delete")

declare(
    "privacy.ActivityEntry",
    subject="subject",
    fields={
        **neutral("id", "subject"),
        **dict.fromkeys(("visit", "route", "opened_at", "seconds", "network", "browser"), RECORD),
    },
)

# Counts of ten people or more, with nobody in them.
neutral_model("privacy.ActivityCount", "id", "day", "route", "views", "timed", "seconds")

declare(
    "privacy.PreferenceProfile",
    subject="subject",
    fields={
        **neutral("id", "subject"),
        "choices": replace(HABIT, keys=("where", "kind", "people", "minutes", "start")),
        **dict.fromkeys(("created_at", "updated_at"), HABIT),
    },
)
