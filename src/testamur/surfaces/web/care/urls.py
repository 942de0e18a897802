"""Addresses: pages of pick-up and drop-off."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "care"
urlpatterns: list[URLPattern] = []
