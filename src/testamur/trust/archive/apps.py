"""Django app of the archive."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Trust: archive."""

    name = "testamur.trust.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"
