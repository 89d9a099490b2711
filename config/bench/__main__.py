"""`python -m config.bench [NAME]`: measure, print, and fail when a target is missed."""

import contextlib
import importlib
import subprocess
import sys
from pathlib import Path

from config.bench.stand import SMALL, stand

#: With a stand of servers around it, or (False) bringing its own.
NAMES = {"search": True, "booking": True, "timeline": True, "vault": True, "start": False}


def main(arguments: list[str]) -> int:
    """Run the named measurement here, or each of them in a process of its own."""
    if not arguments:
        codes = [
            subprocess.run(  # noqa: S603 - a name of ours
                [sys.executable, "-m", "config.bench", name], check=False
            ).returncode
            for name in NAMES
        ]
        return max(codes)
    name = arguments[0]
    if name not in NAMES:
        sys.stderr.write(f"There is no measurement {name!r}. One of: {', '.join(NAMES)}\n")
        return 2
    sys.stdout.write(f"{name}, on {machine()}\n")
    if SMALL:
        sys.stdout.write("BENCH_SMALL=1: these figures mean nothing.\n")
    with stand() if NAMES[name] else contextlib.nullcontext():
        figures = importlib.import_module(f"config.bench.{name}").run()
    sys.stdout.write("".join(f"{figure.line()}\n" for figure in figures))
    return 1 if any(figure.met is False for figure in figures) else 0


def machine() -> str:
    """The processor and memory, in a few words."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return "this machine"
    lines = info.read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")
    cores = sum(line.startswith("processor") for line in lines)
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1_000_000
    return f"{cores} cores of {model}, {memory} GB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
