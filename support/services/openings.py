"""Break-glass on private messages (promise P25): one asks, another approves, the person knows.

Nobody reads the contents of a conversation but the person and whoever it is assigned to.
On one of three grounds somebody may ask to read all the same. A second person, with an
account of their own and the right to approve, decides within the hour. An approved opening
lets the one who asked read, for half an hour; each reading is recorded; the person is told
at once who, when and why, in the conversation and by mail.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import InputRefused
from accounts.models import User
from accounts.rules import line_clean
from privacy import clock
from privacy.access import access_note
from privacy.consent import purpose_require
from privacy.errors import Broken, NotFound
from privacy.outbox import outbox_put
from privacy.staff import staff_tell
from support.errors import OpeningDecided, SamePerson, SealedConversation
from support.models import Conversation, Opening
from support.rules import ASK_FOR, OPEN_FOR, REASON_LENGTH, is_open, is_pending
from support.services.common import Verb, act, conversation_lock, event_add, require

State = Opening.State


def opening_ask(*, actor: User, conversation_id: UUID, ground: str, reason: str) -> Opening:
    """Ask to read a conversation that is not one's own. `reason` is read by the person.

    A request that still waits is answered with itself.
    """
    require(actor, "support.ask_opening")
    if ground not in Opening.Ground.values:
        raise InputRefused([Broken("ground", _("Choose one of the three grounds."), "ground")])
    words = line_clean(reason, field="reason", required=True, most=REASON_LENGTH)
    with act():
        conversation = conversation_lock(conversation_id)
        _require_other(actor.subject_id, conversation.person_id)
        now = clock.now()
        asked = conversation.openings.filter(requester=actor.subject_id, state=State.ASKED)
        for earlier in asked:
            if is_pending(earlier, now):
                return earlier
            _decide(earlier, State.WITHDRAWN, None)
        opening = Opening.objects.create(
            conversation=conversation,
            requester_id=actor.subject_id,
            ground=ground,
            reason=words,
            asked_at=now,
            until=now + ASK_FOR,
        )
        _record(opening, Verb.GLASS_ASKED, actor.subject_id)
        staff_tell(
            "privacy_officer", template="support_opening_asked", data={"opening": opening.id}
        )
    return opening


def opening_approve(*, actor: User, opening_id: UUID) -> Opening:
    """Let the one who asked read for half an hour, and tell the person. Raises SamePerson."""
    with act():
        opening = _to_decide(actor, opening_id)
        opening.until = clock.now() + OPEN_FOR
        _decide(opening, State.APPROVED, actor.subject_id)
        _record(opening, Verb.GLASS_APPROVED, actor.subject_id)
        outbox_put(
            template="support_opened",
            recipient=opening.conversation.person_id,
            contact=opening.conversation.contact_id,
            data={"opening": opening.id},
            dedupe_key=f"support-opened:{opening.id}",
        )
    return opening


def opening_refuse(*, actor: User, opening_id: UUID) -> Opening:
    """The ground does not carry it; nothing is opened."""
    with act():
        opening = _to_decide(actor, opening_id)
        _decide(opening, State.REFUSED, actor.subject_id)
        _record(opening, Verb.GLASS_REFUSED, actor.subject_id)
    return opening


def opening_withdraw(*, actor: User, opening_id: UUID) -> Opening:
    """The one who asked does not need it any more."""
    with act():
        opening = _locked(opening_id)
        if opening.requester_id != actor.subject_id:
            raise NotFound(_("There is no such request."))
        _require_pending(opening)
        _decide(opening, State.WITHDRAWN, None)
        _record(opening, Verb.GLASS_WITHDRAWN, actor.subject_id)
    return opening


def contents_require(*, actor: User, conversation_id: UUID) -> Opening | None:
    """The right to read the contents now: None by assignment, else the opening that gives it.

    Every other look raises SealedConversation (403), and is recorded all the same.
    """
    conversation = Conversation.objects.filter(id=conversation_id).first()
    if conversation is None:
        raise NotFound(_("There is no such conversation."))
    opening = None
    if not (actor.may("support.answer") and conversation.assignee_id == actor.subject_id):
        opening = opening_of(actor, conversation)
        verb = Verb.GLASS_READ if opening else Verb.REFUSED
        data = {"opening": str(opening.id)} if opening else {}
        with act():
            event_add(conversation, verb, actor_id=actor.subject_id, data=data)
        if opening is None:
            raise SealedConversation(_("Only the assigned person may read this conversation."))
    else:
        purpose_require(conversation.person_id, "support")
    access_note(
        actor,
        subject_ids=[conversation.person_id],
        purpose="question",
        model="support.Message",
        fields=("text", "caller"),
    )
    return opening


def opening_of(actor: User, conversation: Conversation) -> Opening | None:
    """The actor's opening that opens at this moment, if any."""
    if not actor.may("support.ask_opening"):
        return None
    now = clock.now()
    rows = conversation.openings.filter(
        requester=actor.subject_id, state=State.APPROVED, until__gt=now
    )
    return next((row for row in rows.order_by("-until") if is_open(row, now)), None)


def _to_decide(actor: User, opening_id: UUID) -> Opening:
    require(actor, "support.approve_opening")
    opening = _locked(opening_id)
    if actor.subject_id == opening.requester_id:
        raise SamePerson(_("A second person has to decide about this."))
    _require_other(actor.subject_id, opening.conversation.person_id)
    _require_pending(opening)
    return opening


def _locked(opening_id: UUID) -> Opening:
    """The request, under the lock of its conversation."""
    conversation_id = (
        Opening.objects.filter(id=opening_id).values_list("conversation_id", flat=True).first()
    )
    if conversation_id is None:
        raise NotFound(_("There is no such request."))
    conversation = conversation_lock(conversation_id)
    opening = Opening.objects.get(id=opening_id)
    opening.conversation = conversation
    return opening


def _require_pending(opening: Opening) -> None:
    if not is_pending(opening, clock.now()):
        raise OpeningDecided(_("This request is decided already, or its time is over."))


def _require_other(actor_id: UUID, person_id: UUID) -> None:
    if actor_id == person_id:
        raise SamePerson(_("This is your own conversation; you read it on your own page."))


def _decide(opening: Opening, state: str, decider: UUID | None) -> None:
    opening.state, opening.decider_id = state, decider
    opening.decided_at = clock.now()
    opening.save(update_fields=["state", "decider_id", "decided_at", "until"])


def _record(opening: Opening, verb: str, actor_id: UUID) -> None:
    data = {"opening": str(opening.id)}
    event_add(opening.conversation, verb, actor_id=actor_id, data=data)
