"""Django app: supervision."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Schoolday: supervision."""

    name = "testamur.schoolday.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"
