"""Fill in canned answers and the demo people's conversations."""

from typing import Any

from django.core.management.base import BaseCommand

from support.demo import demo_load


class Command(BaseCommand):
    """`manage.py demo_support`: safe to repeat."""

    help = "Loads demo canned answers and conversations. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        done = demo_load()
        self.stdout.write("Demo loaded." if done else "There was some already; nothing loaded.")
