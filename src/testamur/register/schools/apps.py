"""Django app of schools."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """Register: schools."""

    name = "testamur.register.schools"
    label = "schools"
    default_auto_field = "django.db.models.BigAutoField"
