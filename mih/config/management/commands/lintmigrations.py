"""`manage.py lintmigrations`: find migrations that would break a running release.

The tool is for development and no app of the installation: no other command loads it, and production has none of it.
"""

from django_migration_linter.management.commands.lintmigrations import Command

__all__ = ["Command"]
