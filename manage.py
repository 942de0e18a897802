"""Django's own commands (makemigrations, dbshell), with this project's settings."""

import sys

from testamur.config.django import setup

if __name__ == "__main__":
    setup()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
