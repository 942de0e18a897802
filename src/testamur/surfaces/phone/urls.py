"""Addresses that a telephone carrier calls."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "phone"
urlpatterns: list[URLPattern] = []
