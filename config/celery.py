"""The Celery application and the schedule of the sweeps.

The broker only wakes the worker; rows in PostgreSQL are the truth. So every entry of
the schedule is a sweep that finds its work in the database, and a day without a
scheduler costs a delay, never a loss.
"""

import os
from typing import Any

import django
from celery import Celery
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ruang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_logging(**_: Any) -> None:
    """Keep our log, which holds no personal data; Celery would put its own in its place."""
    from config.scrub import hooks_install  # noqa: PLC0415 - needs the settings

    django.setup()
    hooks_install()


@worker_init.connect
@beat_init.connect
def _check_datamap(**_: Any) -> None:
    """Refuse to start with a table nobody declared; Celery itself ignores failed checks."""
    django.setup()
    from privacy.checks import require_complete  # noqa: PLC0415 - needs the apps to be loaded

    require_complete()


@worker_init.connect
@beat_init.connect
def _check_vault(**_: Any) -> None:
    """Refuse to start with a wrong master key, or another database's vault."""
    django.setup()
    from privacy.vault.startup import require_vault  # noqa: PLC0415

    require_vault()


@task_prerun.connect
def _begin_without_keys(**_: Any) -> None:
    """Each task is a unit of work: it asks the vault for the keys it needs."""
    from privacy.vault.ring import ring  # noqa: PLC0415 - needs the apps to be loaded

    ring().forget()


@task_postrun.connect
def _end_without_keys(**_: Any) -> None:
    """And it ends with none, after telling of sealed values that did not open."""
    from privacy.vault.ring import broken_tell, ring  # noqa: PLC0415

    broken_tell(ring())
    ring().forget()
