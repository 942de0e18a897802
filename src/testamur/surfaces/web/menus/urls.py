"""Addresses: pages of menus and school-year dates."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "menus"
urlpatterns: list[URLPattern] = []
