"""A make that starts `make stack`'s work, and is signalled without its children."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from config.runner.paths import ROOT
from tests.runner.harness import OURS, wait_for


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # As below nohup: make then ignores SIGHUP, and an interrupt must still end it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def make_ends_after(var: Path, folder: Path, number: signal.Signals) -> None:
    """Start a make of its own, signal it alone, and see it end within ten seconds."""
    log = folder / f"{number.name}.txt"
    script = "from config.runner.supervisor import Supervisor; Supervisor().stack()"
    (folder / "Makefile").write_text(f"stack:\n\t@{sys.executable} -c '{script}'\n")
    environment = {k: v for k, v in os.environ.items() if k not in OURS}
    environment |= {"RUANG_VAR": str(var), "PYTHONPATH": str(ROOT)}
    # A make must not believe that it is part of the one which runs these tests.
    for name in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS"):
        environment.pop(name, None)
    with log.open("w") as output:
        make = subprocess.Popen(
            ["make", "-C", str(folder), "stack"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # A run in a shell's background inherits SIGINT ignored, and so would make.
            preexec_fn=_heed_interrupts,
        )
    try:
        assert wait_for(lambda: "CELERY_BROKER_URL=" in log.read_text(), 30), log.read_text()
        make.send_signal(number)
        make.wait(10)
    finally:
        if make.poll() is None:
            os.killpg(make.pid, signal.SIGTERM)
            make.wait(20)
