"""Break-glass (promise P25): 403 and a log entry, unless two people with a ground."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.errors import InputRefused
from accounts.models import User
from privacy import clock
from privacy.delivery import outbox_drain
from privacy.errors import NotAllowed, NotFound
from privacy.models import OutboxMessage, Subject
from support import services
from support.errors import OpeningDecided, SamePerson, SealedConversation
from support.models import Conversation, ConversationEvent, Message, Opening
from tests.cast import Cast, person
from tests.frontend.conftest import browser
from tests.mail.conftest import Inbox
from tests.support.conftest import SECRET, start, start_visitor, take

REASON = "Penyewa terkunci di lantai 7, nomor ada di percakapan."


def ask(actor: User, conversation: Conversation, **more: str) -> Opening:
    """Ask for an opening in an emergency."""
    more = {"ground": "emergency", "reason": REASON} | more
    return services.opening_ask(actor=actor, conversation_id=conversation.id, **more)


def read(actor: User, conversation: Conversation) -> Opening | None:
    """The right to read, now."""
    return services.contents_require(actor=actor, conversation_id=conversation.id)


def log(conversation: Conversation, verb: str) -> list[Any]:
    """Who did that, in order."""
    rows = ConversationEvent.objects.filter(conversation=conversation, verb=verb)
    return list(rows.order_by("at", "id").values_list("actor", flat=True))


@pytest.fixture
def sealed(made: Cast, asked: Conversation) -> Conversation:
    """Alice's conversation, which Gita takes care of."""
    return take(made.gita, asked)


@pytest.mark.promise("P25")
def test_contents_are_403_for_everybody_else_and_each_try_is_logged(
    made: Cast, sealed: Conversation, enter: Any
) -> None:
    path = f"/staff/support/{sealed.id}/contents"
    allowed = enter(made.gita).get(path)
    assert allowed.status_code == 200
    assert SECRET in allowed.content.decode()
    assert log(sealed, "refused") == []

    tried = []
    for who in (made.made, made.hadi, made.root):
        answer = enter(who).get(path)
        assert answer.status_code == 403
        assert SECRET not in answer.content.decode()
        tried.append(who.subject_id)
        # The page of the frame shows no contents either.
        frame = enter(who).get(f"/staff/support/{sealed.id}")
        assert SECRET not in frame.content.decode()
    assert log(sealed, "refused") == tried
    for who, status in ((made.dewi, 403), (made.farid, 403), (made.bob, 404)):
        assert enter(who).get(path).status_code == status


@pytest.mark.promise("P25")
def test_two_people_with_a_ground_open_it_and_the_person_is_told(
    made: Cast, sealed: Conversation, inbox: Inbox, enter: Any
) -> None:
    opening = ask(made.made, sealed)
    with pytest.raises(SealedConversation):
        read(made.made, sealed)
    outbox_drain()

    services.opening_approve(actor=made.hadi, opening_id=opening.id)

    page = enter(made.made).get(f"/staff/support/{sealed.id}/contents")
    assert page.status_code == 200
    assert SECRET in page.content.decode()
    assert log(sealed, "glass_read") == [made.made.subject_id]
    with pytest.raises(SealedConversation):
        read(made.hadi, sealed)
    outbox_drain()
    letters = {str(letter["To"]): letter for letter in inbox.letters}
    told = letters["Alice <alice@ruang.test>"].get_body(("plain",)).get_content()
    for words in (REASON, "Made Arimbi", "Hadi", "An emergency"):
        assert words in told
    assert SECRET not in told
    assert REASON in letters["Hadi <hadi@ruang.test>"].get_body(("plain",)).get_content()
    own = browser(made.alice).get(f"/support/{sealed.id}").content.decode()
    assert "Opened by Made Arimbi, approved by Hadi. Ground: An emergency." in own
    assert REASON in own


