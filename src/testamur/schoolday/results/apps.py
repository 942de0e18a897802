"""Django app of the results."""

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    """Schoolday: results."""

    name = "testamur.schoolday.results"
    label = "results"
    default_auto_field = "django.db.models.BigAutoField"
