"""Addresses: pages of what is held of a person, and the app."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.mine import app, held, profile, requests, seen

app_name = "mine"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("app/", app.app, name="app"),
    path("app/<uuid:device>/end/", app.end, name="end_device"),
    path("install/", app.install, name="install"),
    path("held/", held.overview, name="held"),
    path("held/<uuid:subject>/ask/", held.ask, name="ask_extract"),
    path("held/<uuid:extract>/", held.show, name="extract"),
    path("held/<uuid:extract>/file/", held.fetch, name="fetch_extract"),
    path("held/<uuid:extract>/pdf/", held.printed, name="print_extract"),
    path("seen/<uuid:subject>/", seen.seen, name="seen"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:subject>/new/", requests.ask, name="ask_correction"),
    path("requests/<uuid:correction>/withdraw/", requests.withdraw, name="withdraw_correction"),
]
