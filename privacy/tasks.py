"""The ground floor's tasks: identifiers only, thin (trap 3)."""

from uuid import UUID

from celery import shared_task

from privacy.access import access_forget
from privacy.activity import activity_roll_up
from privacy.alerts import reads_watch
from privacy.announcements import announcements_send
from privacy.audits import overdue_tell
from privacy.delivery import outbox_drain
from privacy.policy_notices import notices_settle
from privacy.preferences import profiles_tidy
from privacy.vault.upkeep import orphans_sweep
from privacy.watching import processors_watch


@shared_task
def outbox_deliver(message_id: str, **_: object) -> None:
    """Send one message now, ahead of a backlog, then what else is due."""
    outbox_drain(UUID(message_id))


@shared_task
def outbox_sweep(**_: object) -> None:
    """Send what is due: what no wake-up announced, what failed before, what was left leased."""
    outbox_drain()


@shared_task
def access_sweep(**_: object) -> None:
    """Delete the entries of the access log that have served their time."""
    access_forget()


@shared_task
def processors_sweep(**_: object) -> None:
    """Tell the privacy officers of contracts that end."""
    processors_watch()


@shared_task
def notices_sweep(**_: object) -> None:
    """Note which announcements of policy versions are finished."""
    notices_settle()


@shared_task
def audits_sweep(**_: object) -> None:
    """Tell the officers of audits whose day has passed."""
    overdue_tell()


@shared_task
def reads_sweep(**_: object) -> None:
    """Notice members of staff who read unusually many people's data."""
    reads_watch()


@shared_task
def activity_sweep(**_: object) -> None:
    """Count old activity without its people; delete what nobody consents to any more."""
    activity_roll_up()
    profiles_tidy()


@shared_task
def announcements_sweep(**_: object) -> None:
    """Write the next messages of announcements that were let go."""
    announcements_send()


@shared_task
def vault_orphans_sweep(**_: object) -> None:
    """Delete keys that have led to nobody for a week."""
    orphans_sweep()
