"""Addresses: pages of timetables, substitutions and exam calendars."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "timetable"
urlpatterns: list[URLPattern] = []
