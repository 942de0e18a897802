"""Addresses of the programme office, subscriptions, settings, the log and the decision about the process."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
