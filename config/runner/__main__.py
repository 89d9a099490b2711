"""`python3 -m config.runner COMMAND`: what the Makefile calls.

This file alone is written so that an old Python can read it and say what is missing.
"""

import os
import shutil
import sys

OLDEST = (3, 11)


def newer_python():  # type: ignore[no-untyped-def]
    """The path of a Python on this machine that is new enough, or None."""
    for minor in (14, 13, 12, 11):
        path = shutil.which("python3." + str(minor))
        if path:
            return path
    return None


def main():  # type: ignore[no-untyped-def]
    """Hand over to a Python that is new enough, then to the command."""
    if sys.version_info < OLDEST:
        path = newer_python()  # type: ignore[no-untyped-call]
        if path:
            os.execv(path, [path, "-m", "config.runner"] + sys.argv[1:])  # noqa: S606
        sys.exit(
            "Ruang needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + ".\n"
            "On Debian 12, Ubuntu 24.04 or newer: apt-get install python3 python3-venv. "
            "Or: make run PYTHON=/path/to/python3.11"
        )
    from config.runner.cli import main as command

    command(sys.argv[1:])


main()  # type: ignore[no-untyped-call]
