"""Django app of the web: templates, static files, translations; no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Surfaces: web."""

    name = "testamur.surfaces.web"
    label = "web"
