#!/usr/bin/env python
"""Django's command line, with the embedded servers at hand when none are configured."""

import os
import sys

from config.runner.stack import ensure_environment


def main() -> None:
    """Find or start the servers a command needs, then run it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    ensure_environment()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
