"""Address of a shared document."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.family import shared

app_name = "shared"
urlpatterns = [
    path("<str:token>/", shared.open_, name="open"),
    path("<str:token>/original/", shared.original, name="original"),
]
