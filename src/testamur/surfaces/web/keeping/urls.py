"""Addresses: pages of retention: lists of what is to be deleted."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "keeping"
urlpatterns: list[URLPattern] = []
