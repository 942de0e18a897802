"""URLs of the installation: the web, the telephone, and what programs read."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("phone/", include("testamur.surfaces.phone.urls")),
    path("", include("testamur.surfaces.api.urls")),
    path("", include("testamur.surfaces.web.urls")),
]
handler404 = "testamur.surfaces.web.public.errors.not_found"
handler500 = "testamur.surfaces.web.public.errors.failed"
