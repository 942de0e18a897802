"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.reports import classes, home, registers, school, years

app_name = "reports"
urlpatterns = [
    path("", home.home, name="home"),
    path("school/", school.school, name="school"),
    path("subjects/<str:subject>/", school.subject, name="subject"),
    path("teachers/", school.teachers, name="teachers"),
    path("classes/<uuid:group>/", classes.group, name="class"),
    path("pupils/<uuid:pupil>/", classes.pupil, name="pupil"),
    path("help/", school.risk, name="risk"),
    path("years/", years.years, name="years"),
    path("schools/", years.over_schools, name="schools"),
    path("completeness/", years.completeness, name="completeness"),
    path("registers/", registers.registers, name="registers"),
    path("registers/make/", registers.make, name="make_registers"),
]
