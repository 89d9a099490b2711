"""`manage.py messages update|set|compile|check`: the Indonesian texts of every app."""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from frontend import catalogues


class Command(BaseCommand):
    """Keep, fill, compile and check the message catalogues."""

    help = (
        "update: take over new messages. set: read msgid<TAB>msgstr (or context<TAB>msgid"
        "<TAB>msgstr) lines. compile: write .mo files. check: fail when anything is missing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word: what to do."""
        parser.add_argument("what", choices=["update", "set", "compile", "check"])

    def handle(self, *, what: str, **options: Any) -> None:
        """Do it for every app of the project."""
        act: Callable[[], None] = getattr(self, f"_{what}")
        act()

    def _update(self) -> None:
        with locked():
            for folder in folders():
                catalogues.catalogue_update(folder)

    def _set(self) -> None:
        pairs = dict(self._pairs())
        used: set[catalogues.Key] = set()
        with locked():
            for folder in folders():
                catalogue = catalogues.catalogue_update(folder)
                for entry in catalogue:
                    key = catalogues.Key(entry.msgctxt or "", entry.msgid)
                    if key in pairs:
                        catalogues.translation_set(entry, pairs[key])
                        used.add(key)
                if len(catalogue):
                    path = catalogues.catalogue_path(folder)
                    path.write_text(str(catalogue), encoding="utf-8")
        unknown = [key.singular for key in pairs if key not in used]
        if unknown:
            raise CommandError("no code uses these messages:\n  " + "\n  ".join(unknown))

    def _pairs(self) -> Iterator[tuple[catalogues.Key, str]]:
        for line in sys.stdin.read().splitlines():
            if not line.strip():
                continue
            parts = [part.replace("\\n", "\n") for part in line.split("\t")]
            if len(parts) not in {2, 3}:
                raise CommandError(f"expected msgid<TAB>msgstr: {line!r}")
            context, singular, text = parts if len(parts) == 3 else ["", *parts]
            yield catalogues.Key(context, singular), text

    def _compile(self) -> None:
        for folder in folders():
            catalogue = catalogues.catalogue_read(folder)
            if len(catalogue):
                target = catalogues.catalogue_path(folder).with_suffix(".mo")
                scratch = target.with_suffix(".mo.new")
                catalogue.save_as_mofile(str(scratch))
                scratch.replace(target)

    def _check(self) -> None:
        wrong = []
        for folder in folders():
            stored = catalogues.catalogue_read(folder)
            known = {(entry.msgctxt or "", entry.msgid) for entry in stored}
            needed = catalogues.messages_of(folder)
            lacking = [key for key in sorted(needed) if (key.context, key.singular) not in known]
            wrong += [f"{folder.name}: not in the catalogue: {key.singular!r}" for key in lacking]
            wrong += [f"{folder.name}: {fault}" for fault in catalogues.faults(stored)]
        if wrong:
            raise CommandError("\n".join(wrong))


def folders() -> list[Path]:
    """The project's own apps, and config, which is no app but speaks too."""
    base = Path(settings.BASE_DIR)
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == base]
    return [*own, base / "config"]


@contextmanager
def locked() -> Iterator[None]:
    """One writer of catalogues at a time."""
    with (Path(settings.BASE_DIR) / "manage.py").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
