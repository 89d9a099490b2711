"""People who ask and people who answer, and the pages on which they do."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from privacy.models import OutboxMessage
from support import services
from support.models import Conversation
from support.services import Question, Visitor
from tests.cast import Cast, person
from tests.frontend.conftest import _compiled_messages, _fresh_pages  # noqa: F401 - fixtures
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - fixtures
from tests.staff.conftest import enter  # noqa: F401 - a fixture

SECRET = "Kunci loker 417 hilang"


@pytest.fixture
def made(cast: Cast) -> Cast:
    """The cast, and a second person in customer service."""
    cast.made = person("made@ruang.test", "customer_service", name="Made Arimbi")  # type: ignore[attr-defined]
    phone_set(cast.alice, "+6281234567801")
    return cast


def phone_set(user: User, phone: str) -> None:
    """The person's number, as the profile stores it; their pages are in English."""
    user.phone, user.language = phone, "en"
    user.save(update_fields=["phone", "language"])


@pytest.fixture
def asked(made: Cast) -> Conversation:
    """Alice asked by e-mail."""
    return start(made.alice)


def start(actor: User, channel: str = "email", text: str = SECRET, **more: Any) -> Conversation:
    """A conversation of a person with an account."""
    question = Question(more.pop("topic", "booking"), text, channel)
    return services.conversation_start(actor=actor, question=question)


def start_visitor(text: str = SECRET, channel: str = "email", **who: Any) -> Conversation:
    """A conversation of somebody without an account."""
    who = {"name": "Yohanes Rumbiak", "email": "yohanes@tamu.test", "language": "en"} | who
    return services.conversation_start_visitor(
        visitor=Visitor(**who), question=Question("billing", text, channel)
    )


def take(actor: User, conversation: Conversation) -> Conversation:
    """The actor's now."""
    return services.conversation_take(actor=actor, conversation_id=conversation.id)


@pytest.fixture
def letters(db: None) -> Callable[..., list[OutboxMessage]]:
    """The outbox rows of one kind, oldest first."""

    def find(template: str) -> list[OutboxMessage]:
        return list(OutboxMessage.objects.filter(template=template).order_by("created_at"))

    return find
