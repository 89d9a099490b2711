"""`manage.py token_create EMAIL [--scope …]`: a key for a program, on standard output."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken, User
from accounts.services import token_create
from privacy.errors import DomainError


class Command(BaseCommand):
    """Prints one key and nothing else, so that a script can take it."""

    help = "Makes an API key for the person with this address and prints it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address; scopes (all when none is given), name, days."""
        parser.add_argument("email")
        parser.add_argument(
            "--scope", action="append", choices=ApiToken.Scope.values, help="Repeat for several."
        )
        parser.add_argument("--name", default="Command line")
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        user = User.objects.by_email(options["email"]).select_related("subject").first()
        if user is None or not user.can_sign_in:
            raise CommandError(f"Nobody with the address {options['email']} can sign in.")
        try:
            _token, secret = token_create(
                actor=user,
                name=options["name"],
                scopes=options["scope"] or ApiToken.Scope.values,
                days=options["days"],
            )
        except DomainError as error:
            raise CommandError(error.detail) from None
        self.stdout.write(secret)
