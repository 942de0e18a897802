"""Django app: messages."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Schoolday: conversations."""

    name = "testamur.schoolday.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
