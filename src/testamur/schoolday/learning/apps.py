"""Django app: plans, development plans, portfolio."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """Schoolday: learning."""

    name = "testamur.schoolday.learning"
    label = "learning"
    default_auto_field = "django.db.models.BigAutoField"
