"""Addresses: the search."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.searching import views

app_name = "search"
urlpatterns = [path("", views.home, name="home")]
