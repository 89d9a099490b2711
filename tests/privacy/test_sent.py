"""The list of what was sent to a person: complete, in words, theirs alone."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from privacy import clock
from privacy.delivery import MAX_ATTEMPTS, outbox_drain
from privacy.models import OutboxMessage
from privacy.outbox import outbox_put
from privacy.outcomes import STATES, WORDS, reason_words
from privacy.sent import PAGE, BadCursor, messages_sent
from tests.api.conftest import key_of
from tests.cast import Cast
from tests.frontend.conftest import _fresh_pages, browser  # noqa: F401 - a fixture
from tests.frontend.pages import Outline
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - a fixture

API = "/api/v1/privacy/messages"
PAGE_URL = "/privacy/messages"


def put(cast: Cast, template: str = "password_changed", **more: Any) -> OutboxMessage:
    """A message to Alice."""
    more.setdefault("recipient", cast.alice.subject_id)
    with transaction.atomic():
        outbox_put(template=template, data={}, **more)
    return OutboxMessage.objects.latest("created_at")


def api(user: Any, url: str = API) -> Any:
    """What the person's key gets."""
    return Client().get(url, headers={"Authorization": f"Bearer {key_of(user)}"})


@pytest.mark.promise("P62")
def test_outcome_and_reason_of_each_message_are_shown(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    put(cast)
    outbox_drain()
    refused, waiting, dead = put(cast), put(cast), put(cast)
    rows = OutboxMessage.objects
    rows.filter(id=refused.id).update(state="refused", outcome="no_longer_true")
    rows.filter(id=waiting.id).update(outcome="processor_expired")
    rows.filter(id=dead.id).update(state="dead", outcome="smtp_550 5.1.1")
    put(cast, recipient=cast.bob.subject_id)

    text = browser(cast.alice).get(PAGE_URL).content.decode()

    assert Outline(text).wrong("en") == []
    assert text.count('<td data-label="Message"><b>Your password was changed</b>') == 4
    for words in (
        "Sent", "Security", "E-mail", "Not sent", "no longer true", "Waiting",
        "contract for this way of sending is being renewed", "Could not be delivered",
        "mail provider did not take it",
    ):  # fmt: skip
        assert words in text, words
    assert "@ruang.test" not in text.split("<main")[1].split("</main")[0]

    results = api(cast.alice).json()["results"]
    assert [(row["state"], row["reason"]) for row in results] == [
        ("dead", "smtp_550"),
        ("queued", "processor_expired"),
        ("refused", "no_longer_true"),
        ("sent", ""),
    ]
    assert results[3]["kind_words"] == "Your password was changed"
    assert (results[3]["category"], results[3]["channel"]) == ("security", "email")
    assert [row["kind"] for row in api(cast.bob).json()["results"]] == ["password_changed"]


def test_nobody_sees_the_messages_of_another(cast: Cast) -> None:
    mine = put(cast)
    assert str(mine.id) in api(cast.alice).content.decode()
    for other in (cast.bob, cast.hadi, cast.root):
        assert api(other).json() == {"next": None, "results": []}
    assert Client().get(API).status_code == 401
    answer = Client().get(PAGE_URL)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_an_empty_list_says_so(cast: Cast) -> None:
    text = browser(cast.charlie, "id").get(PAGE_URL).content.decode()
    assert "Belum ada pesan untuk Anda" in text
    assert Outline(text).wrong("id") == []


def test_pages_follow_one_another_without_gap_or_repetition(cast: Cast) -> None:
    now = clock.now()
    made = [put(cast) for _number in range(2 * PAGE + 5)]
    # Several of one instant, across the seam of two pages.
    OutboxMessage.objects.filter(id__in=[row.id for row in made[20:50]]).update(created_at=now)
    OutboxMessage.objects.filter(id__in=[row.id for row in made[:20]]).update(
        created_at=now - timedelta(days=1)
    )
    seen, link = [], API
    while link:
        body = api(cast.alice, link).json()
        seen += [row["id"] for row in body["results"]]
        link = body["next"]
    assert len(seen) == len(set(seen)) == len(made)
    first = browser(cast.alice).get(PAGE_URL).content.decode()
    assert "Further" in first
    assert "From the beginning" not in first


@pytest.mark.parametrize("cursor", ["x", "AAAA", "bnVsbA", "WzEsMl0", "W10", "é"])
def test_a_broken_cursor_is_refused_in_words(cast: Cast, cursor: str) -> None:
    with pytest.raises(BadCursor):
        messages_sent(cast.alice, cursor=cursor)
    answer = api(cast.alice, f"{API}?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"
    assert browser(cast.alice).get(PAGE_URL, {"after": cursor}).status_code == 400


def test_the_number_of_statements_does_not_grow(cast: Cast) -> None:
    counts = []
    for total in (1, PAGE):
        while OutboxMessage.objects.count() < total:
            put(cast)
        with CaptureQueriesContext(connection) as queries:
            assert len(messages_sent(cast.alice).rows) == total
        counts.append(len(queries))
    assert counts == [1, 1]


def test_a_kind_that_exists_no_more_is_named_by_its_category(cast: Cast) -> None:
    row = put(cast)
    OutboxMessage.objects.filter(id=row.id).update(template="gone", channel="pigeon")
    shown = messages_sent(cast.alice).rows[0]
    assert (shown.kind_words, shown.channel_words) == (str(row.get_category_display()), "pigeon")


@pytest.mark.parametrize("outcome", [*WORDS, "smtp_451 4.3.0", "too_many_attempts, last x", "odd"])
def test_every_outcome_has_words(outcome: str) -> None:
    message = OutboxMessage(id=uuid.uuid4(), state="queued", outcome=outcome)
    assert reason_words(message).endswith((".", "again."))


def test_what_was_given_up_is_not_promised_again() -> None:
    message = OutboxMessage(id=uuid.uuid4(), state="dead", outcome="refused_by_messenger 131")
    with translation.override("en"):
        assert reason_words(message) == "It could not be handed over."
        message.state = "queued"
        assert reason_words(message).endswith("we try again.")


def test_every_state_has_words() -> None:
    assert set(STATES) == set(OutboxMessage.State.values)
    assert MAX_ATTEMPTS > 1