@pytest.mark.promise("P25")
def test_an_opening_ends_by_itself_and_lets_nobody_write(
    made: Cast, sealed: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = services.opening_approve(actor=made.hadi, opening_id=ask(made.made, sealed).id)
    assert read(made.made, sealed) == opening
    with pytest.raises(Exception, match="not assigned|tidak ditugaskan"):
        services.conversation_answer(
            actor=made.made, conversation_id=sealed.id, text="x", channel="email"
        )
    later = clock.now() + timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(SealedConversation):
        read(made.made, sealed)
    assert len(log(sealed, "refused")) == 1


@pytest.mark.promise("P25")
def test_one_person_is_not_enough(made: Cast, sealed: Conversation) -> None:
    second = person("ines@ruang.test", "privacy_officer")
    own = ask(made.hadi, sealed)
    with pytest.raises(SamePerson):
        services.opening_approve(actor=made.hadi, opening_id=own.id)
    with pytest.raises(NotAllowed):
        services.opening_approve(actor=made.made, opening_id=own.id)
    with pytest.raises(SealedConversation):
        read(made.hadi, sealed)
    services.opening_approve(actor=second, opening_id=own.id)
    assert read(made.hadi, sealed) == own
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE support_opening SET decider_id = requester_id")


@pytest.mark.promise("P25")
@pytest.mark.parametrize("ground", ["", "curiosity", "support"])
def test_no_other_ground_exists(made: Cast, sealed: Conversation, ground: str) -> None:
    with pytest.raises(InputRefused):
        ask(made.made, sealed, ground=ground)
    with pytest.raises(InputRefused):
        ask(made.made, sealed, reason="  ")
    assert not Opening.objects.exists()


@pytest.mark.promise("P25")
def test_only_these_roles_ask(made: Cast, sealed: Conversation) -> None:
    for who in (made.dewi, made.eka, made.farid, made.bob):
        with pytest.raises(NotAllowed):
            ask(who, sealed)


@pytest.mark.promise("P25")
def test_what_was_said_is_never_altered(made: Cast, sealed: Conversation) -> None:
    """No service changes or deletes a message: the rows after everything are those before."""
    before = list(Message.objects.values_list("id", "at", "author"))
    opening = services.opening_approve(actor=made.hadi, opening_id=ask(made.made, sealed).id)
    read(made.made, sealed)
    services.conversation_resolve(actor=made.gita, conversation_id=sealed.id)
    assert list(Message.objects.values_list("id", "at", "author")) == before
    assert str(Message.objects.get().text) == SECRET
    assert opening.conversation_id == sealed.id


def test_requests_end_after_an_hour_and_are_decided_once(
    made: Cast, sealed: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = ask(made.made, sealed)
    assert ask(made.made, sealed).id == opening.id, "a second request is the first"
    services.opening_refuse(actor=made.hadi, opening_id=opening.id)
    for act in (services.opening_approve, services.opening_refuse):
        with pytest.raises(OpeningDecided):
            act(actor=made.hadi, opening_id=opening.id)
    another = ask(made.made, sealed)
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(OpeningDecided):
        services.opening_approve(actor=made.hadi, opening_id=another.id)
    assert ask(made.made, sealed).id != another.id
    assert not OutboxMessage.objects.filter(template="support_opened").exists()


def test_withdrawing_is_for_the_one_who_asked(made: Cast, sealed: Conversation) -> None:
    opening = ask(made.made, sealed)
    with pytest.raises(NotFound):
        services.opening_withdraw(actor=made.gita, opening_id=opening.id)
    services.opening_withdraw(actor=made.made, opening_id=opening.id)
    with pytest.raises(OpeningDecided):
        services.opening_approve(actor=made.hadi, opening_id=opening.id)


def test_the_person_concerned_takes_no_part(made: Cast) -> None:
    own = start(made.hadi)
    with pytest.raises(SamePerson):
        ask(made.hadi, own)
    opening = ask(made.made, own)
    with pytest.raises(SamePerson):
        services.opening_approve(actor=made.hadi, opening_id=opening.id)


@pytest.mark.parametrize("state", ["deactivated", "restricted"])
def test_the_word_of_an_opening_reaches_closed_accounts_too(
    made: Cast, sealed: Conversation, inbox: Inbox, state: str
) -> None:
    Subject.objects.filter(id=made.alice.subject_id).update(state=state)
    services.opening_approve(actor=made.hadi, opening_id=ask(made.made, sealed).id)
    outbox_drain()
    assert "Alice <alice@ruang.test>" in [letter["To"] for letter in inbox.letters]


def test_a_person_without_an_account_is_told_by_link(made: Cast, inbox: Inbox) -> None:
    conversation = take(made.gita, start_visitor())
    services.opening_approve(actor=made.hadi, opening_id=ask(made.made, conversation).id)
    outbox_drain()
    told = [letter for letter in inbox.letters if "was opened" in letter["Subject"]]
    assert "/support/link/" in told[0].get_body(("plain",)).get_content()


def test_a_session_without_second_factor_reads_nothing(
    made: Cast, sealed: Conversation, enter: Any
) -> None:
    client = enter(made.gita, second_factor=False)
    assert client.get(f"/staff/support/{sealed.id}").status_code == 302
    assert client.get(f"/staff/support/{sealed.id}/contents").status_code == 302
