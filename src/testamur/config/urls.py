"""URLs of the installation: the web (the API comes with its own surface)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("testamur.surfaces.web.urls"))]
handler404 = "testamur.surfaces.web.public.errors.not_found"
handler500 = "testamur.surfaces.web.public.errors.failed"
