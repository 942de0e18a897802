"""Addresses for programs."""

from __future__ import annotations

from django.urls import include, path

from testamur.surfaces.api import badges, hooks, token_views
from testamur.surfaces.api.oneroster import rostering as roster
from testamur.surfaces.api.oneroster import views as oneroster
from testamur.surfaces.api.ss12000 import attendance, calendar, care, offerings, rostering, subscribing
from testamur.surfaces.api.ss12000 import views as ss12000

_GRADEBOOK = [
    path("categories", oneroster.categories, name="categories"),
    path("categories/<uuid:key>", oneroster.category, name="category"),
    path("scoreScales", oneroster.score_scales, name="score_scales"),
    path("scoreScales/<uuid:key>", oneroster.score_scale, name="score_scale"),
    path("lineItems", oneroster.line_items, name="line_items"),
    path("lineItems/<uuid:key>", oneroster.line_item, name="line_item"),
    path("results", oneroster.results, name="results"),
    path("results/<uuid:key>", oneroster.result, name="result"),
    path("classes/<uuid:place>/lineItems", oneroster.class_line_items, name="class_line_items"),
    path("classes/<uuid:place>/results", oneroster.class_results, name="class_results"),
    path("classes/<uuid:place>/lineItems/<uuid:item>/results", oneroster.class_results, name="item_results"),
    path("classes/<uuid:place>/students/<uuid:student>/results", oneroster.class_results, name="student_results"),
]
_SS12000 = [
    path("grades", ss12000.grades, name="grades"),
    path("grades/lookup", ss12000.grades_lookup, name="grades_lookup"),
    path("grades/<uuid:key>", ss12000.grade, name="grade"),
    path("syllabuses", ss12000.syllabuses, name="syllabuses"),
    path("syllabuses/<uuid:key>", ss12000.syllabus, name="syllabus"),
    path("deletedEntities", subscribing.deleted, name="deleted"),
    path("subscriptions", subscribing.subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:key>", subscribing.subscription, name="subscription"),
    path("log", subscribing.log, name="ss_log"),
    path("statistics", subscribing.statistics, name="ss_statistics"),
    path("syllabuses/lookup", ss12000.syllabuses_lookup, name="syllabuses_lookup"),
    path("aggregatedAttendance", attendance.aggregated, name="ss_aggregatedAttendance"),
]
for _name, _list, _single, _lookup in (
    ("calendarEvents", calendar.events, calendar.event, calendar.events_lookup),
    ("rooms", calendar.rooms, calendar.room, calendar.rooms_lookup),
    ("attendances", attendance.attendances, attendance.attendance, attendance.attendances_lookup),
    ("absences", attendance.reported, attendance.absence, attendance.absences_lookup),
    ("attendanceSchedules", care.schedules, care.schedule, care.schedules_lookup),
    ("attendanceEvents", care.events, care.event, care.events_lookup),
    ("schoolUnitOfferings", offerings.offerings, offerings.offering, offerings.offerings_lookup),
):
    _SS12000 += [
        path(_name, _list, name=f"ss_{_name}"),
        path(f"{_name}/lookup", _lookup, name=f"ss_{_name}_lookup"),
        path(f"{_name}/<uuid:key>", _single, name=f"ss_{_name}_one"),
    ]
for _name, _resource in rostering.RESOURCES.items():
    _SS12000 += [
        path(_name, rostering.listed(_resource), name=f"ss_{_name}"),
        path(f"{_name}/lookup", rostering.lookup(_resource), name=f"ss_{_name}_lookup"),
        path(f"{_name}/<uuid:key>", rostering.single(_resource), name=f"ss_{_name}_one"),
    ]
for _name in rostering.NEVER:
    _SS12000 += [
        path(_name, rostering.never(_name), name=f"ss_{_name}"),
        path(f"{_name}/lookup", rostering.never(_name), name=f"ss_{_name}_lookup"),
        path(f"{_name}/<uuid:key>", rostering.never(_name), name=f"ss_{_name}_one"),
    ]

_ROSTERING = [path(_name, roster.listed(_one), name=f"or_{_name}") for _name, _one in roster.RESOURCES.items()]
_ROSTERING += [
    path(f"{_name}/<uuid:key>", roster.single(_one), name=f"or_{_name}_one") for _name, _one in roster.RESOURCES.items()
]
_ROSTERING += [
    path(
        f"{_outer}/<uuid:key>/{_inner}",
        roster.nested(roster.RESOURCES[_outer], roster.RESOURCES[_inner]),
        name=f"or_{_outer}_{_inner}",
    )
    for _outer, _inner in roster.NESTED
]

app_name = "api"
urlpatterns = [
    path("api/token", token_views.token, name="token"),
    path("ims/oneroster/gradebook/v1p2/", include(_GRADEBOOK)),
    path("ims/oneroster/rostering/v1p2/", include(_ROSTERING)),
    path("ss12000/v2/", include(_SS12000)),
    path("hooks/roster/<uuid:key>/<str:secret>", hooks.roster, name="roster_hook"),
    path("badges/issuers/<uuid:organisation>", badges.issuer, name="badge_issuer"),
    path("badges/issuers/<uuid:organisation>/keys/<str:kid>", badges.key, name="badge_key"),
    path("badges/issuers/<uuid:organisation>/revocations", badges.revocations, name="badge_revocations"),
    path("badges/<str:code>", badges.badge, name="badge"),
]
