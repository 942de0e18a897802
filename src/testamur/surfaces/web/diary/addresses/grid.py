"""Addresses of the diary: classes and the mark grid."""

from __future__ import annotations

from django.urls import URLPattern, path

from testamur.surfaces.web.diary import grid, grid_classes, grid_entry, grid_tasks, moment

urlpatterns: list[URLPattern] = [
    path("classes/", grid_classes.classes, name="classes"),
    path("classes/<uuid:group>/<str:subject>/", grid.grid, name="grid"),
    path("classes/<uuid:group>/<str:subject>/save/", grid.save, name="grid_save"),
    path("classes/<uuid:group>/<str:subject>/fresh/", grid.fresh, name="fresh"),
    path("classes/<uuid:group>/<str:subject>/cell/", grid_entry.find, name="find_cell"),
    path("classes/<uuid:group>/<str:subject>/add/", grid_tasks.add, name="add_task"),
    path("classes/<uuid:group>/moment/<str:moment>/<str:sheet>/", moment.moment, name="moment"),
    path("classes/<uuid:group>/moment/<str:moment>/<str:sheet>/begin/", moment.begin, name="moment_begin"),
    path("classes/<uuid:group>/moment/<str:moment>/<str:sheet>/save/", moment.save, name="moment_save"),
    path("classes/<uuid:group>/moment/<str:moment>/<str:sheet>/fresh/", moment.fresh, name="moment_fresh"),
    path("classes/task/<uuid:task>/enter/", grid_entry.enter, name="enter"),
    path("classes/task/<uuid:task>/change/", grid_tasks.change, name="change_task"),
    path("classes/task/<uuid:task>/retire/", grid_tasks.retire, name="retire_task"),
    path("classes/task/<uuid:task>/<uuid:pupil>/", grid_entry.cell, name="cell"),
    path("classes/task/<uuid:task>/<uuid:pupil>/write/", grid_entry.write, name="write_cell"),
]
