"""A person asks, by account or without one, and only declared fields change."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import InputRefused
from privacy import clock, datamap
from privacy.delivery import outbox_drain
from privacy.errors import NotFound
from privacy.models import Contact, Subject
from privacy.services import SubjectGone
from support import selectors, services
from support.errors import ChannelUnavailable, ConversationEnded, TooMany
from support.links import conversation_token
from support.models import Conversation, Message
from support.people import Speaker, speaker_of
from support.services import Question
from tests.cast import Cast
from tests.frontend.conftest import browser
from tests.mail.conftest import Inbox
from tests.support.conftest import SECRET, start, start_visitor, take

FORM = {
    "name": "Yohanes Rumbiak",
    "email": "yohanes@tamu.test",
    "phone": "+62 812 3456 7899",
    "topic": "billing",
    "words": SECRET,
    "channel": "email",
    "website": "",
}


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the data map, as text, with its columns first."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = tuple(column.name for column in cursor.description)
            found[table] = [columns, *cursor.fetchall()]
    return found


def new_values(before: dict[str, Any], after: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    """(table, column) -> the values that were not there before."""
    found: dict[tuple[str, str], set[str]] = {}
    for table, rows in after.items():
        old = {repr(row) for row in before[table][1:]}
        for row in rows[1:]:
            if repr(row) not in old:
                for column, value in zip(rows[0], row, strict=True):
                    found.setdefault((table, column), set()).add(_words(value))
    return found


def _words(value: Any) -> str:
    return bytes(value).decode("latin1") if isinstance(value, memoryview | bytes) else str(value)


def declared(table: str, column: str) -> datamap.Personal | datamap.Neutral:
    """What the data map says of a column."""
    from django.apps import apps  # noqa: PLC0415 - read when asked

    models = apps.get_models(include_auto_created=True)
    model = next(one for one in models if one._meta.db_table == table)
    field = next(one for one in model._meta.local_concrete_fields if one.column == column)
    return datamap.entries()[model._meta.label_lower].fields[field.name]


@pytest.mark.promise("P5")
def test_the_form_stores_what_was_typed_in_declared_fields_and_nothing_else(cast: Cast) -> None:
    visitor = browser()
    visitor.get("/support/new")
    before = tables()

    answer = visitor.post("/support/new", FORM, REMOTE_ADDR="127.77.66.55")

    assert answer.status_code == 302
    new = new_values(before, tables())
    assert {table for table, _column in new} == {
        "privacy_subject",
        "privacy_contact",
        "privacy_outboxmessage",
        "support_conversation",
        "support_message",
        "support_conversationevent",
    }
    typed = {"Yohanes Rumbiak": "name", "yohanes@tamu.test": "email", "+6281234567899": "phone"}
    for words, field in typed.items():
        places = {place for place, values in new.items() if words in values}
        # Sealed columns do not show what they hold; the row does.
        assert places <= {("privacy_contact", field)}
        assert getattr(Contact.objects.get(), field) == words
    for table, column in new:
        assert declared(table, column) is not None
    everything = " ".join(value for values in new.values() for value in values)
    assert "127.77.66.55" not in everything
    assert SECRET not in everything
    assert str(Message.objects.get().text) == SECRET


@pytest.mark.promise("P5")
def test_the_portal_of_a_signed_in_person_asks_for_no_contact_data(made: Cast) -> None:
    client = browser(made.alice)
    page = client.get("/support/new").content.decode()
    assert 'name="words"' in page
    assert 'name="email"' not in page
    before = tables()

    client.post("/support/new", {"topic": "mail", "words": SECRET, "channel": "web"})

    new = new_values(before, tables())
    assert {table for table, _column in new} == {
        "support_conversation",
        "support_message",
        "support_conversationevent",
    }
    assert SECRET not in " ".join(value for values in new.values() for value in values)


def test_contents_lie_sealed_in_the_database(asked: Conversation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM support_message")
        (raw,) = cursor.fetchone()
    assert len(raw) > len(SECRET)
    assert SECRET.encode() not in bytes(raw)
    assert str(Message.objects.get().text) == SECRET


def test_a_visitor_gets_a_mail_with_a_link_that_opens_the_conversation(
    cast: Cast, inbox: Inbox
) -> None:
    browser().post("/support/new", FORM)
    outbox_drain()
    (letter,) = inbox.letters
    assert letter["To"] == "Yohanes Rumbiak <yohanes@tamu.test>"
    text = letter.get_body(("plain",)).get_content()
    assert SECRET not in text
    path = "/support/link/" + text.split("/support/link/")[1].split()[0]

    page = browser().get(path)

    assert page.status_code == 200
    assert SECRET in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert browser().post(path, {"act": "write", "words": "Sudah ketemu"}).status_code == 302
    assert [str(one.text) for one in Message.objects.order_by("at")] == [SECRET, "Sudah ketemu"]


def test_a_link_opens_one_conversation_alone(made: Cast) -> None:
    first = start_visitor()
    second = start_visitor(text="Yang lain")
    speaker = Speaker(first.person_id, first.id)
    assert selectors.conversation_of_person(speaker, first.id).id == first.id
    for write in (services.conversation_close, services.conversation_reopen):
        with pytest.raises(NotFound):
            write(speaker=speaker, conversation_id=second.id)
    page = browser().get(reverse("frontend:support-link", args=[conversation_token(first.id)]))
    assert "Yang lain" not in page.content.decode()


@pytest.mark.parametrize("change", ["x", "", "abc:def:ghi"])
def test_a_forged_link_finds_nothing(made: Cast, change: str) -> None:
    token = conversation_token(start_visitor().id)
    assert browser().get(f"/support/link/{token}").status_code == 200
    forged = token + change if change == "x" else change or token[:-3]
    assert browser().get(f"/support/link/{forged}").status_code == 404


def test_an_expired_link_offers_a_new_one_to_the_same_mailbox(
    made: Cast, letters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from support import links  # noqa: PLC0415 - patched here

    path = f"/support/link/{conversation_token(start_visitor().id)}"
    monkeypatch.setattr(links, "VALID", timedelta(seconds=-1))
    page = browser().get(path).content.decode()
    assert "The link has expired" in page
    assert SECRET not in page
    browser().post(path)
    browser().post(path)
    assert len(letters("support_received")) == 2, "the first, and one new one an hour"


def test_a_bad_form_keeps_what_was_typed(cast: Cast) -> None:
    answer = browser().post("/support/new", FORM | {"email": "not an address"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "This is not an e-mail address." in text
    assert SECRET in text
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"words": "4111 1111 1111 1111"}, "payment card"),
        ({"words": "x" * 4001}, "at most 4000"),
        ({"words": "   "}, "required"),
        ({"topic": "nothing"}, "valid choice"),
        ({"channel": "phone", "phone": ""}, "phone number first"),
        ({"channel": "whatsapp"}, "valid choice"),
        ({"name": "Menang! www.hadiah.test"}, "without an address"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_used_is_named(cast: Cast, change: dict[str, str], words: str) -> None:
    answer = browser().post("/support/new", FORM | change)
    assert answer.status_code in {400, 422}
    assert words in answer.content.decode().lower() or words in answer.content.decode()
    assert not Conversation.objects.exists()
    assert not Contact.objects.exists()


def test_nul_and_odd_signs_are_refused_not_a_fault(made: Cast) -> None:
    for text in ("a\x00b", "a\u202e\x07b"):
        with pytest.raises(InputRefused):
            start(made.alice, text=text)


def test_programs_that_fill_every_field_leave_no_trace(cast: Cast) -> None:
    answer = browser().post("/support/new", FORM | {"website": "http://spam.test"})
    assert answer["Location"] == "/support/sent"
    assert not Contact.objects.exists()


def test_forms_from_one_network_are_counted_without_its_address(cast: Cast) -> None:
    for count in range(8):
        last = browser().post("/support/new", FORM | {"email": f"a{count}@tamu.test"})
    assert last.status_code == 429
    assert "try again in an hour" in last.content.decode()
    assert Conversation.objects.count() == 6
    assert "127.0.0.1" not in str(cache._cache.keys())  # type: ignore[attr-defined]
    other = browser().post("/support/new", FORM, REMOTE_ADDR="127.0.0.9")
    assert other.status_code == 302


def test_one_mailbox_is_not_flooded_and_its_owner_not_shut_out(made: Cast) -> None:
    for _count in range(5):
        start_visitor(email="alice@ruang.test")
    with pytest.raises(TooMany):
        start_visitor(email="ALICE@ruang.test")
    assert start(made.alice).person_id == made.alice.subject_id


def test_messages_in_an_hour_are_bounded(made: Cast, asked: Conversation) -> None:
    for count in range(19):
        services.message_write(
            speaker=speaker_of(made.alice), conversation_id=asked.id, text=f"Pesan {count}"
        )
    with pytest.raises(TooMany):
        services.message_write(
            speaker=speaker_of(made.alice), conversation_id=asked.id, text="Lagi"
        )


def test_an_address_of_an_account_finds_that_person(made: Cast) -> None:
    conversation = start_visitor(email="ALICE@ruang.test")
    assert conversation.person_id == made.alice.subject_id
    listed = browser(made.alice).get("/support").content.decode()
    assert f"number {conversation.number}" in listed


@pytest.mark.parametrize("state", ["deactivated", "restricted", "erasing"])
def test_the_form_does_not_tell_of_accounts_that_are_closed(made: Cast, state: str) -> None:
    Subject.objects.filter(id=made.alice.subject_id).update(state=state)
    conversation = start_visitor(email="alice@ruang.test")
    assert conversation.person_id != made.alice.subject_id


def test_nothing_is_written_for_somebody_who_is_being_erased(
    made: Cast, asked: Conversation
) -> None:
    Subject.objects.filter(id=made.alice.subject_id).update(state="erasing")
    with pytest.raises(SubjectGone):
        start(made.alice)
    with pytest.raises(SubjectGone):
        services.message_write(
            speaker=speaker_of(made.alice), conversation_id=asked.id, text="Masih ada?"
        )
    assert Message.objects.count() == 1


def test_a_restricted_person_may_still_ask(made: Cast) -> None:
    Subject.objects.filter(id=made.alice.subject_id).update(state="restricted")
    assert start(made.alice).state == "open"


def test_a_phone_is_needed_to_be_called(cast: Cast) -> None:
    with pytest.raises(ChannelUnavailable):
        start(cast.bob, channel="phone")
    with pytest.raises(ChannelUnavailable):
        services.conversation_start(actor=cast.bob, question=Question("mail", "x", "fax"))


def test_closing_reopening_and_writing_move_the_state(made: Cast, asked: Conversation) -> None:
    whose = {"speaker": speaker_of(made.alice), "conversation_id": asked.id}
    services.conversation_close(**whose)
    services.conversation_close(**whose)
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_at) == ("closed", None)
    with pytest.raises(ConversationEnded):
        services.message_write(**whose, text="Halo")
    services.conversation_reopen(**whose)
    asked.refresh_from_db()
    assert (asked.state, asked.ended_at) == ("open", None)
    take(made.gita, asked)
    services.conversation_resolve(actor=made.gita, conversation_id=asked.id)
    services.message_write(**whose, text="Belum selesai")
    asked.refresh_from_db()
    assert asked.state == "waiting_for_us"
    verbs = list(asked.events.order_by("at", "id").values_list("verb", flat=True))
    assert verbs == ["opened", "closed", "reopened", "taken", "resolved", "reopened"]


def test_nobody_else_sees_or_changes_a_conversation(made: Cast, asked: Conversation) -> None:
    path = f"/support/{asked.id}"
    assert SECRET in browser(made.alice).get(path).content.decode()
    for other in (made.bob, made.charlie, made.gita, made.root):
        client = browser(other)
        assert client.get(path).status_code == 404
        assert client.post(path, {"act": "write", "words": "x"}).status_code == 404
    assert Client().get(path).status_code == 302
    assert Message.objects.count() == 1


def test_a_new_answer_is_marked_until_it_was_seen(made: Cast, asked: Conversation) -> None:
    take(made.gita, asked)
    services.conversation_answer(
        actor=made.gita, conversation_id=asked.id, text="Sudah ada", channel="email"
    )
    client = browser(made.alice)
    assert "New answer" in client.get("/support").content.decode()
    assert selectors.new_answers(made.alice.subject_id) == 1
    assert client.head(f"/support/{asked.id}").status_code == 200
    assert selectors.new_answers(made.alice.subject_id) == 1, "a look ahead is no reading"
    client.get(f"/support/{asked.id}")
    assert "New answer" not in client.get("/support").content.decode()


def test_the_list_costs_the_same_at_one_and_at_thirty(made: Cast) -> None:
    client = browser(made.alice)
    start(made.alice)
    client.get("/support")
    with CaptureQueriesContext(connection) as one:
        client.get("/support")
    now = clock.now()
    for _count in range(30):
        Conversation.objects.create(
            person=made.alice.subject, topic="mail", opened_at=now, last_at=now, seen_at=now
        )
    with CaptureQueriesContext(connection) as thirty:
        page = client.get("/support").content.decode()
    assert len(thirty) == len(one)
    assert page.count('href="/support/0') == 20
    after = page.split("?after=")[1].split('"')[0]
    rest = client.get(f"/support?after={after}").content.decode()
    assert rest.count('href="/support/0') == 11
    assert client.get("/support?after=rubbish~x").status_code == 200
