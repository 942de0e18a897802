"""Django app of the notice board."""

from django.apps import AppConfig


class NoticeboardConfig(AppConfig):
    """Schoolday: noticeboard."""

    name = "testamur.schoolday.noticeboard"
    label = "noticeboard"
    default_auto_field = "django.db.models.BigAutoField"
