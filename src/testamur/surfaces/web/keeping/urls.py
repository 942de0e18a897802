"""Addresses: requests for correction that the office answers, and lists of deletion."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.keeping import lists, requests

app_name = "keeping"
urlpatterns = [
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:correction>/", requests.decide, name="decide"),
    path("lists/", lists.overview, name="lists"),
    path("lists/propose/", lists.propose, name="propose"),
    path("lists/<uuid:deletion>/", lists.show, name="list"),
    path("lists/<uuid:deletion>/act/", lists.act, name="act"),
]
