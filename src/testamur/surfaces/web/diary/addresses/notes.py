"""Addresses of the diary: remarks, health, assessments, events and meetings, one pupil on one page."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.diary import assessments, events, health, meetings, phrases, pupil, remarks

urlpatterns = [
    path("pupil/<uuid:group>/<uuid:pupil>/", pupil.pupil, name="pupil"),
    path("remarks/<uuid:group>/", remarks.remarks, name="remarks"),
    path("remark/<uuid:remark>/withdraw/", remarks.withdraw, name="withdraw_remark"),
    path("health/<uuid:group>/", health.health, name="health"),
    path("health/<uuid:group>/<uuid:note>/end/", health.end, name="end_health"),
    path("assessments/<uuid:group>/<str:subject>/", assessments.assessments, name="assessments"),
    path("assessments/<uuid:group>/<str:subject>/publish/", assessments.publish, name="publish"),
    path("phrases/", phrases.phrases, name="phrases"),
    path("phrases/<uuid:wording>/retire/", phrases.retire, name="retire_phrase"),
    path("events/", events.events, name="events"),
    path("events/plan/", events.plan, name="plan"),
    path("event/<uuid:event>/", meetings.event, name="event"),
    path("event/<uuid:event>/change/", events.change, name="change_event"),
    path("event/<uuid:event>/cancel/", events.cancel, name="cancel_event"),
    path("event/<uuid:event>/times/", meetings.offer, name="offer_times"),
    path("event/<uuid:event>/times/withdraw/", meetings.withdraw, name="withdraw_times"),
    path("event/<uuid:event>/times/<uuid:time>/free/", meetings.free, name="free_time"),
]
