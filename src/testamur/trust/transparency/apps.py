"""Django app of the transparency log."""

from django.apps import AppConfig


class TransparencyConfig(AppConfig):
    """Trust: transparency."""

    name = "testamur.trust.transparency"
    label = "transparency"
    default_auto_field = "django.db.models.BigAutoField"
