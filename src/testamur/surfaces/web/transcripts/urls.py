"""Addresses of the transcripts."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.transcripts import classes, correcting, home

app_name = "transcripts"
urlpatterns = [
    path("", home.home, name="home"),
    path("act/", home.act, name="act"),
    path("classes/<uuid:group>/", classes.group, name="class"),
    path("classes/<uuid:group>/act/", classes.act, name="class_act"),
    path("pupils/<uuid:pupil>/correct/", correcting.correct, name="correct"),
]
