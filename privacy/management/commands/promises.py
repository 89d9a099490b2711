"""`manage.py promises`: whether each claimed promise still has its tests and its code."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from privacy import promise_claims


class Command(BaseCommand):
    """Checks docs/promises.toml against the code and the tests beside it."""

    help = "Fail when a promise claimed in docs/promises.toml has lost its tests or its code."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say what is wrong, or how many promises are claimed."""
        faults = promise_claims.faults(settings.BASE_DIR)
        if faults:
            raise CommandError("\n".join(faults))
        count = len(promise_claims.claims(settings.BASE_DIR))
        self.stdout.write(f"{count} promises are claimed, each with its tests and its code.")
