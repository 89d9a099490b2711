"""What every write of this app shares: its transaction, the locks, the event, who may."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.errors import NotAllowed, NotFound
from privacy.models import Subject
from privacy.services import SubjectGone
from support.models import Conversation, ConversationEvent

Verb = ConversationEvent.Verb
#: Whoever is not being erased may ask and be answered: a restriction of the use of one's
#: data, or an account set aside, must not shut the mouth of the person who asked for it.
SPEAKING = {Subject.State.ACTIVE, Subject.State.RESTRICTED, Subject.State.DEACTIVATED}


def act() -> AbstractContextManager[None]:
    """The transaction of one act; the outermost, so that leaving it is the commit."""
    return transaction.atomic(durable=True)


def person_lock(subject_id: UUID) -> None:
    """Lock the person FOR SHARE, first in the one lock order; raise SubjectGone in erasure."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM privacy_subject WHERE id = %s FOR SHARE", [subject_id])
        found = cursor.fetchone()
    if found is None or found[0] not in SPEAKING:
        raise SubjectGone(_("This person's data is being erased; nothing was written."))


def conversation_lock(conversation_id: UUID) -> Conversation:
    """The person, then the conversation, locked until the act ends; NotFound when gone."""
    rows = Conversation.objects.filter(id=conversation_id)
    person_id = rows.values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound(_("There is no such conversation."))
    person_lock(person_id)
    locked = rows.select_for_update(no_key=True, of=("self",)).select_related("contact").first()
    if locked is None:
        raise NotFound(_("There is no such conversation."))
    return locked


def event_add(
    conversation: Conversation,
    verb: str,
    *,
    actor_id: UUID | None,
    data: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> None:
    """Record what happened; `data` holds identifiers and codes only, never names."""
    ConversationEvent.objects.create(
        conversation=conversation,
        actor_id=actor_id,
        verb=verb,
        data=dict(data or {}),
        at=at or clock.now(),
    )


def require(actor: User, act_name: str) -> None:
    """Raise NotAllowed unless a role of the actor includes the act."""
    if not actor.may(act_name):
        raise NotAllowed(_("Your role does not include this."))


def state_change(conversation: Conversation, **values: object) -> None:
    """Write these fields of the locked row."""
    for name, value in values.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(values))
