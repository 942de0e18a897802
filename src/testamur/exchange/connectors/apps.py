"""Django app of the connectors."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Exchange: connectors."""

    name = "testamur.exchange.connectors"
    label = "connectors"
    default_auto_field = "django.db.models.BigAutoField"
