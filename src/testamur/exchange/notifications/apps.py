"""Django app of the notices."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Exchange: notifications."""

    name = "testamur.exchange.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
