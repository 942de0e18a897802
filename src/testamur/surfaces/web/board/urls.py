"""Addresses of the notice board's office."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.board import views

app_name = "board"
urlpatterns = [
    path("", views.board, name="home"),
    path("news/", views.publish, name="publish"),
    path("news/<uuid:news>/withdraw/", views.withdraw, name="withdraw"),
    path("outage/", views.outage, name="outage"),
    path("outage/<slug:service>/end/", views.end, name="end"),
    path("enquiry/<uuid:enquiry>/", views.handle, name="handle"),
]
