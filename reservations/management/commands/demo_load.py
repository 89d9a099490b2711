"""Fill the database with demo places, people and reservations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy import clock
from reservations.demo import demo_load, is_empty


class Command(BaseCommand):
    """`manage.py demo_load [--if-empty]`: safe to repeat."""

    help = "Loads demo locations, spaces, prices, people and reservations. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """--if-empty leaves a database with any location in it alone."""
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="Do nothing when any location exists already.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        if options["if_empty"] and not is_empty():
            self.stdout.write("There are locations already; nothing loaded.")
        elif demo_load(now=clock.now()):
            self.stdout.write("Demo loaded.")
        else:
            self.stdout.write("The demo was here already; nothing loaded.")
