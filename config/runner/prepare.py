"""What a start does before the first page: one Django process, only what is needed.

    migrate, translations, static files, mail catcher, demo data, checks

Each step that depends on files alone leaves a stamp of them and is skipped while the
stamp fits. Run as `python -m config.runner.prepare`; RUANG_DEMO=1 asks for demo data.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from .paths import ROOT, var_dir, write_private

SKIPPED = {".git", ".venv", "var", "__pycache__", "node_modules", "tests"}


def main() -> None:
    """All steps, in order; any failure ends with its own words and status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    migrate()
    vault()
    translate()
    collect()
    if settings.DEVELOPMENT:
        register_own_post()
    if os.environ.get("RUANG_DEMO") == "1":
        demonstrate()
    check()


def migrate() -> None:
    """Bring each database to the newest migration; costs a look when it is there.

    The vault first: a migration that seals what was plain needs its tables.
    """
    for alias in sorted(settings.DATABASES, key=lambda alias: alias != "vault"):
        if settings.DATABASES[alias].get("TEST", {}).get("MIRROR"):
            continue
        executor = MigrationExecutor(connections[alias])
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            print(f"{len(waiting)} migrations on database {alias}", flush=True)
            call_command("migrate", database=alias, interactive=False, verbosity=0)


def vault() -> None:
    """Refuse a wrong master key with a sentence, before anything is served."""
    from privacy.vault.startup import require_vault

    require_vault()


def translate() -> None:
    """Compile the translations when a catalogue is newer than what was made of it."""
    stale = [path for path in _project_files("*.po") if _older(path.with_suffix(".mo"), path)]
    if stale and "messages" in get_commands():
        call_command("messages", "compile")


def _older(made: Path, source: Path) -> bool:
    """Whether a made file is missing or older than its source."""
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def collect() -> None:
    """Collect static files when one has changed, compressed and with hashed names."""
    files = [
        Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])
    ]
    if os.environ.get("RUANG_DEVELOPMENT") == "1":
        # Compressing the files takes half a minute and saves nothing over loopback; the
        # names and the manifest are the same, so the web server's storage reads them.
        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        }
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not (manifest.exists() and _fresh("static", files)):
        print("collecting static files", flush=True)
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        _stamp("static", files)


def register_own_post() -> None:
    """Enter this machine's mail catcher as the processor of mail; without one nothing leaves."""
    if "processor_add" in get_commands():
        call_command("processor_add", "--development", verbosity=0)


def demonstrate() -> None:
    """Load the demo people and rooms into an empty database, and note who they are."""
    commands = get_commands()
    if "demo_load" in commands:
        call_command("demo_load", "--if-empty")
    if "demo_people" in commands:
        people = io.StringIO()
        with contextlib.redirect_stdout(people):
            call_command("demo_people", stdout=people)
        write_private(var_dir() / "run" / "people.txt", people.getvalue())
    if "demo_support" in commands:
        with contextlib.redirect_stdout(io.StringIO()):
            call_command("demo_support")


def check() -> None:
    """Django's checks and the data map's, again only when code has changed."""
    files = list(_project_files("*.py"))
    if not _fresh("check", files):
        call_command("check")
        _stamp("check", files)


def _project_files(pattern: str) -> Iterable[Path]:
    """Files of the project, without what is installed or written."""
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and folder.name not in SKIPPED:
            yield from folder.rglob(pattern)


def _digest(files: Iterable[Path]) -> str:
    """A fingerprint of names, sizes and times, cheap enough for every start."""
    facts = []
    for path in files:
        stat = path.stat()
        facts.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    facts.append(f"{sys.version} {django.__version__}")
    return sha256("\n".join(sorted(facts)).encode()).hexdigest()


def _fresh(name: str, files: Iterable[Path]) -> bool:
    """Whether the step was done for exactly these files."""
    path = var_dir() / "run" / f"{name}.stamp"
    return path.exists() and path.read_text() == _digest(files)


def _stamp(name: str, files: Iterable[Path]) -> None:
    """Remember that the step was done; written last, so a killed step is redone."""
    write_private(var_dir() / "run" / f"{name}.stamp", _digest(files))


if __name__ == "__main__":
    main()
