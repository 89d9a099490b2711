"""`make check`: every static check, two at a time, all of them even when one fails."""

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .paths import ROOT
from .trouble import Trouble

PYTHON = sys.executable
BIN = Path(PYTHON).parent
EXAMPLE = ROOT / "config" / "deploy" / "env.example"
COMPOSE = ROOT / "docker-compose.yml"
SECONDS = 600


@dataclass(frozen=True)
class Check:
    """One command; `environment` is added to ours."""

    name: str
    argv: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How a check went."""

    check: Check
    passed: bool
    seconds: float
    output: str


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [PYTHON, "manage.py", *arguments]


def production() -> dict[str, str]:
    """An environment as in production, with secrets nobody uses and servers nobody asks."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "VAULT_MASTER_KEY": secrets.token_urlsafe(32) + "=",
        "DATABASE_URL": "postgresql://ruang:unused@127.0.0.1:1/ruang",
        "VAULT_DATABASE_URL": "postgresql://vault:unused@127.0.0.1:1/ruang_vault",
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "SITE_URL": "https://ruang.test",
        "ALLOWED_HOSTS": "ruang.test",
        "RUANG_DEVELOPMENT": "0",
    }


def all_checks() -> list[Check]:
    """The list; the slow ones first, so that two at a time end together."""
    compose = [str(BIN / "docker-compose"), "--env-file", str(EXAMPLE), "config", "-q"]
    schema = ["--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    return [
        # The types plugin loads the settings, which want values but no servers.
        Check("types", [PYTHON, "-m", "mypy"], production()),
        Check("schema", manage("schema_check")),
        Check("migrations", manage("makemigrations", "--check", "--dry-run")),
        Check("system", manage("check")),
        Check(
            "production",
            manage("check", "--deploy", "--fail-level", "WARNING"),
            production(),
        ),
        Check("messages", manage("messages", "check")),
        Check("promises", manage("promises")),
        Check("templates", [PYTHON, "-m", "djlint", "--lint", "--quiet", "."]),
        Check("imports", [str(BIN / "lint-imports")]),
        Check("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        Check("lint", [PYTHON, "-m", "ruff", "check", "."]),
        Check("compose", compose, {"COMPOSE_FILE": str(COMPOSE)}),
        Check("compose-schema", [str(BIN / "check-jsonschema"), *schema]),
    ]


def perform(check: Check) -> Result:
    """Run one check and say at once how it went."""
    begun = time.monotonic()
    environment = {**os.environ, **check.environment, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            check.argv,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        passed, output = done.returncode == 0, done.stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        passed, output = False, str(error)
    result = Result(check, passed, time.monotonic() - begun, output.strip())
    print(f"{'ok  ' if passed else 'FAIL'} {check.name:<15} {result.seconds:6.1f} s", flush=True)
    return result


def run_checks(names: list[str]) -> int:
    """Run all, or those named; print what failed; the exit status."""
    checks = all_checks()
    unknown = set(names) - {check.name for check in checks}
    if unknown:
        known = ", ".join(check.name for check in checks)
        raise Trouble(f"No such check: {', '.join(sorted(unknown))}.", f"One of: {known}")
    chosen = [check for check in checks if not names or check.name in names]
    begun = time.monotonic()
    # One command starts the embedded servers when none run; the others find them.
    from .stack import ensure_environment

    ensure_environment()
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(perform, chosen))
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(f"\n--- {result.check.name}: {' '.join(result.check.argv)}\n{result.output}")
    count = f"{len(results) - len(failed)} of {len(results)} checks passed"
    print(f"\n{count} in {time.monotonic() - begun:.1f} s")
    return 1 if failed else 0
