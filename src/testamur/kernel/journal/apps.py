"""Django app of the journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Kernel: journal."""

    name = "testamur.kernel.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
