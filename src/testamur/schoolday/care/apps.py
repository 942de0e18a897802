"""Django app: pick-up and drop-off."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    """Schoolday: care."""

    name = "testamur.schoolday.care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"
