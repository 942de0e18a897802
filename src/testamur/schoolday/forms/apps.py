"""Django app: forms and consents."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Schoolday: forms."""

    name = "testamur.schoolday.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"
