"""`manage.py audits_overdue`: for cron or systemd, an alarm that needs no worker."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from privacy.audits import overdue


class Command(BaseCommand):
    """Lists late audits and exits with 1 when there are any."""

    help = "Exit 1 and a list when an audit of the calendar is overdue."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """A line an audit: how many days late, its code."""
        late = overdue()
        for standing in late:
            self.stdout.write(f"{-standing.days} days late: {standing.audit.code}")
        if late:
            sys.exit(1)
        self.stdout.write("No audit is overdue.")
