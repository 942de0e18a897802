"""Django app: custody."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Schoolday: using what is kept."""

    name = "testamur.schoolday.custody"
    label = "custody"
    default_auto_field = "django.db.models.BigAutoField"
