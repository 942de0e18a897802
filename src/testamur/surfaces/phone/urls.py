"""Addresses that a telephone carrier calls."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.phone import views

app_name = "phone"
urlpatterns = [
    path("voice/", views.voice, name="voice"),
    path("voice/ended/", views.ended, name="ended"),
    path("voice/step/<str:token>/", views.step, name="step"),
    path("sms/<str:secret>/", views.sms, name="sms"),
    path("audio/<str:locale>/<slug:phrase>.wav", views.audio, name="audio"),
]
