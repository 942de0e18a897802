"""Django app of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Access: accounts."""

    name = "testamur.access.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
