"""Addresses of the register's pages; their names are those of the office."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.office.register import (
    calendar,
    checklist,
    classes,
    guardians,
    plan,
    pupils,
    staff,
    timetable,
    units,
)

urlpatterns = [
    path("", checklist.checklist, name="register"),
    path("schools/", units.units, name="register_units"),
    path("years/", calendar.years, name="register_years"),
    path("holidays/", calendar.holidays, name="register_holidays"),
    path("classes/", classes.classes, name="register_classes"),
    path("staff/", staff.new, name="register_staff"),
    path("groups/<uuid:group>/", classes.group, name="register_group"),
    path("groups/<uuid:group>/members/", classes.choose, name="register_choose"),
    path("groups/<uuid:group>/members/save/", classes.members, name="register_members"),
    path("groups/<uuid:group>/pupils/", pupils.new, name="register_new"),
    path("groups/<uuid:group>/plan/", plan.plan, name="register_plan"),
    path("groups/<uuid:group>/plan/save/", plan.save, name="register_plan_save"),
    path("groups/<uuid:group>/timetable/", timetable.timetable, name="register_timetable"),
    path("groups/<uuid:group>/timetable/end/", timetable.end, name="register_slot_end"),
    path("groups/<uuid:group>/timetable/move/", timetable.move, name="register_slot_move"),
    path("pupils/<uuid:pupil>/", pupils.pupil, name="register_pupil"),
    path("pupils/<uuid:pupil>/move/", pupils.move, name="register_move"),
    path("pupils/<uuid:pupil>/leave/", pupils.leave, name="register_leave"),
    path("pupils/<uuid:pupil>/code/", pupils.code, name="register_code"),
    path("pupils/<uuid:pupil>/protection/", pupils.protection, name="register_protection"),
    path("pupils/<uuid:pupil>/guardians/", guardians.add, name="register_guardian"),
    path("pupils/<uuid:pupil>/guardians/<uuid:guardianship>/", guardians.guardian, name="register_guardianship"),
]
