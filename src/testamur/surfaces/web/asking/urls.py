"""Addresses: pages of forms and consents."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "forms"
urlpatterns: list[URLPattern] = []
