"""Django app of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Kernel: jobs."""

    name = "testamur.kernel.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
