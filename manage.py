#!/usr/bin/env python
"""The product's command line: ``manage.py help`` lists the commands."""

import os
import sys


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")
    try:
        from mih.core import start

        start.begin()
        from django.core.management import execute_from_command_line

        from mih.core.frames import roomy
    except ModuleNotFoundError:
        sys.exit("Django is missing from this Python. Run `make setup`, then use .venv/bin/python manage.py.")
    roomy(execute_from_command_line)(sys.argv)


if __name__ == "__main__":
    main()
