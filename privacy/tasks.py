"""The outbox's tasks: identifiers only, thin (trap 3)."""

from uuid import UUID

from celery import shared_task

from privacy.delivery import outbox_drain


@shared_task
def outbox_deliver(message_id: str, **_: object) -> None:
    """Send one message now, ahead of a backlog, then what else is due."""
    outbox_drain(UUID(message_id))


@shared_task
def outbox_sweep(**_: object) -> None:
    """Send what is due: what no wake-up announced, what failed before, what was left leased."""
    outbox_drain()
