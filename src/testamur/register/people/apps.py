"""Django app of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Register: people."""

    name = "testamur.register.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
