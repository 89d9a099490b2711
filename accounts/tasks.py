"""Work the scheduler starts; each is a sweep that finds its rows itself."""

from celery import shared_task

from accounts.services.tidy import tidy


@shared_task(name="accounts.tasks.tidy_sweep")
def tidy_sweep(**_later: object) -> None:
    """Delete what has served its time."""
    tidy()
