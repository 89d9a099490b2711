"""The commands behind the Makefile; each begins by installing what it needs."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

from .bootstrap import ensure_installed
from .paths import ROOT
from .trouble import Trouble


def main(arguments: list[str]) -> None:
    """Run one command; a trouble becomes a sentence and status 1."""
    name, rest = (arguments[0] if arguments else "help"), arguments[1:]
    command = COMMANDS.get(name)
    try:
        if command is None:
            raise Trouble(f"There is no command {name!r}.", f"One of: {', '.join(COMMANDS)}")
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        command(rest)
    except KeyboardInterrupt:
        sys.exit(130)
    except Trouble as trouble:
        print(f"\n{trouble.sentence}", file=sys.stderr)
        if trouble.way_out:
            print(f"What helps: {trouble.way_out}", file=sys.stderr)
        sys.exit(1)


def _inside(kind: str, arguments: list[str]) -> bool:
    """Install, then go on in the environment's Python; true when we are there already."""
    python = ensure_installed(kind)
    if os.environ.pop("RUANG_INSIDE", "") == "1":
        return True
    environment = {**os.environ, "RUANG_INSIDE": "1"}
    os.chdir(ROOT)
    os.execve(python, [str(python), "-m", "config.runner", *arguments], environment)  # noqa: S606
    return False


def run(rest: list[str]) -> None:
    """Everything up in the foreground."""
    if _inside("base", ["run", *rest]):
        from .supervisor import Supervisor  # noqa: PLC0415 - after the installation

        Supervisor().run()


def stack(rest: list[str]) -> None:
    """The embedded servers alone."""
    if _inside("base", ["stack", *rest]):
        from .supervisor import Supervisor  # noqa: PLC0415

        Supervisor().stack()


def test(rest: list[str]) -> None:
    """The tests, in a real browser too."""
    if _inside("dev", ["test", *rest]):
        from .browser import ensure_chromium  # noqa: PLC0415

        os.environ["CHROMIUM"] = ensure_chromium()
        arguments = rest or ["-n", "2", "--dist", "loadfile"]
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606


def check(rest: list[str]) -> None:
    """The static checks."""
    if _inside("dev", ["check", *rest]):
        from .checks import run_checks  # noqa: PLC0415

        sys.exit(run_checks(rest))


def install(rest: list[str]) -> None:
    """Install only: `install base` or `install dev`."""
    kind = rest[0] if rest else "base"
    if kind not in ("base", "dev"):
        raise Trouble(f"There is no set of requirements {kind!r}.", "install base, or install dev")
    ensure_installed(kind)
    print(f"Installed: requirements/{kind}.txt")


def python(rest: list[str]) -> None:
    """A program of the development environment: `python -m pytest`, `python manage.py …`."""
    interpreter = ensure_installed("dev")
    os.chdir(ROOT)
    os.execv(interpreter, [str(interpreter), *rest])  # noqa: S606


def lock(rest: list[str]) -> None:
    """Compile requirements/*.txt from *.in; the files name no address and no machine."""
    ensure_installed("base")
    uv = ROOT / ".venv" / "bin" / "uv"
    program = str(uv) if uv.exists() else shutil.which("uv")
    if program is None:
        raise Trouble("uv is missing.", "python3 -m config.runner install base")
    options = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    options += ["--no-header", "--no-annotate", "--quiet", *rest]
    for name in ("uv", "base", "dev"):
        argv = [program, "pip", "compile", *options, f"{name}.in", "-o", f"{name}.txt"]
        if subprocess.run(argv, cwd=ROOT / "requirements", check=False).returncode != 0:
            raise Trouble(f"requirements/{name}.in cannot be resolved; uv's words are above.")


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "run": run,
    "stack": stack,
    "test": test,
    "check": check,
    "install": install,
    "python": python,
    "lock": lock,
}
