"""Addresses: pages of timetables, substitutions and exam calendars."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.timetable import changing, exams, feeds, views

app_name = "timetable"
urlpatterns = [
    path("", views.home, name="home"),
    path("mine/", views.mine, name="mine"),
    path("group/<uuid:group>/", views.group, name="group"),
    path("teacher/<uuid:teacher>/", views.teacher, name="teacher"),
    path("room/", views.room, name="room"),
    path("pupil/<uuid:pupil>/", views.pupil, name="pupil"),
    path("changes/", changing.changes, name="changes"),
    path("away/", changing.away, name="away"),
    path("move/<uuid:lesson>/<str:on>/", changing.move, name="move"),
    path("tests/", exams.exams, name="exams"),
    path("feed/", feeds.feed, name="feed"),
    path("feed/renew/", feeds.renew, name="renew"),
    path("feed/<str:secret>.ics", feeds.calendar, name="calendar"),
]
