"""What this app tells the data map."""

from privacy.datamap import Personal, declare, neutral, neutral_json, neutral_text, personal

STAFF = ("customer_service",)
#: Who wrote when, about what, and where it stands: no contents. Administrators may open the
#: list, to see whether people wait.
FRAME = personal(
    "support",
    ("support",),
    "contract",
    (*STAFF, "administrator"),
    retention="support",
    erasure="delete",
)
#: What was said. The role is needed and not enough: only the assigned person reads, or
#: break-glass by two people (promise P25).
WORDS = personal(
    "support", ("support",), "contract", STAFF, retention="support", erasure="delete", sealed=True
)
#: Who opened sealed contents, on which ground.
GLASS = personal(
    "support",
    ("support", "privacy"),
    "legal_obligation",
    ("customer_service", "privacy_officer"),
    retention="support",
    erasure="delete",
)


def _all(kind: Personal, *names: str) -> dict[str, Personal]:
    return dict.fromkeys(names, kind)


declare(
    "support.Conversation",
    subject="person",
    others=("assignee",),
    fields={
        **neutral("id", "number", "person", "contact"),
        **_all(
            FRAME,
            *("topic", "state", "channel", "language", "assignee", "opened_at", "last_at"),
            *("waiting_at", "ended_at", "seen_at"),
        ),
    },
)

declare(
    "support.Message",
    subject="conversation.person",
    others=("author",),
    fields={
        **neutral("id", "conversation", "provider_digest"),
        **_all(FRAME, "author", "direction", "kind", "channel", "at", "delivery"),
        **_all(WORDS, "text", "caller"),
    },
)

declare(
    "support.ConversationEvent",
    subject="conversation.person",
    others=("actor",),
    fields={
        **neutral("id", "conversation"),
        "data": neutral_json("to", "channel", "opening"),
        **_all(FRAME, "actor", "verb", "at"),
    },
)

declare(
    "support.Opening",
    subject="conversation.person",
    others=("requester", "decider"),
    fields={
        **neutral("id", "conversation"),
        **_all(GLASS, "requester", "decider", "ground", "state", "asked_at", "until"),
        **_all(GLASS, "decided_at"),
        "reason": personal(
            "support",
            ("support", "privacy"),
            "legal_obligation",
            ("customer_service", "privacy_officer"),
            retention="support",
            erasure="delete",
            sealed=True,
        ),
    },
)

_READY = neutral_text("customer service, words that fit everybody")
declare(
    "support.CannedAnswer",
    fields={
        **neutral("id", "topic", "title_id", "title_en", "is_active"),
        "text_id": _READY,
        "text_en": _READY,
    },
)

# By consent: the messenger's provider reads what passes through it (promise P42).
_FROM_MESSENGER = personal(
    "support", ("whatsapp",), "consent", retention="webhook", erasure="delete"
)
declare(
    "support.InboundEvent",
    subject="person",
    fields={
        **neutral("id", "person", "digest", "about", "ours", "outcome"),
        **_all(_FROM_MESSENGER, "kind", "report", "sent_at", "received_at", "state"),
        "text": personal(
            "support",
            ("whatsapp",),
            "consent",
            retention="webhook",
            erasure="delete",
            sealed=True,
        ),
    },
)
