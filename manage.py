"""Django's own commands (makemigrations, dbshell), with this project's settings."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
