"""Django app: what is held, and for how long."""

from django.apps import AppConfig


class KeepingConfig(AppConfig):
    """Schoolday: keeping."""

    name = "testamur.schoolday.keeping"
    label = "keeping"
    default_auto_field = "django.db.models.BigAutoField"
