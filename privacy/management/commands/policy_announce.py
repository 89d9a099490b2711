"""`manage.py policy_announce policy 2`: tell everybody concerned of a new version."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import policy
from privacy.errors import DomainError
from privacy.policy_notices import concerned, policy_announce


class Command(BaseCommand):
    """Announces a version; repeated after an interruption it goes on."""

    help = "Put the notices of a new version of policy or terms into the outbox."

    def add_arguments(self, parser: CommandParser) -> None:
        """The document, its version, and --count to see first how many are concerned."""
        parser.add_argument("document", choices=policy.DOCUMENTS)
        parser.add_argument("number", type=int)
        parser.add_argument("--count", action="store_true", help="only say how many")

    def handle(self, *, document: str, number: int, count: bool, **_options: Any) -> None:
        """Announce, or count."""
        if count:
            self.stdout.write(str(sum(1 for _each in concerned())))
            return
        try:
            notice = policy_announce(document=document, number=number)
        except DomainError as error:
            raise CommandError(error.detail) from None
        self.stdout.write(
            f"{document} {number} was announced at {notice.announced_at:%Y-%m-%d %H:%M} UTC; it"
            " takes effect 14 days after the last notice has left, at the earliest."
        )
