"""Django app of the signing ceremonies."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Trust: signing."""

    name = "testamur.trust.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"
