"""Addresses of supervision."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.supervision import board, closing, late, reminding, trend

app_name = "supervision"
urlpatterns = [
    path("", board.home, name="home"),
    path("<uuid:body>/", board.show, name="place"),
    path("<uuid:body>/late/", late.show, name="late"),
    path("<uuid:body>/reminders/", reminding.show, name="reminders"),
    path("<uuid:body>/reminders/send/", reminding.send, name="remind"),
    path("<uuid:body>/trend/", trend.show, name="trend"),
    path("<uuid:body>/reports/", closing.every, name="reports"),
    path("<uuid:body>/reports/new/", closing.draft, name="draft"),
    path("reports/<uuid:report>/", closing.show, name="report"),
    path("reports/<uuid:report>/write/", closing.write, name="write"),
    path("reports/<uuid:report>/close/", closing.close, name="close"),
]
