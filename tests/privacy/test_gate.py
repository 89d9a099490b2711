"""The gate: nothing leaves unless everything speaks for it, and each refusal says why."""

from typing import Any

import pytest
from django.db import transaction

from privacy import channels, gate, outbox
from privacy.delivery import outbox_drain
from privacy.gate import register_preference, state_refusal
from privacy.models import Contact, OutboxMessage, Subject
from privacy.outbox import Mail, Message, Template, UnknownTemplate, outbox_put
from tests.cast import Cast
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - a fixture

Category = OutboxMessage.Category
#: What each state of an account still lets through.
ACTIVE = set(Category.values)
STATES = {
    "active": ACTIVE,
    "restricted": {"security", "privacy", "invoice", "reservation", "support"},
    "deactivated": {"security", "privacy"},
    "erasing": set(),
    "erased": set(),
}


def plain(message: Message) -> Mail | None:
    """A letter that names its kind."""
    return Mail(message.template, "text\n", "<p>html</p>")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {f"test_{one}": Template(f"test_{one}", one, plain, one) for one in Category.values}
    monkeypatch.setattr(outbox, "_templates", {**outbox._templates, **known})
    monkeypatch.setattr(gate, "_preferences", {})


def put(cast: Cast, category: str, **more: Any) -> OutboxMessage:
    """A message of the category to Alice."""
    more.setdefault("recipient", cast.alice.subject_id)
    with transaction.atomic():
        outbox_put(template=f"test_{category}", data={}, **more)
    return OutboxMessage.objects.latest("created_at")


def fate(message: OutboxMessage) -> tuple[str, str]:
    """What the delivery made of it."""
    outbox_drain()
    message.refresh_from_db()
    return message.state, message.outcome


@pytest.mark.parametrize("state", sorted(STATES))
@pytest.mark.parametrize("category", sorted(Category.values))
def test_every_category_in_every_state(category: str, state: str) -> None:
    assert (state_refusal(category, state) == "") == (category in STATES[state])


def test_what_nobody_defined_is_refused() -> None:
    assert state_refusal("gossip", "active") == "unknown_category"
    assert state_refusal("security", "sleeping") == "unknown_category"


@pytest.mark.promise("P10")
def test_an_unasked_offer_is_refused_and_says_why(cast: Cast, inbox: Inbox) -> None:  # noqa: F811
    assert fate(put(cast, "reservation")) == ("sent", "sent")
    assert fate(put(cast, "marketing")) == ("refused", "no_consent")
    assert [letter["Subject"] for letter in inbox.letters] == ["test_reservation"]


@pytest.mark.promise("P10")
def test_an_undefined_message_cannot_even_be_written(cast: Cast) -> None:
    with pytest.raises(UnknownTemplate):
        put(cast, "gossip")
    with pytest.raises(channels.UnknownChannel):
        put(cast, "support", channel="pigeon")
    assert not OutboxMessage.objects.exists()


@pytest.mark.promise("P10")
def test_a_row_forged_past_the_services_is_refused(cast: Cast, inbox: Inbox) -> None:  # noqa: F811
    gossip, pigeon = put(cast, "support"), put(cast, "support")
    OutboxMessage.objects.filter(id=gossip.id).update(category="gossip")
    OutboxMessage.objects.filter(id=pigeon.id).update(channel="pigeon")
    assert fate(gossip) == ("refused", "unknown_category")
    assert fate(pigeon) == ("refused", "channel_off")
    assert inbox.letters == []


@pytest.mark.promise("P35")
@pytest.mark.parametrize("category", ["invoice", "statement"])
def test_invoice_and_statement_reach_the_opted_out_and_not_the_deactivated(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
    category: str,
) -> None:
    # Alice never said yes to offers: she is opted out, and offers do not reach her.
    assert fate(put(cast, "marketing")) == ("refused", "no_consent")
    assert fate(put(cast, category)) == ("sent", "sent")
    assert inbox.receivers == ["alice@ruang.test"]

    queued = put(cast, category)
    Subject.objects.filter(id=cast.alice.subject_id).update(state="deactivated")

    assert fate(queued) == ("refused", "subject_deactivated")
    assert fate(put(cast, "security")) == ("sent", "sent")
    assert [letter["Subject"] for letter in inbox.letters] == [f"test_{category}", "test_security"]


@pytest.mark.promise("P60")
def test_a_notice_reaches_those_who_opted_out(cast: Cast, inbox: Inbox) -> None:  # noqa: F811
    assert fate(put(cast, "marketing")) == ("refused", "no_consent")
    for category in ("privacy", "service"):
        assert fate(put(cast, category)) == ("sent", "sent")
    assert len(inbox.letters) == 2


def test_contacts_given_by_others_get_no_offers(cast: Cast, inbox: Inbox) -> None:  # noqa: F811
    guest = Contact.objects.create(subject=Subject.objects.create(), email="tamu@ruang.test")
    offer = put(cast, "marketing", recipient=guest.subject_id, contact=guest.id)
    assert fate(offer) == ("refused", "given_for_another_reason")
    invitation = put(cast, "reservation", recipient=guest.subject_id, contact=guest.id)
    assert fate(invitation) == ("sent", "sent")
    assert inbox.receivers == ["tamu@ruang.test"]


def test_another_channel_than_the_one_asked_for_is_refused(
    cast: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    register_preference("support", lambda _message: frozenset({"phone"}))
    assert fate(put(cast, "support")) == ("refused", "channel_not_chosen")
    assert fate(put(cast, "reservation")) == ("sent", "sent")
    gate._preferences.clear()
    register_preference("support", lambda _message: None)
    assert fate(put(cast, "support")) == ("sent", "sent")
    with pytest.raises(ValueError, match="registered twice"):
        register_preference("support", lambda _message: frozenset())
    with pytest.raises(ValueError, match="registered twice"):
        register_preference("gossip", lambda _message: None)


def test_every_kind_has_a_name_in_words() -> None:
    ours = {name: kind for name, kind in outbox.templates().items() if name[:5] != "test_"}
    assert len(ours) > 15
    assert [name for name, kind in ours.items() if not str(kind.title)] == []


def test_many_are_written_in_one_statement_and_once(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    people = [cast.alice.subject_id, cast.bob.subject_id, cast.charlie.subject_id]
    for _again in range(2):
        with transaction.atomic(), django_assert_num_queries(1):
            outbox.outbox_put_many(
                template="test_service", recipients=people, data={}, dedupe_key="word:1"
            )
    assert sorted(OutboxMessage.objects.values_list("recipient", flat=True)) == sorted(people)
