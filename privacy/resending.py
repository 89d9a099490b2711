"""Send a message again that was given up or refused."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import clock
from privacy.errors import DomainError
from privacy.models import OutboxMessage
from privacy.wake import Wake


class NotResendable(DomainError):
    """The message is waiting, on its way, or has arrived."""

    code = "not_resendable"
    status = 409


def outbox_send_again(*, message_id: UUID) -> None:
    """Queue one message anew; the gate is asked again. Raises NotResendable.

    The update is conditional, so that two who press at once send one message.
    """
    ended = (OutboxMessage.State.DEAD, OutboxMessage.State.REFUSED)
    with transaction.atomic():
        changed = OutboxMessage.objects.filter(id=message_id, state__in=ended).update(
            state=OutboxMessage.State.QUEUED, due_at=clock.now(), attempts=0, outcome=""
        )
        if not changed:
            raise NotResendable(_("Only a message that was given up or refused is sent again."))
        transaction.on_commit(Wake(message_id), robust=True)
