"""Django app of the diary."""

from __future__ import annotations

from django.apps import AppConfig


class DiaryConfig(AppConfig):
    """Owns the tables of the diary."""

    name = "testamur.schoolday.diary"
    label = "diary"
