"""Django app: rollout."""

from django.apps import AppConfig


class RolloutConfig(AppConfig):
    """Schoolday: rollout."""

    name = "testamur.schoolday.rollout"
    label = "rollout"
    default_auto_field = "django.db.models.BigAutoField"
