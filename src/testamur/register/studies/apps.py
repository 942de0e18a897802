"""Django app of the studies."""

from __future__ import annotations

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Owns the tables of occasions, registrations and exams."""

    name = "testamur.register.studies"
    label = "studies"
