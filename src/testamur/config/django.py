"""Start Django from a program that is not Django (the command line, a worker, a bench)."""

from __future__ import annotations

import os


def setup() -> None:
    """Load the settings and the apps once; safe to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def migrate(*, verbosity: int = 0) -> None:
    """Bring both databases to the newest schema."""
    from django.core.management import call_command

    for alias in ("default", "log"):
        call_command("migrate", database=alias, verbosity=verbosity, interactive=False)
