"""Announcements and their steps."""

from privacy.datamap import declare, neutral, personal

#: Which member of staff did it.
WORK = personal(
    "work",
    ("communication",),
    "contract",
    ("privacy_officer",),
    retention="account",
    erasure="pseudonymise",
)
#: Words the operator sends to many. Whoever writes is told to name nobody; should a name
#: stand there all the same, it goes with the list of messages.
WORDS = personal(
    "free_text",
    ("communication",),
    "contract",
    ("privacy_officer", "customer_service", "space_manager"),
    retention="message",
    erasure="keep",
)

declare(
    "privacy.Announcement",
    subject="author",
    others=("approver",),
    fields={
        **neutral(
            "id",
            "category",
            "audience",
            "audience_ref",
            "state",
            "recipient_count",
            "queued_count",
            "cursor",
            "version",
            "created_at",
        ),
        **dict.fromkeys(("title_id", "title_en", "body_id", "body_en"), WORDS),
        **dict.fromkeys(("author", "approver"), WORK),
    },
)

declare(
    "privacy.AnnouncementEvent",
    subject="actor",
    fields={**neutral("id", "announcement", "verb", "at"), "actor": WORK},
)
