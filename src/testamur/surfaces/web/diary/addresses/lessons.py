"""Addresses of the diary: today, attendance, absences, leave, how complete it is."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.diary import absences, attendance, completeness, leaves, today

urlpatterns = [
    path("", today.today, name="today"),
    path("day/", today.day, name="day"),
    path("lesson/add/", today.add, name="add_lesson"),
    path("lesson/<uuid:lesson>/<str:on>/", attendance.lesson, name="lesson"),
    path("lesson/<uuid:lesson>/<str:on>/save/", attendance.save, name="save_lesson"),
    path("lesson/<uuid:lesson>/<str:on>/undo/", attendance.undo, name="undo_lesson"),
    path("lesson/<uuid:lesson>/<str:on>/cancel/", attendance.cancel, name="cancel_lesson"),
    path("lesson/<uuid:lesson>/<str:on>/substitute/", attendance.substitute, name="substitute"),
    path("absences/<uuid:group>/", absences.absences, name="absences"),
    path("absences/<uuid:group>/excuse/", absences.excuse, name="excuse"),
    path("leaves/", leaves.leaves, name="leaves"),
    path("leaves/<uuid:leave>/decide/", leaves.decide, name="decide_leave"),
    path("completeness/", completeness.completeness, name="completeness"),
]
