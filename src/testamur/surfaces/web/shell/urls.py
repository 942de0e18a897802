"""Addresses of the frame."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.shell import appearance, gallery, manifest

app_name = "shell"
urlpatterns = [
    path("appearance/", appearance.choose, name="appearance"),
    path("manifest.webmanifest", manifest.show, name="manifest"),
    path("gallery/", gallery.show, name="gallery"),
]
