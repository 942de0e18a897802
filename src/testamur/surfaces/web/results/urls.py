"""Addresses of the result lists: of teachers and examiners, and of the programme office."""

from __future__ import annotations

from testamur.surfaces.web.results import addresses_lists, addresses_office

app_name = "results"
urlpatterns = [*addresses_lists.urlpatterns, *addresses_office.urlpatterns]
