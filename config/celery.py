"""The Celery application and the schedule of the sweeps.

The broker only wakes the worker; rows in PostgreSQL are the truth. So every entry of
the schedule is a sweep that finds its work in the database, and a day without a
scheduler costs a delay, never a loss.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ruang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
