"""Addresses of the lists: home, a new one, the list itself, fetching, sending, reviewing, signing."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
