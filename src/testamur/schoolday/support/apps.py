"""Django app: the chain of help."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Schoolday: support."""

    name = "testamur.schoolday.support"
    label = "support"
    default_auto_field = "django.db.models.BigAutoField"
