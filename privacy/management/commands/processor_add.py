"""`manage.py processor_add`: enter a processor without a page, e.g. on a fresh installation."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.errors import DomainError
from privacy.models import Processor
from privacy.processor_services import ProcessorFacts, processor_add
from privacy.processors import services, today

DEVELOPMENT = "Ruang development"


class Command(BaseCommand):
    """Adds one entry; with --if-missing only when nobody does the service yet."""

    help = "Enters a processor in the register. Nothing leaves over a service without one."

    def add_arguments(self, parser: CommandParser) -> None:
        """The fields of an entry."""
        parser.add_argument("--service", help=f"One of {', '.join(sorted(services()))}.")
        parser.add_argument("--name", help="The company.")
        parser.add_argument("--from", dest="begins", type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--until", type=date.fromisoformat, help="YYYY-MM-DD; none: open.")
        parser.add_argument("--region", default="", help="Two letters of the country, e.g. ID.")
        parser.add_argument("--mechanism", default="", choices=["", *Processor.Mechanism.values])
        parser.add_argument("--contact", default="", help="Address for privacy matters.")
        parser.add_argument("--categories", default="", help="Of the data map, with commas.")
        parser.add_argument("--if-missing", action="store_true")
        parser.add_argument(
            "--development",
            action="store_true",
            help="Enter this machine's mail catcher, and the sign-in provider if one is set.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Add, and say what was added."""
        if options["development"]:
            self._add_development()
            return
        if not (options["service"] and options["name"] and options["begins"]):
            raise CommandError("--service, --name and --from are needed.")
        if options["if_missing"] and _exists(options["service"]):
            self.stdout.write("There is a processor for it already; nothing added.")
            return
        facts = ProcessorFacts(
            name=options["name"],
            service=options["service"],
            contract_from=options["begins"],
            contract_until=options["until"],
            region=options["region"].upper(),
            mechanism=options["mechanism"],
            contact=options["contact"],
            categories=[word.strip() for word in options["categories"].split(",") if word.strip()],
        )
        try:
            made = processor_add(actor=None, facts=facts)
        except DomainError as error:
            raise CommandError(error.detail) from None
        self.stdout.write(f"Added {made.name} for {made.service}.")

    def _add_development(self) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("This is not a development installation.")
        wanted = {"email": ["contact", "message"]}
        if settings.SOCIAL_AUTH_GOOGLE_OAUTH2_KEY:
            wanted["google_sign_in"] = ["contact"]
        for service, categories in wanted.items():
            if not _exists(service):
                facts = ProcessorFacts(
                    name=DEVELOPMENT,
                    service=service,
                    contract_from=today(),
                    region="ID",
                    mechanism=Processor.Mechanism.DOMESTIC,
                    categories=categories,
                )
                processor_add(actor=None, facts=facts)


def _exists(service: str) -> bool:
    return Processor.objects.filter(service=service).exists()
