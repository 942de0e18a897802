"""Addresses of the year's end."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.yearend import closing, own, promotions, year

app_name = "yearend"
urlpatterns = [
    path("promotions/", promotions.promotions, name="promotions"),
    path("<uuid:group>/", year.year, name="year"),
    path("<uuid:group>/own/", own.own, name="own"),
    path("<uuid:group>/confirm/", year.confirm, name="confirm"),
    path("<uuid:group>/close/<str:moment>/", closing.close, name="close"),
    path("<uuid:group>/<uuid:pupil>/decide/", year.decide, name="decide"),
    path("<uuid:group>/<uuid:pupil>/award/", year.award, name="award"),
    path("<uuid:group>/<uuid:pupil>/again/", year.again, name="again"),
    path("<uuid:group>/<uuid:pupil>/promote/", promotions.promote, name="promote"),
]
