"""Addresses of the app; the device's key is sent to these alone."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.app import home, keys, reports

app_name = "app"
urlpatterns = [
    path("", keys.start, name="start"),
    path("connect/", keys.connect, name="connect"),
    path("leave/", keys.leave, name="leave"),
    path("home/", home.home, name="home"),
    path("week/<uuid:pupil>/", home.week, name="week"),
    path("absence/<uuid:pupil>/", reports.absence, name="absence"),
]
