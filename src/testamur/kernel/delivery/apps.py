"""Django app of the outbox."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Kernel: delivery."""

    name = "testamur.kernel.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
