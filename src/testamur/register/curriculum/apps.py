"""Django app of curriculum."""

from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    """Register: curriculum."""

    name = "testamur.register.curriculum"
    label = "curriculum"
    default_auto_field = "django.db.models.BigAutoField"
