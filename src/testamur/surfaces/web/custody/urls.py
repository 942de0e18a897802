"""Addresses of look-ups, copies and transfers."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.custody import copies, looking, moving

app_name = "custody"
urlpatterns = [
    path("", looking.home, name="home"),
    path("lookup/<uuid:lookup>/", looking.pupil, name="pupil"),
    path("lookup/<uuid:lookup>/original/<uuid:record>/", looking.original, name="original"),
    path("lookup/<uuid:lookup>/copy/<uuid:record>/", copies.issue, name="copy"),
    path("copies/", copies.book, name="book"),
    path("copies/<uuid:copy>/pdf/", copies.pdf, name="pdf"),
    path("transfers/", moving.transfers, name="transfers"),
    path("transfers/<uuid:move>/", moving.transfer, name="transfer"),
    path("transfers/<uuid:move>/act/", moving.act, name="act"),
]
