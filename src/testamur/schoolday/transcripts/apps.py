"""Django app: transcripts."""

from django.apps import AppConfig


class TranscriptsConfig(AppConfig):
    """Schoolday: transcripts."""

    name = "testamur.schoolday.transcripts"
    label = "transcripts"
    default_auto_field = "django.db.models.BigAutoField"
