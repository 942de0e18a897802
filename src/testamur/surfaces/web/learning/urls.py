"""Addresses: pages of plans, matrices, development plans and portfolios."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "learning"
urlpatterns: list[URLPattern] = []
