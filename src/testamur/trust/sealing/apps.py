"""Django app of the seals."""

from django.apps import AppConfig


class SealingConfig(AppConfig):
    """Trust: sealing."""

    name = "testamur.trust.sealing"
    label = "sealing"
    default_auto_field = "django.db.models.BigAutoField"
