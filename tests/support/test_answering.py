"""Customer service takes, hands over, answers by the way the person chose, and no other."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from privacy import clock
from privacy.consent import PurposeRefused
from privacy.delivery import outbox_drain
from privacy.errors import NotAllowed
from privacy.gate import gate_judge
from privacy.models import AccessEntry, Contact, OutboxMessage, Subject
from privacy.outbox import outbox_put
from support import selectors, services
from support.errors import AlreadyTaken, ChannelNotChosen, ChannelUnavailable, NotYours, SamePerson
from support.models import CannedAnswer, Conversation, Message
from support.people import speaker_of
from support.services import Caller
from tests.cast import Cast
from tests.mail.conftest import Inbox
from tests.support.conftest import SECRET, start, start_visitor, take

ANSWER = "Kunci cadangan menunggu di resepsionis.\n\nBawa tanda pengenal."


def answer(actor: User, conversation: Conversation, channel: str, text: str = ANSWER) -> Message:
    """Staff answer by a channel."""
    return services.conversation_answer(
        actor=actor, conversation_id=conversation.id, text=text, channel=channel
    )


@pytest.mark.promise("P37")
def test_an_answer_leaves_by_mail_when_that_was_asked(
    made: Cast, asked: Conversation, inbox: Inbox
) -> None:
    take(made.gita, asked)
    message = answer(made.gita, asked, "email")
    row = OutboxMessage.objects.get(template="support_answer")
    assert row.data == {"conversation": str(asked.id), "message": str(message.id)}
    assert "Kunci" not in str(vars(row))

    outbox_drain()

    (letter,) = inbox.letters
    assert letter["To"] == "Alice <alice@ruang.test>"
    text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Kunci cadangan menunggu di resepsionis.\n\nBawa tanda pengenal." in text
    assert f"/support/{asked.id}" in text
    html = letter.get_body(("html",)).get_content()
    assert "Bawa tanda pengenal." in html
    asked.refresh_from_db()
    assert (asked.state, asked.waiting_at) == ("waiting_for_person", None)


@pytest.mark.promise("P37")
@pytest.mark.parametrize("wish", ["web", "phone"])
def test_no_letter_leaves_when_the_site_or_the_phone_was_asked(
    made: Cast, inbox: Inbox, wish: str
) -> None:
    conversation = take(made.gita, start(made.alice, wish))
    message = answer(made.gita, conversation, wish)
    outbox_drain()
    assert inbox.letters == []
    assert not OutboxMessage.objects.exists()
    assert message.kind == ("call" if wish == "phone" else "words")


@pytest.mark.promise("P37")
@pytest.mark.parametrize("wish", ["email", "web", "phone"])
def test_another_channel_is_refused(made: Cast, wish: str) -> None:
    conversation = take(made.gita, start(made.alice, wish))
    for other in {"email", "web", "phone", "whatsapp", "fax"} - {wish}:
        with pytest.raises(ChannelNotChosen):
            answer(made.gita, conversation, other)
    assert Message.objects.count() == 1
    assert not OutboxMessage.objects.exists()


@pytest.mark.promise("P37")
def test_a_change_of_mind_is_heeded_until_the_letter_leaves(
    made: Cast, asked: Conversation, inbox: Inbox
) -> None:
    take(made.gita, asked)
    answer(made.gita, asked, "email")
    whose = {"speaker": speaker_of(made.alice), "conversation_id": asked.id}
    services.conversation_channel_set(**whose, channel="phone")
    outbox_drain()
    row = OutboxMessage.objects.get()
    assert (row.state, row.outcome) == ("refused", "channel_not_chosen")
    assert inbox.letters == []
    with pytest.raises(ChannelUnavailable):
        services.conversation_channel_set(**whose, channel="whatsapp")


@pytest.mark.promise("P37")
def test_the_gate_refuses_what_a_mistake_put_there(made: Cast) -> None:
    """Whatever wrote the row: the gate itself asks what the person chose."""
    conversation = start(made.alice, "phone")
    fates = {}
    for wish in ("phone", "web", "email"):
        Conversation.objects.filter(id=conversation.id).update(channel=wish)
        with transaction.atomic():
            outbox_put(
                template="support_answer",
                recipient=made.alice.subject_id,
                data={"conversation": conversation.id, "message": conversation.id},
            )
        fates[wish] = gate_judge(OutboxMessage.objects.latest("id").id).code
    assert fates == {"phone": "channel_not_chosen", "web": "channel_not_chosen", "email": ""}


def test_a_visitor_is_answered_at_the_address_that_was_given(made: Cast, inbox: Inbox) -> None:
    conversation = take(made.gita, start_visitor(email="alice@ruang.test", name="Sari"))
    answer(made.gita, conversation, "email")
    outbox_drain()
    assert [letter["To"] for letter in inbox.letters] == ["Sari <alice@ruang.test>"] * 2
    assert "/support/link/" in inbox.letters[1].get_body(("plain",)).get_content()


def test_an_answer_whose_words_are_gone_is_not_sent(
    made: Cast, asked: Conversation, inbox: Inbox
) -> None:
    take(made.gita, asked)
    answer(made.gita, asked, "email").delete()
    outbox_drain()
    assert inbox.letters == []
    assert OutboxMessage.objects.get().outcome == "no_longer_true"


def test_a_deactivated_person_is_not_answered(made: Cast, asked: Conversation) -> None:
    take(made.gita, asked)
    Subject.objects.filter(id=made.alice.subject_id).update(state="deactivated")
    with pytest.raises(PurposeRefused):
        answer(made.gita, asked, "email")
    assert not OutboxMessage.objects.exists()


def test_only_the_assigned_person_answers_notes_and_resolves(
    made: Cast, asked: Conversation
) -> None:
    for actor, error in ((made.gita, NotYours), (made.dewi, NotAllowed), (made.hadi, NotAllowed)):
        with pytest.raises(error):
            answer(actor, asked, "email")
    take(made.gita, asked)
    with pytest.raises(NotYours):
        answer(made.made, asked, "email")
    with pytest.raises(NotYours):
        services.conversation_resolve(actor=made.root, conversation_id=asked.id)
    assert Message.objects.count() == 1


def test_nobody_takes_from_a_colleague_who_works_here(made: Cast, asked: Conversation) -> None:
    take(made.gita, asked)
    take(made.gita, asked)
    for thief in (made.made, made.root):
        with pytest.raises(AlreadyTaken):
            take(thief, asked)
        with pytest.raises(AlreadyTaken):
            services.conversation_assign(actor=thief, conversation_id=asked.id, to=thief.subject_id)
    User.objects.filter(id=made.gita.id).update(roles=[])
    assert take(made.made, asked).assignee_id == made.made.subject_id
    verbs = list(asked.events.order_by("at", "id").values_list("verb", flat=True))
    assert verbs == ["opened", "taken", "taken"]


def test_handing_over_tells_the_colleague_and_shuts_it_for_oneself(
    made: Cast, asked: Conversation, inbox: Inbox
) -> None:
    take(made.gita, asked)
    services.conversation_ask_for(actor=made.made, conversation_id=asked.id)
    services.conversation_assign(actor=made.gita, conversation_id=asked.id, to=made.made.subject_id)
    with pytest.raises(NotYours):
        answer(made.gita, asked, "email")
    outbox_drain()
    subjects = [letter["Subject"] for letter in inbox.letters]
    # Gita no longer has it, so the request to hand it over came to nothing.
    assert subjects == [f"Percakapan {asked.number} kini tugas Anda"]
    assert inbox.letters[0]["To"] == "Made Arimbi <made@ruang.test>"
    with pytest.raises(Exception, match="no such colleague|Tidak ada rekan"):
        services.conversation_assign(
            actor=made.made, conversation_id=asked.id, to=made.dewi.subject_id
        )


def test_nobody_answers_themselves(made: Cast) -> None:
    conversation = start(made.gita)
    with pytest.raises(SamePerson):
        take(made.gita, conversation)
    with pytest.raises(SamePerson):
        services.conversation_assign(
            actor=made.made, conversation_id=conversation.id, to=made.gita.subject_id
        )


def test_giving_back_leaves_it_to_others(made: Cast, asked: Conversation) -> None:
    take(made.gita, asked)
    services.conversation_release(actor=made.gita, conversation_id=asked.id)
    asked.refresh_from_db()
    assert (asked.assignee_id, asked.state) == (None, "open")
    assert take(made.made, asked).state == "waiting_for_us"


def test_a_call_is_noted_with_who_and_what(made: Cast, asked: Conversation) -> None:
    take(made.gita, asked)
    services.call_note(
        actor=made.gita, conversation_id=asked.id, caller="Bu Ratna", text="Menanyakan kunci"
    )
    note = Message.objects.latest("at")
    assert (note.kind, note.direction, note.channel) == ("call", "in", "phone")
    assert (str(note.caller), str(note.text)) == ("Bu Ratna", "Menanyakan kunci")


def test_a_caller_without_a_conversation_gets_one(made: Cast) -> None:
    caller = Caller("Pak Tono", "", "0812 3456 7888", "id", "mail")
    conversation = services.conversation_start_call(actor=made.gita, caller=caller, text="Paket?")
    assert conversation.assignee_id == made.gita.subject_id
    assert (conversation.channel, conversation.state) == ("phone", "waiting_for_us")
    assert Contact.objects.get().phone == "+6281234567888"
    with pytest.raises(Exception, match="address or a phone|alamat surel atau nomor"):
        services.conversation_start_call(
            actor=made.gita, caller=Caller("X", "", "", "id", "mail"), text="x"
        )
    with pytest.raises(NotAllowed):
        services.conversation_start_call(actor=made.dewi, caller=caller, text="x")


def test_canned_answers_come_in_the_persons_language(
    made: Cast, asked: Conversation, enter: Any
) -> None:
    ready = CannedAnswer.objects.create(
        topic="booking",
        title_id="Kunci",
        title_en="Keys",
        text_id="Kunci ada di meja.",
        text_en="Your key is at the desk.",
    )
    client = enter(made.gita)
    take(made.gita, asked)
    path = f"/staff/support/{asked.id}"
    form = {"act": "canned", "canned": str(ready.id), "words": "Dear Alice,", "channel": "email"}
    text = client.post(path, form).content.decode()
    assert "Dear Alice,\n\nYour key is at the desk." in text
    assert Message.objects.count() == 1, "nothing was sent yet"
    ready.is_active = False
    ready.save()
    assert "Your key" not in client.post(path, form).content.decode()


def test_the_inbox_searches_by_number_and_never_by_contents(
    made: Cast, asked: Conversation, enter: Any
) -> None:
    client = enter(made.gita)
    found = client.get("/staff/support", {"q": f"#{asked.number}"})
    assert found["Location"] == f"/staff/support/{asked.id}"
    page = client.get("/staff/support", {"q": "417"}).content.decode()
    assert "There is no conversation with this number." in page
    assert SECRET not in page
    for odd in ("x" * 500, "9" * 30, "²", "-1"):
        assert client.get("/staff/support", {"q": odd}).status_code == 200


def test_the_inbox_shows_mine_new_all_and_ended(made: Cast, enter: Any) -> None:
    mine, new, done = start(made.alice), start(made.bob), start(made.charlie)
    take(made.gita, mine)
    take(made.made, done)
    services.conversation_resolve(actor=made.made, conversation_id=done.id)
    shown = {
        show: {row.id for row in selectors.inbox(actor=made.gita, show=show).rows}
        for show in ("mine", "new", "all", "ended")
    }
    assert shown == {
        "mine": {mine.id},
        "new": {new.id},
        "all": {mine.id, new.id},
        "ended": {done.id},
    }
    waiting = selectors.waiting(made.gita)
    assert (waiting.count, waiting.mine) == (2, 1)


def test_the_inbox_costs_the_same_at_one_and_at_thirty(made: Cast, enter: Any) -> None:
    client = enter(made.gita)
    start(made.alice)
    start_visitor()
    client.get("/staff/support")
    with CaptureQueriesContext(connection) as one:
        client.get("/staff/support")
    now = clock.now()
    for count in range(30):
        person = Subject.objects.create()
        contact = Contact.objects.create(subject=person, name=f"Tamu {count}", phone="+62811")
        Conversation.objects.create(
            person=person, contact=contact, topic="mail", opened_at=now, last_at=now
        )
    with CaptureQueriesContext(connection) as thirty:
        page = client.get("/staff/support").content.decode()
    assert len(thirty) == len(one)
    assert page.count("/staff/support/0") == 20


def test_a_thread_costs_the_same_at_one_and_at_thirty(
    made: Cast, asked: Conversation, enter: Any
) -> None:
    client = enter(made.gita)
    take(made.gita, asked)
    answer(made.gita, asked, "email")
    path = f"/staff/support/{asked.id}"
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for count in range(28):
        answer(made.gita, asked, "email", f"Jawaban {count}")
    with CaptureQueriesContext(connection) as thirty:
        page = client.get(path).content.decode()
    assert "Jawaban 27" in page
    assert len(thirty) == len(one)


def test_looks_of_staff_are_in_the_persons_access_log(
    made: Cast, asked: Conversation, enter: Any
) -> None:
    take(made.gita, asked)
    enter(made.gita).get(f"/staff/support/{asked.id}")
    looks = {
        (entry.model, tuple(entry.fields), entry.purpose)
        for entry in AccessEntry.objects.filter(subject=made.alice.subject_id)
    }
    assert ("support.Message", ("caller", "text"), "question") in looks
    assert ("accounts.User", ("email", "full_name", "phone"), "question") in looks
