"""A Chromium for the tests: the one given, the system's, or one that is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .trouble import Trouble

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def ensure_chromium() -> str:
    """The path of a Chromium, installed when there is none."""
    given = os.environ.get("CHROMIUM")
    if given:
        path = shutil.which(given)
        if path is None:
            raise Trouble(f"CHROMIUM={given} is no program.", "Give its path, or unset it.")
        return path
    return _found() or _from_system() or _from_playwright()


def _found() -> str | None:
    """One on the PATH."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _from_system() -> str | None:
    """Root on Debian installs the system's: it brings its libraries."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    print("Installing chromium for the tests (once) ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for argv in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            argv, env=environment, check=False, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        if done.returncode != 0:
            return None
    return _found()


def _from_playwright() -> str:
    """Playwright's own build, in the user's cache; needs no rights."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    script = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    ).stdout.strip()
    if not said or not Path(said).exists():
        raise Trouble(
            "There is no Chromium for the tests and none could be installed.",
            "Install one (apt-get install chromium) or set CHROMIUM to its path.",
        )
    return said
