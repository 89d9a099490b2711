"""`manage.py schema_check`: is the committed OpenAPI document the one the code makes?"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.validation import validate_schema


class Command(BaseCommand):
    """Compares, or with --write renews, docs/openapi.yaml."""

    help = "Fails when docs/openapi.yaml differs from the API, or the API's document is faulty."

    def add_arguments(self, parser: CommandParser) -> None:
        """--write renews the file."""
        parser.add_argument("--write", action="store_true", help="Write docs/openapi.yaml.")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        """Make, validate, then write or compare."""
        made = self._document()
        path = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
        if write:
            path.write_text(made)
            self.stdout.write(f"Wrote {path.name}.")
        elif not path.exists() or path.read_text() != made:
            raise CommandError("docs/openapi.yaml is outdated: manage.py schema_check --write")

    def _document(self) -> str:
        GENERATOR_STATS.reset()
        with translation.override("en"), GENERATOR_STATS.silence():
            generator = spectacular_settings.DEFAULT_GENERATOR_CLASS()
            schema = generator.get_schema(request=None, public=True)
        if GENERATOR_STATS:
            faults = [*GENERATOR_STATS._error_cache, *GENERATOR_STATS._warn_cache]
            raise CommandError("\n".join(map(str, faults)))
        validate_schema(schema)  # type: ignore[no-untyped-call]
        made: bytes = OpenApiYamlRenderer().render(  # type: ignore[no-untyped-call]
            schema, renderer_context={}
        )
        return made.decode()
