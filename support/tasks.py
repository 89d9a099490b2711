"""Celery tasks of the support app: thin, without arguments."""

from celery import shared_task

from support.services import inbound


@shared_task
def inbound_sweep(**_: object) -> None:
    """Work on what a webhook brought and nobody has finished."""
    inbound.inbound_sweep()


@shared_task
def inbound_forget(**_: object) -> None:
    """Delete old webhook events."""
    inbound.inbound_forget()
