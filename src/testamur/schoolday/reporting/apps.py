"""Django app of the result lists."""

from __future__ import annotations

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Owns the tables of result lists."""

    name = "testamur.schoolday.reporting"
    label = "reporting"
