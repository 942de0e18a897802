"""Addresses of this audience."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.account import login, roles, sessions

app_name = "account"
urlpatterns = [
    path("login/", login.login, name="login"),
    path("demo/", login.demo, name="demo"),
    path("confirm/", login.login, name="confirm"),
    path("roles/", roles.roles, name="roles"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/<uuid:login>/end/", sessions.end, name="end"),
    path("logout/", sessions.logout, name="logout"),
    path("language/", sessions.language, name="language"),
]
