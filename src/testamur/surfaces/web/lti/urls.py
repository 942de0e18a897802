"""Addresses that learning platforms call, and those of the pages about them."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.lti import launches, platforms, rooms

app_name = "lti"
urlpatterns = [
    path("login", launches.login, name="login"),
    path("launch", launches.launch, name="launch"),
    path("keys", launches.keys, name="keys"),
    path("room/", rooms.room, name="room"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/<uuid:lms_room>/unlink/", rooms.unlink, name="unlink"),
    path("platforms/", platforms.platforms, name="platforms"),
    path("platforms/<uuid:platform>/end/", platforms.end, name="end"),
]
