"""Addresses: pages of menus and school-year dates."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.menus import dates, keeping, showing

app_name = "menus"
urlpatterns = [
    path("", keeping.menus, name="menus"),
    path("keep/<uuid:menu>/", keeping.menu_week, name="week"),
    path("keep/<uuid:menu>/day/<str:on>/", keeping.menu_day, name="day"),
    path("keep/<uuid:menu>/copy/", keeping.copy, name="copy"),
    path("keep/<uuid:menu>/load/", keeping.load, name="load"),
    path("keep/<uuid:menu>/end/", keeping.end, name="end"),
    path("child/<uuid:pupil>/", showing.child, name="child"),
    path("at/<str:menu_code>/", showing.shown, name="shown"),
    path("at/<str:menu_code>.ics", showing.calendar, name="calendar"),
    path("at/<str:menu_code>.json", showing.data, name="data"),
    path("dates/", dates.dates, name="dates"),
    path("dates/year/<uuid:year>/", dates.year, name="year"),
    path("dates/term/<uuid:term>/", dates.term, name="term"),
    path("dates/of/<uuid:unit>/", dates.shown, name="of"),
    path("dates/of/<uuid:unit>.ics", dates.calendar, name="of_calendar"),
]
