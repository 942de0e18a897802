"""Addresses of the teacher's diary."""

from __future__ import annotations

from testamur.surfaces.web.diary.addresses import grid, lessons, notes

app_name = "diary"
urlpatterns = [*lessons.urlpatterns, *grid.urlpatterns, *notes.urlpatterns]
